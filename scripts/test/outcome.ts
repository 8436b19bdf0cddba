/** What a vitest run amounts to. */
import { relative } from 'node:path'

/** The part of vitest's report that is read here. */
export interface ReportedModule {
  readonly moduleId: string
  errors(): readonly unknown[]
  readonly children: { allTests(): Iterable<ReportedTest>; allSuites(): Iterable<{ errors(): readonly unknown[] }> }
}
export interface ReportedTest {
  readonly name: string
  readonly fullName: string
  result(): { readonly state: string; readonly note?: string | undefined }
}
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** A file that does not load, a suite whose hooks fail and an error nobody caught are failures, not silence. */
export const count = (modules: readonly ReportedModule[], unhandled: number): Counts => {
  const states = modules.flatMap(({ children }) => [...children.allTests()].map((test) => test.result().state))
  const broken = modules.reduce(
    (sum, each) =>
      sum +
      each.errors().length +
      [...each.children.allSuites()].reduce((all, suite) => all + suite.errors().length, 0),
    unhandled,
  )
  return {
    passed: states.filter((state) => state === 'passed').length,
    // A test that neither passed nor was skipped on purpose (still pending when the run ended) did not pass.
    failed: states.filter((state) => state !== 'passed' && state !== 'skipped').length + broken,
    skipped: states.filter((state) => state === 'skipped').length,
  }
}

/** One line for each outermost suite with skipped tests: file, suite, how many, and the reasons given. */
export const skippedSuites = (modules: readonly ReportedModule[], root: string): readonly string[] =>
  modules.flatMap(({ moduleId, children }) => {
    const skipped = [...children.allTests()].filter((test) => test.result().state === 'skipped')
    const suites = Map.groupBy(skipped, (test) => test.fullName.split(' > ')[0] ?? test.name)
    return [...suites].map(([suite, tests]) => {
      const notes = [...new Set(tests.flatMap((test) => test.result().note ?? []))]
      const reason = notes.length > 0 ? `: ${notes.join('; ')}` : ''
      return `${relative(root, moduleId)}  ${suite} (${tests.length})${reason}`
    })
  })
