/**
 * A suite is a list of checks: plain functions that throw where the subject does not conform. Being values they
 * can be run by vitest (`suite.ts`), by a command, or by a test that measures the suite itself.
 */

/** One rule, named by the sentence that holds where it passes. */
export interface Check<C> {
  readonly name: string
  /** What the subject lacks for this check to apply; `undefined` where it applies. */
  requires?(context: C): string | undefined
  /**
   * Capabilities that it is about, as `claimsOf` names them: where a type declares one, this proves it; where it does
   * not, this shows that it is refused.
   */
  readonly about?: readonly string[] | undefined
  /** Throws (usually an `AssertionError`) where the rule does not hold. */
  run(context: C): void | Promise<void>
}

export interface Outcome {
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string | undefined
  /** What was thrown. */
  readonly error?: unknown
}

/** Checks under one title, and what they are run on. */
export interface Suite<C = any> {
  /** The family: `records`. */
  readonly family: string
  readonly title: string
  readonly checks: readonly Check<C>[]
  open(): C | Promise<C>
  close?(context: C): void | Promise<void>
  /** For one check, in milliseconds. Default: two minutes. */
  readonly timeout?: number | undefined
}

/** The same checks, said to be about these capabilities. */
export const about = <C>(capabilities: readonly string[], checks: readonly Check<C>[]): readonly Check<C>[] =>
  checks.map((check) => ({ ...check, about: [...(check.about ?? []), ...capabilities] }))

/** Runs one check and says how it went; never throws. */
export const runCheck = async <C>(check: Check<C>, context: C): Promise<Outcome> => {
  try {
    const reason = check.requires?.(context)
    if (reason !== undefined) return { name: check.name, state: 'skipped', reason }
    await check.run(context)
    return { name: check.name, state: 'passed' }
  } catch (error) {
    return { name: check.name, state: 'failed', error }
  }
}

/** Runs checks one after the other: they may share a source. */
export const runChecks = async <C>(checks: readonly Check<C>[], context: C): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = []
  for (const check of checks) outcomes.push(await runCheck(check, context))
  return outcomes
}

/** Runs a suite without a test runner. Where it cannot be opened, each of its checks has failed for that reason. */
export const runSuite = async <C>(
  suite: Suite<C>,
  wanted: (check: Check<C>) => boolean = () => true,
): Promise<readonly Outcome[]> => {
  const checks = suite.checks.filter(wanted)
  let context: C
  try {
    context = await suite.open()
  } catch (error) {
    return checks.map(({ name }) => ({ name, state: 'failed', error }))
  }
  try {
    return await runChecks(checks, context)
  } finally {
    await suite.close?.(context)
  }
}
