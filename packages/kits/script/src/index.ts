export { outputOf, programPath } from './isolation/programs.ts'
export type { Mount } from './isolation/sandbox.ts'
export type { Interpreter, Limits, ScriptLanguage } from './language.ts'
export { defineScriptServiceType } from './service.ts'
