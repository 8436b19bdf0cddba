/** Binds checks to vitest: one test per check, one context per suite. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Check } from './check.ts'

export interface Suite<C> {
  readonly title: string
  readonly checks: readonly Check<C>[]
  open(): C | Promise<C>
  close?(context: C): void | Promise<void>
  /** For one check, in milliseconds. Default: vitest's own. */
  readonly timeout?: number | undefined
}

/**
 * Declares a vitest `describe` with a test for every check. A check that does not apply is skipped by name, with
 * the reason.
 */
export const bind = <C>({ title, checks, open, close, timeout }: Suite<C>): void => {
  describe(title, () => {
    let context: C
    let opened = false
    beforeAll(async () => {
      context = await open()
      opened = true
    }, 60_000)
    afterAll(async () => {
      if (opened) await close?.(context)
    }, 60_000)
    for (const check of checks)
      test(check.name, { timeout: timeout ?? 120_000 }, async ({ skip }) => {
        const reason = check.requires?.(context)
        if (reason !== undefined) skip(reason)
        await check.run(context)
      })
  })
}
