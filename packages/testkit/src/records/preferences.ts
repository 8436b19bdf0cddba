/** Checks on preferences: writes that are undone again, that may change few records, that answer more or less. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { Answer, Ask } from '../harness.ts'
import { assertStored, at, given, type RecordsContext, recordsCheck, refused } from './context.ts'
import { assertNothingDone, get, post } from './steps-asked.ts'

const C = at('customers')
const O = at('orders')
const kim = { name: 'Kim', email: 'kim@example.com' }
const prefer = (ask: Ask, wanted: string): Ask => ({ ...ask, headers: { ...ask.headers, prefer: wanted } })
const REHEARSED = 'tx=rollback'
const few = (most: number): string => `handling=strict, max-affected=${most}`

/** Writes of every kind, each of which would change something. */
const WRITES: readonly Ask[] = [
  { method: 'POST', path: C, query: { fields: 'name,email' }, body: [kim] },
  {
    method: 'POST',
    path: C,
    body: { resource: [{ ...kim, orders_by_customer_id: [{ total: 3 }] }] },
    query: { fields: 'name' },
  },
  { method: 'PATCH', path: at('customers', 1), query: { fields: 'id,notes' }, body: { notes: 'x' } },
  { method: 'PUT', path: C, query: { ids: '1,2', fields: 'id,notes', rollback: true }, body: { notes: 'x' } },
  {
    method: 'PATCH',
    path: C,
    query: { fields: 'id,credit' },
    body: [
      { id: 1, credit: 1 },
      { id: 2, credit: 2 },
    ],
  },
  { method: 'PATCH', path: C, query: { filter: 'active = true', fields: 'id,notes' }, body: { notes: 'x' } },
  { method: 'DELETE', path: at('customers', 10) },
  { method: 'DELETE', path: C, query: { ids: '9,10' } },
  { method: 'DELETE', path: O, query: { filter: 'id > 4' } },
  { method: 'DELETE', path: at('journal'), query: { force: true } },
  {
    method: 'POST',
    path: '_batch',
    body: { steps: [post(C, [kim], { query: { fields: 'name' } }), get(C, { count_only: true })] },
  },
]

const preferring = async (context: RecordsContext, ask: Ask, wanted: string): Promise<Answer> => {
  const answer = await context.ask(prefer(ask, wanted))
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers.get('preference-applied'), wanted)
  return answer
}

export const preferenceChecks: readonly Check<RecordsContext>[] = [
  recordsCheck(
    'a write that is to be undone answers what it would have answered, and changes nothing',
    async (context) => {
      for (const ask of WRITES) {
        const rehearsed = await preferring(context, ask, REHEARSED)
        await assertNothingDone(context)
        assert.deepEqual((await context.stored('customers')).length, 10)
        const { body } = await context.ask(ask)
        assert.deepEqual(rehearsed.body, body, JSON.stringify(ask))
        await context.fresh()
      }
    },
    'transactions',
  ),
  recordsCheck(
    'a write that is to be undone fails as it would have failed',
    async (context) => {
      const taken = { name: 'X', email: 'ada@example.com' }
      const ask = { method: 'POST', path: C, body: [kim, taken] }
      await refused(context, prefer(ask, REHEARSED), 400, /Batch Error/)
      const one = { method: 'PATCH', path: at('customers', 1), body: { email: 'bob@example.com' } }
      await refused(context, prefer(one, REHEARSED), 409)
      await refused(context, prefer({ ...one, path: at('customers', 999), body: { notes: 'x' } }, REHEARSED), 404)
      await refused(context, prefer({ ...ask, query: { continue: true } }, REHEARSED), 400, /continue/)
      await assertStored(context, 'customers')
    },
    'transactions',
  ),
  recordsCheck(
    'a write changes no more records than it may',
    async (context) => {
      const changes: readonly (readonly [Ask, number])[] = [
        [{ method: 'PATCH', path: C, query: { filter: 'active = true' }, body: { notes: 'x' } }, 7],
        [{ method: 'PATCH', path: C, query: { ids: '1,2,3', rollback: true }, body: { notes: 'x' } }, 3],
        [
          {
            method: 'PATCH',
            path: C,
            body: [
              { id: 1, notes: 'x' },
              { id: 2, notes: 'x' },
            ],
          },
          2,
        ],
        [{ method: 'DELETE', path: O, query: { filter: 'id > 4' } }, 2],
        [{ method: 'POST', path: C, body: [kim, { name: 'Lee', email: 'lee@example.com' }] }, 2],
        [
          {
            method: 'POST',
            path: '_batch',
            body: { steps: [post(C, [kim]), post(O, [{ customer_id: 1, total: 1 }])] },
          },
          2,
        ],
      ]
      for (const [ask, count] of changes) {
        const { message } = await refused(context, prefer(ask, few(count - 1)), 400)
        assert.match(message, new RegExp(`More than ${count - 1} records`))
        await assertNothingDone(context)
        // Who does not insist is not held to it.
        const lenient = await context.ask(prefer({ ...ask, path: ask.path }, `max-affected=${count - 1}, ${REHEARSED}`))
        assert.deepEqual([lenient.status, lenient.headers.get('preference-applied')], [200, REHEARSED])
        await preferring(context, ask, few(count))
        await context.fresh()
      }
      const all = { method: 'DELETE', path: at('journal'), query: { force: true } }
      await refused(context, prefer(all, few(100)), 400, /force/)
      await assertNothingDone(context)
    },
    'transactions',
  ),
  recordsCheck('a write answers as much as is preferred', async (context) => {
    const ask = { method: 'PATCH', path: at('customers', 1), body: { notes: 'x' } }
    const whole = await preferring(context, ask, 'return=representation')
    assert.deepEqual(whole.body, await given(context, { path: at('customers', 1) }))
    const small = await preferring(context, { ...ask, query: { fields: '*' } }, 'return=minimal')
    assert.deepEqual(small.body, { id: 1 })
    const plain = await context.ask(prefer(ask, 'respond-async, wait=10'))
    assert.deepEqual([plain.status, plain.headers.get('preference-applied')], [200, null])
  }),
  recordsCheck(
    'a preference that keeps something from happening is understood, or the write is refused',
    async (context) => {
      const ask = { method: 'PATCH', path: at('customers', 1), body: { notes: 'x' } }
      for (const wrong of ['tx=rolback', 'tx', 'handling=strict, max-affected=many', 'tx=rollback x'])
        await refused(context, prefer(ask, wrong), 400)
      const table = {
        method: 'POST',
        path: '_schema',
        body: { resource: [{ name: 'never', field: [{ name: 'id', type: 'id' }] }] },
      }
      await refused(context, prefer(table, REHEARSED), 501, /tx=rollback/)
      await assertStored(context, 'customers')
      assert.equal((await context.ask({ path: at('never') })).status, 404)
    },
  ),
]
