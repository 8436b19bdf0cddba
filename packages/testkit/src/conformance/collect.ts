/** Runs a definition with vitest, and collects how each check went. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CliOptions, TestCase, TestModule, TestSuite } from 'vitest/node'
import type { Subject } from './prove.ts'
import type { CheckResult } from './report.ts'

export interface Collected {
  readonly subject: Subject | undefined
  readonly results: readonly CheckResult[]
  /** What went wrong outside of any check. */
  readonly problems: readonly string[]
}

export interface CollectOptions {
  /** The package's folder. */
  readonly folder: string
  /** Its `gw.conformance.*`. */
  readonly file: string
  /** Told of each check as it ends. */
  onResult?(result: CheckResult): void
}

/** The file beside this one that vitest runs, as a source here and built where it is installed. */
const PROOF = fileURLToPath(new URL(`./proof${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url))

const firstOf = (errors: readonly { readonly message: string }[]): string =>
  errors.map(({ message }) => message).join('\n')

const resultOf = (test: TestCase): CheckResult | undefined => {
  const { gw } = test.meta()
  const result = test.result()
  if (gw === undefined || result.state === 'pending') return undefined
  return {
    family: gw.family,
    suite: test.parent.type === 'suite' ? test.parent.name : '',
    name: test.name,
    state: result.state,
    reason: result.state === 'failed' ? firstOf(result.errors) : result.state === 'skipped' ? result.note : undefined,
    about: gw.about,
  }
}

const problemsIn = (module: TestModule | TestSuite): readonly string[] => [
  ...module.errors().map(({ message }) => (module.type === 'suite' ? `${module.name}: ${message}` : message)),
  ...[...module.children].flatMap((child) => (child.type === 'suite' ? problemsIn(child) : [])),
]

/** @throws Error where vitest itself cannot be had */
export const collect = async ({ folder, file, onResult }: CollectOptions): Promise<Collected> => {
  const { startVitest } = await import('vitest/node').catch((cause: unknown) => {
    throw new Error('vitest is not installed: npm install --save-dev vitest', { cause })
  })
  const results: CheckResult[] = []
  const problems: string[] = []
  let subject: Subject | undefined
  const options: CliOptions = {
    root: folder,
    // A connector's own configuration of Vite is for something else.
    config: false,
    watch: false,
    dir: dirname(PROOF),
    include: [PROOF],
    exclude: [],
    provide: { gwConformance: file },
    passWithNoTests: false,
    // One file, whose suites share what they are run on.
    fileParallelism: false,
    server: { deps: { inline: [PROOF] } },
    reporters: [
      {
        onTestCaseResult(test) {
          subject ??= test.meta().gwSubject
          const result = resultOf(test)
          if (!result) return
          results.push(result)
          onResult?.(result)
        },
        onTestRunEnd(modules, errors) {
          problems.push(...modules.flatMap(problemsIn), ...errors.map(({ message }) => message))
        },
      },
    ],
  }
  const vitest = await startVitest([], options)
  await vitest?.close()
  if (subject?.missing) problems.push(subject.missing)
  return { subject, results, problems }
}
