/** Checks for sources whose records are documents (`capabilities.documents`): what they can do that tables can not. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { assertStored, at, given, listed, type RecordsContext, recordsCheck, refused } from './context.ts'

const C = at('customers')
const ADA = at('customers', 1)
const whole = { name: 'Ada L.', email: 'ada@example.org', active: true }
const emptied = { credit: null, born: null, created: null, notes: null }
const only = (column: string, operator: string, value: unknown): RoleSpec => ({
  access: [{ component: '*', filter: { op: 'AND', conditions: [{ name: column, operator, value }] } }] as never,
})
const DISCREET: RoleSpec = { access: [{ component: '*', deny: ['notes'] }] }

const documentCheck = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> => ({
  ...recordsCheck(name, run),
  requires: ({ type }) => (type.capabilities?.documents ? undefined : 'records are no documents'),
})

/** For what holds of records that are no documents alone. */
export const unlessDocuments = (check: Check<RecordsContext>): Check<RecordsContext> => ({
  ...check,
  requires: (context) => (context.type.capabilities?.documents ? 'records are documents' : check.requires?.(context)),
})

const filtering = (filter: unknown, more: Partial<Ask> = {}): Ask => ({
  path: C,
  query: { filter: JSON.stringify(filter), fields: 'id', order: 'id' },
  ...more,
})
const idsOf = async (context: RecordsContext, filter: unknown, more: Partial<Ask> = {}) =>
  (await listed(context, filtering(filter, more))).map(({ id }) => id)

export const documentChecks: readonly Check<RecordsContext>[] = [
  documentCheck('PUT replaces a record: what is not sent is there no more', async (context) => {
    const answer = await given(context, { method: 'PUT', path: ADA, query: { fields: '*' }, body: whole })
    assert.deepEqual(answer, { id: 1, ...whole, ...emptied })
    await assertStored(context, 'customers', { 1: { ...whole, ...emptied } })
    const list = [{ id: 2, ...whole, email: 'b@example.org' }]
    await given(context, { method: 'PUT', path: C, body: list })
    await assertStored(context, 'customers', { 1: { ...whole, ...emptied }, 2: { ...list[0], ...emptied } })
  }),
  documentCheck('PUT of a record without what it has to have is refused', async (context) => {
    await refused(context, { method: 'PUT', path: ADA, body: { notes: 'alone' } }, 400, /can not be NULL/)
    await refused(context, { method: 'PUT', path: C, query: { filter: 'id > 0' }, body: { notes: 'alone' } }, 400)
    await assertStored(context, 'customers')
  }),
  documentCheck('PUT leaves what its caller is denied, and keeps the record within their filter', async (context) => {
    await given(context, { method: 'PUT', path: ADA, body: whole, as: DISCREET })
    await assertStored(context, 'customers', { 1: { ...whole, ...emptied, notes: 'first' } })
    await context.fresh()
    const as = only('credit', '=', 12.5)
    await refused(context, { method: 'PUT', path: ADA, body: whole, as }, 403)
    await refused(context, { method: 'PUT', path: ADA, body: { ...whole, credit: 1 }, as }, 403)
    await refused(context, { method: 'PUT', path: at('customers', 2), body: { ...whole, credit: 12.5 }, as }, 404)
    await assertStored(context, 'customers')
    await given(context, { method: 'PUT', path: ADA, body: { ...whole, credit: 12.5 }, as })
    await assertStored(context, 'customers', { 1: { ...whole, ...emptied, credit: 12.5 } })
  }),
  documentCheck('PATCH takes update operators, of a list of them and no others', async (context) => {
    await given(context, {
      method: 'PATCH',
      path: ADA,
      body: { $inc: { credit: 2 }, $unset: { notes: '' }, active: false },
    })
    await assertStored(context, 'customers', { 1: { credit: 14.5, notes: null, active: false } })
    await context.fresh()
    for (const operator of ['$where', '$rename', '$setOnInsert', '$bit', '$function', '$expr', '$'])
      await refused(context, { method: 'PATCH', path: ADA, body: { [operator]: { name: 'x' } } }, 400, /not permitted/)
    const wrong: readonly object[] = [
      { $inc: { credit: 'much' } },
      { $inc: { name: 1 } },
      { $inc: { id: 1 } },
      { $set: { nope: 1 } },
      { $push: { name: 'x' } },
      { $unset: { name: '' } },
      { $set: { name: null } },
      { credit: 1, $inc: { credit: 1 } },
    ]
    for (const body of wrong) await refused(context, { method: 'PATCH', path: ADA, body }, 400)
    for (const method of ['PUT', 'POST'])
      await refused(context, { method, path: method === 'PUT' ? ADA : C, body: { ...whole, $inc: { credit: 1 } } }, 400)
    await assertStored(context, 'customers')
  }),
  documentCheck('update operators are under the rules that a role has for fields and records', async (context) => {
    for (const operator of ['$set', '$unset', '$min'])
      await refused(
        context,
        { method: 'PATCH', path: ADA, body: { [operator]: { notes: 'x' } }, as: DISCREET },
        400,
        /Invalid field requested: notes/,
      )
    const as = only('credit', '>', 10)
    await refused(context, { method: 'PATCH', path: at('customers', 2), body: { $unset: { notes: '' } }, as }, 404)
    for (const body of [
      { $inc: { credit: 1 } },
      { $unset: { credit: '' } },
      { $set: { credit: 1 } },
      { $min: { credit: 1 } },
    ])
      await refused(context, { method: 'PATCH', path: ADA, body, as }, 403)
    await assertStored(context, 'customers')
    await given(context, { method: 'PATCH', path: ADA, body: { $set: { credit: 11 } }, as })
    await assertStored(context, 'customers', { 1: { credit: 11 } })
  }),
  documentCheck('a filter may be a JSON object, of a list of operators and no others', async (context) => {
    assert.deepEqual(await idsOf(context, { active: true, credit: { $gte: 12.5 } }), [1, 4, 6])
    assert.deepEqual(await idsOf(context, { $or: [{ name: 'Ada' }, { id: { $in: [3, 4] } }] }), [1, 3, 4])
    assert.deepEqual(await idsOf(context, { credit: { $ne: 12.5 }, id: { $lt: 6 } }), [2, 3, 4, 5])
    assert.deepEqual(await idsOf(context, { credit: null }), [3, 9])
    assert.deepEqual(await idsOf(context, { $nor: [{ id: { $gt: 2 } }] }), [1, 2])
    const refusals: readonly object[] = [
      { $where: 'true' },
      { $expr: { $gt: ['$credit', 1] } },
      { name: { $where: 'true' } },
      { name: { $function: {} } },
      { name: { $eq: { $gt: '' } } },
      { nope: 1 },
      { $or: [] },
      { $and: [{}] },
    ]
    for (const filter of refusals) {
      await refused(context, filtering(filter), 400)
      await refused(context, { method: 'DELETE', path: C, body: { filter } }, 400)
    }
    for (const method of ['DELETE', 'PATCH'])
      await refused(
        context,
        { method, path: C, query: { filter: '{}' }, body: method === 'PATCH' ? [{ notes: 'x' }] : undefined },
        400,
      )
    await assertStored(context, 'customers')
  }),
  documentCheck('a filter that is JSON stays within what a role shows', async (context) => {
    const as = only('active', '=', true)
    assert.deepEqual(await idsOf(context, { id: { $lt: 6 } }, { as }), [1, 3, 4])
    assert.deepEqual(await idsOf(context, { $or: [{ active: false }, { id: 1 }] }, { as }), [1])
    assert.deepEqual(await idsOf(context, { $nor: [{ active: true }] }, { as }), [])
    for (const filter of [
      { notes: 'first' },
      { $nor: [{ notes: 'first' }] },
      { notes: { $exists: true } },
      { 'notes.x': 1 },
    ])
      await refused(context, filtering(filter, { as: DISCREET }), 400, /Invalid or unparsable field/)
  }),
  documentCheck(
    'collections are made, described and dropped, and what they can not have is refused',
    async (context) => {
      const made = { name: 'gw_made', field: [{ name: 'title', type: 'string', length: 20, is_index: true }] }
      try {
        assert.deepEqual(await listed(context, { method: 'POST', path: '_schema', body: { resource: [made] } }), [
          { name: 'gw_made' },
        ])
        const described = await given(context, { path: '_schema/gw_made' })
        const title = described.field.find(({ name }: any) => name === 'title')
        assert.deepEqual([title.type, title.length, title.allow_null, title.is_index], ['string', 20, false, true])
        await given(context, { method: 'POST', path: at('gw_made'), body: [{ title: 'one' }] })
        await refused(context, { method: 'POST', path: at('gw_made'), body: [{ title: null }] }, 400)
        for (const more of [{ default: 1 }, { auto_increment: true }, { type: 'id' }])
          await refused(
            context,
            {
              method: 'POST',
              path: '_schema/gw_made/_field/more',
              body: { type: 'integer', allow_null: true, ...more },
            },
            501,
          )
        await refused(context, { method: 'POST', path: '_schema/gw_made/_field/more', body: { type: 'integer' } }, 409)
      } finally {
        await context.ask({ method: 'DELETE', path: '_schema/gw_made' })
      }
      await refused(context, { path: at('gw_made') }, 404)
    },
  ),
]
