/**
 * `pnpm test`: type check, style, layers, generated docs, then every test of every package. Each step runs even when
 * one before it failed, so that one run shows everything; the last line is always `N passed, N failed, N skipped`.
 * Arguments are file filters for the tests, and skip the other steps.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { type Counts, count, skippedSuites } from './test/outcome.ts'

const root = dirname(import.meta.dirname)
const filters = process.argv.slice(2)
/** ms after which a test counts as one that hangs; how fast a machine is decides nothing. */
const HANGS = 120_000

const STEPS: readonly { readonly label: string; readonly command: readonly [string, ...string[]] }[] = [
  { label: 'Types', command: ['tsc', '-b'] },
  { label: 'Style', command: ['biome', 'check', '.', '--error-on-warnings'] },
  { label: 'Layers', command: ['node', 'scripts/check-layers.ts'] },
  { label: 'Declarations', command: ['node', 'scripts/api.ts', '--check'] },
  { label: 'Generated docs', command: ['node', 'scripts/docs.ts', '--check'] },
]

const check = ({ label, command: [name, ...args] }: (typeof STEPS)[number]): boolean => {
  const started = performance.now()
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (error) console.error(error.message)
  console.log(status === 0 ? `ok      ${label} (${seconds} s)` : `FAILED  ${label} (${seconds} s)`)
  return status === 0
}

/** What takes minutes by itself begins first, so that no worker waits for it alone at the end. */
const LONG = [/scripts\/test\/ecosystem/, /console\/test\//, /stress\/test\//, /system\/test\/canary/]
const placeOf = (file: string): number => {
  const at = LONG.findIndex((pattern) => pattern.test(file))
  return at === -1 ? LONG.length : at
}

const runTests = async (): Promise<Counts & { readonly skippedBy: readonly string[] }> => {
  const { BaseSequencer, startVitest } = await import('vitest/node')
  class LongFirst extends BaseSequencer {
    override async sort(files: Parameters<InstanceType<typeof BaseSequencer>['sort']>[0]) {
      return (await super.sort(files)).toSorted((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId))
    }
  }
  const vitest = await startVitest('test', filters, {
    root,
    run: true,
    watch: false,
    passWithNoTests: false,
    // Said here, because projects take no number of workers from the configuration above them.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongFirst },
    testTimeout: HANGS,
    hookTimeout: HANGS,
  })
  const modules = vitest.state.getTestModules()
  const counts = count(modules, vitest.state.getUnhandledErrors().length)
  await vitest.close()
  return { ...counts, skippedBy: skippedSuites(modules, root) }
}

if (!existsSync(join(root, 'node_modules/.bin/vitest'))) {
  console.error('The dependencies are not installed. Run: npx -y pnpm@12 install')
  process.exit(1)
}
const failedSteps = filters.length > 0 ? 0 : STEPS.filter((step) => !check(step)).length
const { passed, failed, skipped, skippedBy } = await runTests().catch((error: unknown) => {
  console.error(error)
  return { passed: 0, failed: 1, skipped: 0, skippedBy: [] }
})
if (skippedBy.length > 0) console.log(`Skipped:\n${skippedBy.map((line) => `  ${line}`).join('\n')}`)
const failures = failed + failedSteps
process.on('exit', () => console.log(`${passed} passed, ${failures} failed, ${skipped} skipped`))
process.exit(failures > 0 || passed === 0 ? 1 : 0)
