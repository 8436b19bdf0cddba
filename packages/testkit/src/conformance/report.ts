/** What a run has shown, as data: `gw-conformance.json`. */
import { type CapabilityState, type Claims, capabilityStates } from './claims.ts'

/** One check as it went. */
export interface CheckResult {
  readonly family: string
  readonly suite: string
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or what it failed by: the first lines. */
  readonly reason?: string | undefined
  readonly about: readonly string[]
}

export interface SuiteReport {
  readonly suite: string
  readonly family: string
  readonly passed: number
  readonly failed: readonly { readonly check: string; readonly reason: string }[]
  readonly skipped: readonly { readonly check: string; readonly reason: string }[]
}

/** Version 1 of the report. Members may be added; none changes its meaning. */
export interface ConformanceReport {
  readonly version: 1
  readonly package: { readonly name: string; readonly version: string; readonly contract: string }
  readonly type: string
  readonly testkit: string
  /** When it ended, in ISO 8601. */
  readonly date: string
  readonly conforms: boolean
  /** Why it does not, where that is no check's failure: there was no source, or a suite did not open. */
  readonly problems: readonly string[]
  readonly capabilities: {
    readonly claimed: readonly string[]
    readonly proved: readonly string[]
    readonly failed: readonly string[]
    /** Not claimed, and refused as it should be. */
    readonly refused: readonly string[]
    /** Not claimed, and not refused either. */
    readonly accepted: readonly string[]
    /** Claimed, but no check that ran is about them. */
    readonly unexamined: readonly string[]
  }
  readonly suites: readonly SuiteReport[]
}

export interface ReportInput {
  readonly package: ConformanceReport['package']
  readonly testkit: string
  readonly type: string
  readonly claims: Claims
  readonly problems: readonly string[]
  readonly results: readonly CheckResult[]
  readonly date?: Date
}

/** Lines of a failure that a report keeps. */
const LINES = 12

const reasonOf = ({ reason = '' }: CheckResult): string => reason.split('\n').slice(0, LINES).join('\n')

const suiteOf = (suite: string, results: readonly CheckResult[]): SuiteReport => {
  const those = (state: CheckResult['state']) =>
    results.filter((one) => one.state === state).map((one) => ({ check: one.name, reason: reasonOf(one) }))
  return {
    suite,
    family: results[0]?.family ?? '',
    passed: those('passed').length,
    failed: those('failed'),
    skipped: those('skipped'),
  }
}

export const reportOf = (input: ReportInput): ConformanceReport => {
  const { results, claims, date = new Date() } = input
  const states = capabilityStates(claims, results)
  const those = (state: CapabilityState) => Object.keys(states).filter((name) => states[name] === state)
  const passed = results.filter(({ state }) => state === 'passed').length
  const failed = results.some(({ state }) => state === 'failed')
  // A run in which nothing ran has shown nothing.
  const problems = passed > 0 || failed || input.problems.length > 0 ? input.problems : ['No check has run.']
  return {
    version: 1,
    package: input.package,
    type: input.type,
    testkit: input.testkit,
    date: date.toISOString(),
    conforms: problems.length === 0 && !failed,
    problems,
    capabilities: {
      claimed: Object.keys(claims)
        .filter((name) => claims[name])
        .sort(),
      proved: those('proved'),
      failed: those('failed'),
      refused: those('refused'),
      accepted: those('accepted'),
      unexamined: those('unexamined'),
    },
    suites: [...Map.groupBy(results, ({ suite }) => suite)].map(([suite, of]) => suiteOf(suite, of)),
  }
}
