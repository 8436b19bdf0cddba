/** Checks on who may call a routine, however its name is written. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { AccessSpec, RoleSpec } from '../governance.ts'
import { assertSilent, given, listed, refused } from '../records/context.ts'
import type { SqlContext } from './context.ts'
import { procedureCheck } from './routine-check.ts'

const role = (...access: readonly AccessSpec[]): RoleSpec => ({ access, user: { id: 7 } })

/** Every way of writing `total_for(1)` that could look like another component. */
const spellings = (schema: string | undefined): readonly string[] => {
  const plain = [
    'total_for',
    'TOTAL_FOR',
    'Total_For',
    'total_for(1)',
    'TOTAL_FOR(1)',
    'total_for()',
    'total_for(1)(2)',
  ]
  const prefixed = schema
    ? [`${schema}.total_for`, `${schema.toUpperCase()}.TOTAL_FOR(1)`, `${schema}.total_for(1)`]
    : []
  return [
    ...plain,
    ...prefixed,
    'total_for(1',
    'total_for(',
    '(x)total_for',
    'x(total_for)',
    'total_for{x}',
    '{total_for}',
  ]
}

const guards: readonly Check<SqlContext>[] = [
  procedureCheck('a denial of one routine holds however its name is written', async ({ records, options }) => {
    const sly = role({ component: '*' }, { component: '_proc/*' }, { component: '_proc/total_for', verbs: [] })
    for (const spelling of spellings(options.routines?.schema))
      for (const path of [`_proc/${spelling}`, `_proc/${encodeURIComponent(spelling)}`, `_proc/${spelling}/`]) {
        for (const ask of [{ path }, { path, query: { uid: 1 } }, { method: 'POST', path, body: { params: [1] } }]) {
          const { status, text } = await records.ask({ ...ask, as: sly })
          assert.ok([400, 403, 404].includes(status), `${ask.method ?? 'GET'} ${path} → ${status} ${text}`)
          assertSilent(text)
        }
      }
    assert.ok(!(await listed(records, { path: '_proc', query: { as_list: true }, as: sly })).includes('total_for'))
    await refused(records, { path: '_proc', query: { ids: 'total_for' }, as: sly }, 403)
  }),
  procedureCheck(
    'a grant of one routine is a grant of that one, with or without arguments in the path',
    async ({ records }) => {
      const as = role({ component: '_proc/total_for', verbs: ['GET'] })
      assert.deepEqual(await given(records, { path: '_proc/total_for(1)', as }), { total: 55.5 })
      assert.deepEqual(await given(records, { path: '_proc/Total_For', query: { uid: 1 }, as }), { total: 55.5 })
      await refused(records, { method: 'POST', path: '_proc/total_for(1)', as }, 403)
      await refused(records, { path: '_proc/count_up(1,2)', as }, 403)
      await refused(records, { path: '_proc/nope', as }, 403)
      await refused(records, { path: '_table/orders', as }, 403)
      await refused(records, { path: '_proc', as }, 403)
      await refused(records, { path: '_proc/total_for(1)', as: role({ component: '_table/*' }) }, 403)
    },
  ),
  procedureCheck('who has rules about rows or fields where a routine stands may not call it', async ({ records }) => {
    const filter = { op: 'AND' as const, conditions: [{ name: 'id', operator: '=', value: 1 }] }
    await refused(records, { path: '_proc/total_for(1)', as: role({ filter }) }, 403, /limits rows or fields/)
    await refused(records, { path: '_proc/total_for(1)', as: role({ deny: ['total'] }) }, 403, /limits rows or fields/)
    const both = role({ filter, component: '_table/*' }, { component: '_proc/*' })
    assert.deepEqual(await given(records, { path: '_proc/total_for(1)', as: both }), { total: 55.5 })
  }),
]

/** First, before anything has read the catalogue of routines. */
const cold: Check<SqlContext> = procedureCheck(
  'a denial holds for another spelling before the routines have been read',
  async ({ records, options }) => {
    const sly = role({ component: '_proc/*' }, { component: '_proc/total_for', verbs: [] })
    const schema = options.routines?.schema
    await refused(records, { path: `_proc/${schema ? `${schema}.` : ''}TOTAL_FOR(1)`, as: sly }, 403)
  },
)

export const routineRights: readonly Check<SqlContext>[] = [cold, ...guards]
