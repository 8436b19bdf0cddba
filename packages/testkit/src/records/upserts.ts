/** Checks on changes that create what they do not find, where the service allows it. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { assertStored, at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'

const C = at('customers')
const fresh = { name: 'Kim', email: 'kim@example.com' }
const stored = { active: true, credit: null, born: null, created: null, notes: null }

export const upsertChecks: readonly Check<RecordsContext>[] = [
  recordsCheck(
    'a record that is not there is created where allow_upsert is set, and only there',
    async (context) => {
      const body = { id: 50, ...fresh }
      await refused(context, { method: 'PUT', path: at('customers', 50), body }, 404)
      assert.deepEqual(
        await given(context, { service: 'small', method: 'PUT', path: at('customers', 50), body: fresh }),
        { id: 50 },
      )
      const list = [
        { id: 51, name: 'Lou', email: 'lou@example.com' },
        { id: 1, notes: 'up' },
      ]
      assert.deepEqual(await listed(context, { service: 'small', method: 'PATCH', path: C, body: list }), [
        { id: 51 },
        { id: 1 },
      ])
      await assertStored(context, 'customers', {
        1: { notes: 'up' },
        50: { id: 50, ...fresh, ...stored },
        51: { ...list[0], ...stored },
      })
    },
    'defaults',
  ),
  ...[{}, { continue: true }, { rollback: true }].map((mode) =>
    recordsCheck(
      `a change of ids ${Object.keys(mode)[0] ?? 'without a mode'} creates those that are not there where allow_upsert is set`,
      async (context) => {
        const change = { customer_id: 2, total: 7 }
        const put: Ask = { method: 'PUT', path: at('orders'), query: { ids: '50,1,51', ...mode }, body: [change] }
        const made = { ...change, status: 'new' }
        assert.deepEqual(await listed(context, { ...put, service: 'small' }), [{ id: 50 }, { id: 1 }, { id: 51 }])
        await assertStored(context, 'orders', { 1: change, 50: { id: 50, ...made }, 51: { id: 51, ...made } })
        const repeated = { ...put, service: 'small', query: { ids: '60,60', fields: 'id,total', ...mode } }
        const row = { id: 60, total: 7 }
        assert.deepEqual(await listed(context, repeated), [row, row])
        // Elsewhere a record that is not there fails.
        await refused(context, { ...put, query: { ids: '70,1', ...mode } }, 400)
        assert.equal((await context.stored('orders')).filter(({ id }) => id === 70).length, 0)
      },
      'rollback' in mode ? ['transactions', 'defaults'] : 'defaults',
    ),
  ),
  recordsCheck(
    'a change of ids creates and changes in the order asked for',
    async (context) => {
      const body = [{ name: 'Lou', email: 'lou@example.com' }]
      const put: Ask = { service: 'small', method: 'PUT', path: C, query: { ids: '50,1', continue: true }, body }
      const { context: told } = await refused(context, put, 400)
      assert.deepEqual(told.error, [1])
      assert.deepEqual(told.resource[0], { id: 50 })
      await assertStored(context, 'customers', { 50: { id: 50, ...body[0], ...stored } })
    },
    'defaults',
  ),
]
