/** The suite for every language that scripts may be in. */
import type { Check } from '../check.ts'
import { bind } from '../suite.ts'
import { openScripts, type ScriptsConformanceOptions, type ScriptsContext } from './context.ts'
import { hostileChecks } from './hostile.ts'
import { keepingChecks } from './keeping.ts'
import { platformChecks } from './platform.ts'
import { resultChecks } from './results.ts'

export { openScripts, type ScriptSnippets, type ScriptsConformanceOptions, type ScriptsContext } from './context.ts'
export { type EscapesOptions, escapesConformance } from './escapes.ts'

export const scriptsChecks: readonly Check<ScriptsContext>[] = [
  ...resultChecks,
  ...platformChecks,
  ...keepingChecks,
  ...hostileChecks,
]

/** Declares the vitest suite that defines a working language for scripts. */
export const scriptsConformance = (options: ScriptsConformanceOptions): void =>
  bind({
    title: `${options.type.name} runs scripts`,
    checks: scriptsChecks,
    open: () => openScripts(options),
  })
