/** Checks on `Idempotency-Key`: what is sent again is not done again, and answers what it answered. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Answer, Ask } from '../harness.ts'
import { assertStored, at, given, type RecordsContext, recordsCheck, refused } from './context.ts'
import { batch, kim, post, ref } from './steps-asked.ts'

const C = at('customers')
const O = at('orders')
const lee = { name: 'Lee', email: 'lee@example.com' }
const own = (): RoleSpec => ({ access: [{ component: '*' }] })

let keys = 0
const newKey = (): string => `check-${process.pid}-${Date.now()}-${keys++}`
/** A request to the service that keeps answers. */
const keyed = (ask: Ask, key = newKey()): Ask => ({
  service: 'kept',
  ...ask,
  headers: { ...ask.headers, 'idempotency-key': key },
})

/** Writes of every kind that would change more, or fail, where they were done twice. */
const WRITES: readonly Ask[] = [
  { method: 'POST', path: O, query: { fields: '*' }, body: [{ customer_id: 1, total: 7.5 }] },
  { method: 'POST', path: C, body: { resource: [kim, lee] } },
  { method: 'POST', path: C, body: kim, query: { fields: 'id,name', as_list: true } },
  { method: 'POST', path: C, body: { ...kim, orders_by_customer_id: [{ total: 3 }] }, query: { related: '*' } },
  { method: 'PATCH', path: at('customers', 1), query: { fields: '*' }, body: { notes: 'x' } },
  { method: 'PUT', path: C, query: { ids: '1,2', fields: 'id,notes', rollback: true }, body: { notes: 'x' } },
  { method: 'PATCH', path: C, query: { filter: 'active = true', fields: '*' }, body: { active: false } },
  { method: 'DELETE', path: at('customers', 10), query: { fields: '*' } },
  { method: 'DELETE', path: O, query: { filter: 'id > 4' }, headers: { accept: 'text/csv' } },
  batch([
    post(C, [kim], { id: 'customer' }),
    post(O, [{ customer_id: ref('customer.resource.0.id'), total: 1 }], { query: { fields: '*' } }),
  ]),
]

const everything = async (context: RecordsContext): Promise<readonly unknown[]> => [
  await context.stored('customers'),
  await context.stored('orders'),
]

const answered = async (context: RecordsContext, ask: Ask): Promise<Answer> => {
  const answer = await context.ask(ask)
  assert.equal(answer.status, 200, `${JSON.stringify(ask)}: ${answer.text}`)
  return answer
}

/** Twelve calls, in turn to each of the gateways: all of them write to one place. */
const assertDoneOnce = async (context: RecordsContext, ways: readonly RecordsContext['ask'][]): Promise<void> => {
  const ask = keyed({ method: 'POST', path: O, query: { fields: '*' }, body: [{ customer_id: 1, total: 7.5 }] })
  const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => ways[at % ways.length]!(ask)))
  const before = (await context.stored('orders')).length
  const told = new Set(answers.filter(({ status }) => status === 200).map(({ text }) => text))
  // One that waited too long for the others is told so, and may be sent again.
  for (const { status, text } of answers) assert.ok([200, 409, 503].includes(status), text)
  assert.equal(told.size, 1, [...told].join())
  assert.equal((await answered(context, ask)).text, [...told][0])
  assert.equal((await context.stored('orders')).length, before)
  await context.fresh()
  assert.equal(before, (await context.stored('orders')).length + 1)
}

const REPLAYED = 'idempotency-replayed'

export const repeatChecks: readonly Check<RecordsContext>[] = [
  recordsCheck(
    'a write that is sent again with its key is done once, and answers the same',
    async (context) => {
      for (const write of WRITES) {
        const plain = await answered(context, { service: 'kept', ...write })
        await context.fresh()
        const ask = keyed(write)
        const first = await answered(context, ask)
        assert.equal(first.text, plain.text, 'what it answers without a key')
        assert.equal(first.headers.get(REPLAYED), null)
        const done = await everything(context)
        const second = await answered(context, ask)
        assert.deepEqual([second.headers.get(REPLAYED), second.text], ['true', first.text])
        assert.equal(second.headers.get('content-type'), first.headers.get('content-type'))
        assert.deepEqual(await everything(context), done)
        await context.fresh()
      }
    },
    'answers',
  ),
  recordsCheck(
    'of many that are sent at once with one key, one is done',
    (context) => assertDoneOnce(context, [context.ask]),
    'answers',
  ),
  recordsCheck(
    'of many that are sent at once with one key to several gateways, one is done',
    async (context) => {
      // The same roles, too: whose rules are others is not shown what was answered.
      const others = await Promise.all([context.another(), context.another()])
      try {
        await assertDoneOnce(context, [context.ask, ...others.map(({ ask }) => ask)])
      } finally {
        for (const other of others) await other.close()
      }
    },
    'answers',
  ),
  recordsCheck(
    'a key belongs to one request, of one caller',
    async (context) => {
      const key = newKey()
      const ask: Ask = { method: 'POST', path: O, body: [{ customer_id: 1, total: 7.5 }] }
      await answered(context, keyed(ask, key))
      const others: readonly Ask[] = [
        { ...ask, body: [{ customer_id: 1, total: 8 }] },
        { ...ask, query: { fields: '*' } },
        { ...ask, path: C, body: kim },
        { method: 'PATCH', path: at('orders', 1), body: { total: 1 } },
        batch([post(O, [{ customer_id: 1, total: 7.5 }])]),
      ]
      const done = await everything(context)
      for (const other of others) await refused(context, keyed(other, key), 422, /another request/)
      assert.deepEqual(await everything(context), done)
      // Somebody else's key is not known to them, whatever it was for.
      const theirs = await answered(context, keyed({ ...ask, as: own() }, key))
      assert.equal(theirs.headers.get(REPLAYED), null)
    },
    'answers',
  ),
  recordsCheck(
    'a write that failed keeps nothing, and is done when it is sent again',
    async (context) => {
      const ask = keyed({ method: 'POST', path: C, body: [{ ...kim, email: 'ada@example.com' }] })
      await refused(context, ask, 400, /Batch Error/)
      await assertStored(context, 'customers')
      await given(context, { method: 'PATCH', path: at('customers', 1), body: { email: 'other@example.com' } })
      const again = await answered(context, ask)
      assert.equal(again.headers.get(REPLAYED), null)
      assert.equal((await context.stored('customers')).length, 11)
    },
    'answers',
  ),
  recordsCheck(
    'the kept answers can not be reached',
    async (context) => {
      await answered(context, keyed({ method: 'PATCH', path: at('customers', 1), body: { notes: 'x' } }))
      const TABLE = 'gw_idempotency_keys'
      for (const path of [at(TABLE), `_schema/${TABLE}`])
        for (const refresh of [false, true]) await refused(context, { service: 'kept', path, query: { refresh } }, 404)
      const table = { resource: [{ name: TABLE, field: [{ name: 'id', type: 'id' }] }] }
      await refused(context, { method: 'POST', path: '_schema', body: table }, [400, 501])
      for (const path of ['_table', '_schema', '_spec', ''])
        assert.doesNotMatch((await answered(context, { service: 'kept', path })).text, new RegExp(TABLE))
    },
    'answers',
  ),
  recordsCheck(
    'a key that can not be kept has nothing done',
    async (context) => {
      const patch: Ask = { method: 'PATCH', path: at('customers', 1), body: { notes: 'x' } }
      await refused(context, { ...keyed(patch), service: 'db' }, 501, /Idempotency-Key/)
      const wrong: readonly Ask[] = [
        { ...patch, headers: { prefer: 'tx=rollback' } },
        { ...patch, path: C, body: [{ id: 1, notes: 'x' }], query: { continue: true } },
      ]
      for (const ask of wrong) await refused(context, keyed(ask), 400, /Idempotency-Key/)
      for (const key of ['"', 'x'.repeat(256), 'a\u00e9']) await refused(context, keyed(patch, key), 400, /characters/)
      await assertStored(context, 'customers')
      const few = await context.ask(keyed({ ...patch, headers: { prefer: 'handling=strict, max-affected=1' } }))
      assert.deepEqual([few.status, few.headers.get('preference-applied')], [200, 'handling=strict, max-affected=1'])
      const table = { resource: [{ name: 'never', field: [{ name: 'id', type: 'id' }] }] }
      await refused(context, keyed({ method: 'POST', path: '_schema', body: table }), 501, /Idempotency-Key/)
    },
    'answers',
  ),
]
