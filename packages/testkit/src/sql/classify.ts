/** Checks on `classify`: total, pure, and right about the driver's own codes. */
import assert from 'node:assert/strict'
import { FAILURES } from '@gw/sql'
import type { Check } from '../check.ts'
import { type SqlContext, sqlCheck } from './context.ts'

/** Things a driver, a socket or a careless library throws. */
const anything = (): readonly unknown[] => {
  const circular: Record<string, unknown> = { code: 'X' }
  circular.cause = circular
  return [
    undefined,
    null,
    0,
    Number.NaN,
    '',
    'ECONNREFUSED',
    Symbol('error'),
    1n,
    [],
    {},
    () => 'error',
    Object.create(null),
    Object.freeze({ code: 5 }),
    circular,
    { code: {} },
    { code: ['23505'] },
    { code: '23505'.repeat(10_000), message: 'x'.repeat(1_000_000) },
    { errors: Array.from({ length: 10_000 }, () => ({ code: 'X' })) },
    new Error('no code'),
    new AggregateError([new Error('inner')], 'outer'),
    new DOMException('aborted', 'AbortError'),
    {
      get code() {
        throw new Error('a getter that throws')
      },
    },
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('a proxy that throws')
        },
      },
    ),
  ]
}

export const classifyChecks: readonly Check<SqlContext>[] = [
  sqlCheck('classify answers anything at all without throwing', async ({ options }) => {
    for (const error of anything()) {
      const failure = options.dialect.classify(error)
      assert.ok(failure === undefined || failure.reason in FAILURES, 'a reason that the family does not have')
    }
  }),
  sqlCheck('classify knows the driver errors that the dialect lists', async ({ options: { dialect, errors } }) => {
    assert.ok(errors.length > 0, 'the suite was given no driver errors')
    for (const { name, error, reason } of errors) {
      assert.equal(dialect.classify(error)?.reason, reason, name)
      assert.deepEqual(dialect.classify(error), dialect.classify(error), `${name}: classify is not pure`)
    }
  }),
  sqlCheck('every failure of the standard schema reaches a caller in the words of the family', async ({ records }) => {
    const tell = async (ask: Parameters<typeof records.ask>[0]) => {
      const { status, body } = await records.ask(ask)
      return { status, message: String(body?.error?.message) }
    }
    const customer = '_table/customers/1'
    const taken = await tell({ method: 'PATCH', path: customer, body: { email: 'bob@example.com' } })
    assert.deepEqual(taken.status, 409)
    assert.match(taken.message, /email/, 'a unique violation names the field')
    const broken = await tell({ method: 'PATCH', path: '_table/orders/1', body: { customer_id: 999 } })
    assert.equal(broken.status, 409)
    const held = await tell({ method: 'DELETE', path: customer })
    assert.equal(held.status, 409)
    for (const { message } of [taken, broken, held])
      assert.doesNotMatch(message, /constraint|violat|sqlite|postgres|duplicate key/i, "the driver's own text")
  }),
]
