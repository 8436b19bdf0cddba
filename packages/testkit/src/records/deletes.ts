/** Checks on deleting records. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { assertStored, at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'
import { seedOf } from './standard.ts'

const C = at('customers')

export const deleteChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('DELETE by id, ids, records or filter removes those and answers them', async (context) => {
    assert.deepEqual(await given(context, { method: 'DELETE', path: at('customers', 3) }), { id: 3 })
    assert.deepEqual(await listed(context, { method: 'DELETE', path: C, query: { ids: '5,7' } }), [
      { id: 5 },
      { id: 7 },
    ])
    assert.deepEqual(await listed(context, { method: 'DELETE', path: C, body: { resource: [{ id: 8 }] } }), [{ id: 8 }])
    const query = { filter: 'id >= 9', fields: 'name' }
    const names = (await listed(context, { method: 'DELETE', path: C, query })).map((row) => row.name).toSorted()
    assert.deepEqual(names, ['Ivan', 'Joan'])
    await assertStored(context, 'customers', {
      3: undefined,
      5: undefined,
      7: undefined,
      8: undefined,
      9: undefined,
      10: undefined,
    })
  }),
  recordsCheck('DELETE of nothing in particular is refused; force removes everything', async (context) => {
    await refused(
      context,
      { method: 'DELETE', path: at('journal') },
      400,
      /^No filter or records given for delete request\.$/,
    )
    await refused(context, { method: 'DELETE', path: at('journal'), query: { filter: '' } }, 400)
    await refused(context, { method: 'DELETE', path: at('order_lines'), query: { ids: '' } }, 400)
    assert.equal((await context.stored('journal')).length, 3)
    assert.deepEqual(await given(context, { method: 'DELETE', path: at('journal'), query: { force: true } }), {
      success: true,
    })
    assert.deepEqual(await context.stored('journal'), [])
  }),
  recordsCheck(
    'a DELETE with a limit removes no more than that, or is refused where no key names the records',
    async (context) => {
      const query = { filter: 'id > 7', limit: 2, order: 'id desc' }
      const removed = await listed(context, { method: 'DELETE', path: C, query })
      assert.deepEqual(removed, [{ id: 10 }, { id: 9 }])
      await assertStored(context, 'customers', { 9: undefined, 10: undefined })
      for (const named of [{}, { id_field: 'kind' }]) {
        const some = { filter: "kind = 'in'", limit: 1, ...named }
        await refused(context, { method: 'DELETE', path: at('journal'), query: some }, 400)
      }
      assert.equal((await context.stored('journal')).length, seedOf('journal').length)
      const active = { ...query, id_field: 'active' }
      await refused(context, { method: 'DELETE', path: C, query: active }, 400, /limit/)
      await assertStored(context, 'customers', { 9: undefined, 10: undefined })
    },
    'keys',
  ),
]
