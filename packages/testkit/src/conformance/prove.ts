/** A definition as vitest's tests: in a connector's own test file, and in that of `gw conformance`. */
import { afterAll, test } from 'vitest'
import { bind } from '../suite.ts'
import { type Claims, claimsOf } from './claims.ts'
import { type ConformanceDefinition, isMissing } from './definition.ts'
import { missingLanguage, suitesOf } from './suites.ts'

/** What the first test of a file says of the type. */
export interface Subject {
  readonly type: string
  readonly claims: Claims
  /** Why there is nothing to prove it against. */
  readonly missing?: string | undefined
}

declare module 'vitest' {
  interface TaskMeta {
    gwSubject?: Subject
  }
}

/**
 * Brings the source up and declares every suite that the connector has to pass; ends the source after them. Without a
 * source, one test is skipped with the reason.
 *
 * @example await prove(conformance)
 */
export const prove = async ({ type, open }: ConformanceDefinition): Promise<void> => {
  const source = await open()
  const absent = isMissing(source) ? source : await missingLanguage(type, source)
  const subject: Subject = {
    type: type.name,
    claims: claimsOf(type, isMissing(source) ? {} : source),
    missing: absent?.missing,
  }
  test(`${type.name} has a source to be proved against`, { meta: { gwSubject: subject } }, ({ skip }) => {
    if (absent) skip(absent.missing)
  })
  if (isMissing(source)) return
  afterAll(async () => source.close?.())
  if (absent) return
  for (const suite of await suitesOf(type, source)) bind(suite)
}
