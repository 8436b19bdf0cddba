/** The suite for every language that scripts may be in. */
import { test } from 'vitest'
import { about, type Check, type Suite } from '../check.ts'
import { type ConformanceOptions, conformance } from '../service/index.ts'
import { bind } from '../suite.ts'
import { openScripts, type ScriptsConformanceOptions, type ScriptsContext } from './context.ts'
import { hostileChecks } from './hostile.ts'
import { keepingChecks } from './keeping.ts'
import { platformChecks } from './platform.ts'
import { resultChecks } from './results.ts'

export { openScripts, type ScriptSnippets, type ScriptsConformanceOptions, type ScriptsContext } from './context.ts'
export { type EscapesOptions, escapesConformance } from './escapes.ts'

export const scriptsChecks: readonly Check<ScriptsContext>[] = about(
  ['scripts'],
  [...resultChecks, ...platformChecks, ...keepingChecks, ...hostileChecks],
)

/** Configurations that no language takes. */
const INVALID = [
  { content: 1 },
  { timeout: 0 },
  { memory_mb: 1 },
  { max_concurrency: 0 },
  { allowed_hosts: 'everywhere' },
  { sandbox: 'none' },
  { unknown: 1 },
]

/** What the suite of every service type is asked about a language. */
export const scriptService = ({ type, snippets, config }: ScriptsConformanceOptions): ConformanceOptions<any> => ({
  type,
  config: { content: snippets.returns, sandbox: 'preferred', ...config },
  invalid: INVALID,
})

/** What defines a working language for scripts, where it is installed. */
export const scriptsSuite = (options: ScriptsConformanceOptions): Suite<ScriptsContext> => ({
  family: 'scripts',
  title: `${options.type.name} runs scripts`,
  checks: scriptsChecks,
  open: () => openScripts(options),
})

/**
 * Declares the vitest suites that define a working language for scripts, that of every service type among them. Where
 * the language is not installed, they are skipped with the reason.
 */
export const scriptsConformance = async (options: ScriptsConformanceOptions): Promise<void> => {
  const { type } = options
  const { missing } = await type.engine!.inspect()
  if (missing) return test.skip(`${type.name} runs scripts: ${missing}`, () => {})
  conformance(scriptService(options))
  bind(scriptsSuite(options))
}
