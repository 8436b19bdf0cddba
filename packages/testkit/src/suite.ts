/** Binds checks to vitest: one test per check, one context per suite. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Suite } from './check.ts'

/** What a test of a suite says of itself to whoever reports. */
export interface CheckMeta {
  readonly family: string
  readonly about: readonly string[]
}

declare module 'vitest' {
  interface TaskMeta {
    gw?: CheckMeta
  }
}

/**
 * Declares a vitest `describe` with a test for every check. A check that does not apply is skipped by name, with
 * the reason.
 */
export const bind = <C>({ family, title, checks, open, close, timeout }: Suite<C>): void => {
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
    for (const check of checks) {
      const gw: CheckMeta = { family, about: check.about ?? [] }
      test(check.name, { timeout: timeout ?? 120_000, meta: { gw } }, async ({ skip }) => {
        const reason = check.requires?.(context)
        if (reason !== undefined) skip(reason)
        await check.run(context)
      })
    }
  })
}
