/** The suite for what a role hides: nothing in an answer depends on it. */
export { runNoninterference, type RunOptions, type Tally } from './run.ts'
export type { NoninterferenceOptions, TwinDatabases } from './databases.ts'
