/** MySQL's and MariaDB's binary protocol, on connections that `mysql2` has opened. */
export { type Column, columnOf } from './columns.ts'
export { serverError } from './failure.ts'
export type { Parameter } from './outbox.ts'
export { cellBounds, valuesOf } from './rows.ts'
export { type Answer, type Question, type Rows, type Wire, wireOn } from './wire.ts'
