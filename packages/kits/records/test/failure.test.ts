import { GwError, STATUS } from '@gw/core'
import { describe, expect, test } from 'vitest'
import type { Field, Table } from '../src/catalog.ts'
import { FAILURES, failureError, guard, NOBODY, type Reason } from '../src/failure.ts'

const column = (native: string, name = native): Field => ({
  name,
  native,
  type: 'string',
  dbType: 'text',
  nullable: true,
  autoIncrement: false,
  generated: false,
  primaryKey: false,
  unique: false,
})
const table = (schema: string, name: string): Table => ({
  name,
  native: 'people',
  schema,
  view: false,
  fields: [column('e_mail', 'email'), column('region')],
  primaryKey: [],
  foreignKeys: [],
})
const known = {
  tables: [table('public', 'people'), table('old', 'old.people')],
  constraints: [
    { name: 'people_key', schema: 'public', table: 'people', columns: ['e_mail', 'region'] },
    { name: 'people_key', schema: 'old', table: 'people', columns: ['region'] },
  ],
}
const messageOf = (failure: Parameters<typeof failureError>[0], about: Parameters<typeof failureError>[1] = known) =>
  failureError(failure, about, undefined).message

describe('failures', () => {
  test('a constraint is told by its fields, in the API’s spelling', () => {
    expect(messageOf({ reason: 'unique', schema: 'public', table: 'people', constraint: 'people_key' })).toBe(
      'A record with the same "email", "region" already exists in "people".',
    )
    expect(messageOf({ reason: 'unique', schema: 'old', table: 'people', constraint: 'people_key' })).toBe(
      'A record with the same "region" already exists in "old.people".',
    )
    expect(messageOf({ reason: 'not_null', table: 'people', columns: ['e_mail'] })).toBe(
      'Field "email" can not be NULL.',
    )
  })

  test('names that the catalogue does not hold are not told', () => {
    const secret = { table: 'secret_table', columns: ['secret_column'], constraint: 'secret_key' }
    for (const reason of Object.keys(FAILURES) as Reason[]) {
      expect(messageOf({ reason, ...secret })).not.toContain('secret')
      expect(messageOf({ reason, ...secret }, undefined)).not.toContain('secret')
      expect(messageOf({ reason, ...secret, table: 'people' })).not.toContain('secret')
    }
  })

  test('names that the caller may not know are not told: a closed table, a denied field', () => {
    const failure = { reason: 'unique', schema: 'public', table: 'people', constraint: 'people_key' } as const
    const told = (deny: readonly string[], verb = 'PATCH') => {
      const access = (_component: string, method?: string) => {
        if (method !== verb) throw new GwError('forbidden', 'closed')
        return { filters: [], deny }
      }
      const error = failureError(failure, known, undefined, { access })
      return [error.message, error.details]
    }
    const fields = ['email', 'region']
    const whole = 'A record with the same "email", "region" already exists in "people".'
    expect(told([])).toEqual([whole, { fields }])
    expect(told(['region'])).toEqual(['A record with the same unique value already exists in "people".', undefined])
    const nothing = 'A record with the same unique value already exists.'
    expect(told([], 'none')).toEqual([nothing, undefined])
    expect(failureError(failure, known, undefined, NOBODY).message).toBe(nothing)
  })

  test('every family has a status, a text, and a retry only where one helps', () => {
    for (const reason of Object.keys(FAILURES) as Reason[]) {
      const error = failureError({ reason }, undefined, undefined)
      expect(STATUS[error.code]).toBeGreaterThanOrEqual(400)
      expect(error.message).toMatch(/\.$/)
      expect(error.retryable).toBe('retryable' in FAILURES[reason])
    }
    expect(failureError({ reason: 'credentials' }, undefined, undefined).retryable).toBe(false)
  })

  const run = (thrown: unknown, signal = new AbortController().signal) =>
    guard(async () => Promise.reject(thrown), signal, { classify: () => undefined, known: () => known }).catch(
      (error) => error,
    )

  test('an error that nobody knows says nothing of itself, and is kept as the cause', async () => {
    const unknown = new Error('select * from secrets at db.internal')
    const error = await run(unknown)
    expect(error).toMatchObject({ code: 'upstream_failed', message: 'The database reported an error.', cause: unknown })
  })

  test('an abort is told by its own reason where that is one of ours', async () => {
    expect(await run(new Error('x'), AbortSignal.abort())).toMatchObject({ code: 'upstream_timeout' })
    const reason = new GwError('unavailable', 'The service is being stopped.')
    expect(await run(new Error('x'), AbortSignal.abort(reason))).toBe(reason)
    const own = new GwError('forbidden', 'No.')
    expect(await run(own, AbortSignal.abort())).toBe(own)
  })
})
