/** Checks on many records at once: what stays, what is undone, and the batch error's exact body. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { assertStored, at, type RecordsContext, recordsCheck, refused } from './context.ts'

const C = at('customers')
const record = (id: number, email = `n${id}@example.com`) => ({ id, name: `N${id}`, email })
const whole = (id: number) => ({ ...record(id), active: true, credit: null, born: null, created: null, notes: null })

/** Fails at index 1, where the address is taken. */
const CREATE = { method: 'POST', path: C, body: { resource: [record(21), record(22, 'ada@example.com'), record(23)] } }
/** Fails at index 1, where there is no such record. */
const UPDATE = {
  method: 'PATCH',
  path: C,
  body: {
    resource: [
      { id: 1, notes: 'u' },
      { id: 999, notes: 'u' },
      { id: 3, notes: 'u' },
    ],
  },
}
const REMOVE = { method: 'DELETE', path: C, query: { ids: '7,999,8' } }

const CALLS = [
  {
    verb: 'created',
    ask: CREATE,
    entries: [{ id: 21 }, { id: 23 }],
    first: { 21: whole(21) },
    both: { 21: whole(21), 23: whole(23) },
  },
  {
    verb: 'updated',
    ask: UPDATE,
    entries: [{ id: 1 }, { id: 3 }],
    first: { 1: { notes: 'u' } },
    both: { 1: { notes: 'u' }, 3: { notes: 'u' } },
  },
  {
    verb: 'deleted',
    ask: REMOVE,
    entries: [{ id: 7 }, { id: 8 }],
    first: { 7: undefined },
    both: { 7: undefined, 8: undefined },
  },
] as const

const withQuery = (ask: Ask, query: object): Ask => ({ ...ask, query: { ...ask.query, ...query } })

/** The batch error's form: code 1000, the failed index, an entry for each attempt. */
const assertBatch = (error: any, verb: string, entries: readonly unknown[], suffix = ''): void => {
  assert.equal(error.code, 1000)
  assert.equal(error.message, `Batch Error: Not all requested records could be ${verb}.${suffix}`)
  assert.deepEqual(Object.keys(error.context).toSorted(), ['error', 'resource'])
  assert.deepEqual(error.context.error, [1])
  assert.equal(error.context.resource.length, entries.length)
  for (const [index, entry] of entries.entries()) {
    if (index !== 1) {
      assert.deepEqual(error.context.resource[index], entry)
      continue
    }
    const failed = error.context.resource[1]
    assert.deepEqual(Object.keys(failed).toSorted(), ['code', 'context', 'message', 'status_code'])
    assert.ok(failed.message.length > 10 && failed.status_code >= 400 && failed.status_code < 500)
  }
}

export const batchChecks: readonly Check<RecordsContext>[] = [
  ...CALLS.flatMap(({ verb, ask, entries, first, both }) => [
    recordsCheck(`records ${verb} up to a failure stay, and the rest is left alone`, async (context) => {
      assertBatch(await refused(context, ask, 400), verb, [entries[0], undefined])
      await assertStored(context, 'customers', first)
    }),
    recordsCheck(`with continue, every record that can be ${verb} is`, async (context) => {
      assertBatch(await refused(context, withQuery(ask, { continue: true }), 400), verb, [
        entries[0],
        undefined,
        entries[1],
      ])
      await assertStored(context, 'customers', both)
    }),
    recordsCheck(
      `with rollback, no record is ${verb} where one fails`,
      async (context) => {
        const error = await refused(context, withQuery(ask, { rollback: true }), 400)
        assertBatch(error, verb, [entries[0], undefined], ' All changes rolled back.')
        await assertStored(context, 'customers')
      },
      'transactions',
    ),
  ]),
  {
    name: 'rollback is refused where there are no transactions',
    about: ['records.transactions'],
    requires: ({ lacks }) => (lacks.includes('transactions') ? undefined : 'the source has transactions'),
    async run(context) {
      await context.fresh()
      await refused(context, withQuery(CREATE, { rollback: true }), [400, 501])
      await assertStored(context, 'customers')
    },
  },
  recordsCheck('a single record that fails is a batch error too', async (context) => {
    const error = await refused(context, { method: 'POST', path: C, body: [record(30, 'ada@example.com')] }, 400)
    assert.deepEqual([error.code, error.context.error, error.context.resource.length], [1000, [0], 1])
    await assertStored(context, 'customers')
  }),
  recordsCheck('rollback and continue together are refused', async (context) => {
    for (const ask of [CREATE, UPDATE, REMOVE])
      await refused(
        context,
        withQuery(ask, { rollback: true, continue: true }),
        400,
        /^Rollback and continue operations can not be requested at the same time\.$/,
      )
    await assertStored(context, 'customers')
  }),
  recordsCheck('a record without its id is a batch error that names the field', async (context) => {
    const body = { resource: [{ id: 1, notes: 'u' }, { notes: 'u' }] }
    const error = await refused(context, { method: 'PATCH', path: C, body }, 400)
    assert.match(JSON.stringify(error), /Required id field\(s\) not found in record 1: id/)
  }),
  recordsCheck(
    'a broken reference within a batch undoes what rollback covers',
    async (context) => {
      const body = {
        resource: [
          { customer_id: 1, total: 1 },
          { customer_id: 999, total: 1 },
        ],
      }
      const error = await refused(context, { method: 'POST', path: at('orders'), query: { rollback: true }, body }, 400)
      assert.deepEqual(error.context.error, [1])
      await assertStored(context, 'orders')
    },
    'foreignKeys',
  ),
]
