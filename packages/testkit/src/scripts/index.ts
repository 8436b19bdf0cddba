/** The suite for every language that scripts may be in. */
import { test } from 'vitest'
import type { Check } from '../check.ts'
import { conformance } from '../service/index.ts'
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

/**
 * Declares the vitest suites that define a working language for scripts, that of every service type among them. Where
 * the language is not installed, they are skipped with the reason.
 */
export const scriptsConformance = async (options: ScriptsConformanceOptions): Promise<void> => {
  const { type, snippets, config } = options
  const { missing } = await type.engine!.inspect()
  if (missing) return test.skip(`${type.name} runs scripts: ${missing}`, () => {})
  conformance({ type, config: { content: snippets.returns, sandbox: 'preferred', ...config }, invalid: INVALID })
  bind({ title: `${type.name} runs scripts`, checks: scriptsChecks, open: () => openScripts(options) })
}
