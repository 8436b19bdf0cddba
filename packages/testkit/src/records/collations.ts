/** Keys that a database takes to be equal although they are not the same: by case, by accents, by blanks at the end. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { at, given, listed, type RecordsContext, recordsCheck } from './context.ts'

// What every character set of western Europe has: a database may have one of its own.
const OWNERS = ['Ab', 'cd', 'caf\u00e9', 'x y', '0a', 'Zo\u00eb', "it's"]
const WRITTEN = [...OWNERS, 'aB', 'AB ', 'CD', 'cafe', 'CAF\u00c9', 'X Y', '0A', 'zoe', "IT'S", 'ab', 'nobody', null]
const key = { type: 'string', length: 40 }
const TABLES = [
  { name: 'gw_owners', field: [{ name: 'code', ...key, is_primary_key: true }] },
  {
    name: 'gw_owned',
    field: [
      { name: 'id', type: 'integer', is_primary_key: true },
      { name: 'code', ...key, allow_null: true },
    ],
  },
]
const RELATIONS = {
  gw_owners: [
    { type: 'has_many', field: 'code', ref_table: 'gw_owned', ref_field: 'code' },
    {
      ...{ type: 'many_many', field: 'code', ref_table: 'gw_owners', ref_field: 'code' },
      ...{ junction_table: 'gw_owned', junction_field: 'code', junction_ref_field: 'code' },
    },
  ],
  gw_owned: [{ type: 'belongs_to', field: 'code', ref_table: 'gw_owners', ref_field: 'code' }],
}
const [OWNED, OWNER, THROUGH] = ['gw_owned_by_code', 'gw_owners_by_code', 'gw_owners_by_gw_owned'] as const

type Asking = Pick<RecordsContext, 'ask'>

const fill = async (context: Asking): Promise<void> => {
  await given(context, { method: 'POST', path: at('gw_owners'), body: OWNERS.map((code) => ({ code })) })
  const owned = WRITTEN.map((code, id) => ({ id, code }))
  await given(context, { method: 'POST', path: at('gw_owned'), body: owned })
  for (const [table, relations] of Object.entries(RELATIONS)) {
    const resource = relations.map((relation) => ({ ...relation, is_virtual: true }))
    await given(context, { method: 'POST', path: `_schema/${table}/_related`, body: { resource } })
  }
}

/** What a filter finds: the database's own word on what is equal. */
const equalTo = async (context: Asking, table: string, code: string): Promise<readonly any[]> =>
  listed(context, {
    method: 'POST',
    path: at(table),
    query: { method: 'GET' },
    body: { filter: 'code = :code', params: { ':code': code }, order: table === 'gw_owned' ? 'id' : 'code' },
  })

/**
 * Fills the tables `gw_owners(code)` and `gw_owned(id, code)`, which are there and empty, and holds what is related
 * against what is equal.
 * @returns the records of each owner
 */
export const relatedAreEqual = async (context: Asking): Promise<ReadonlyMap<string, readonly any[]>> => {
  await fill(context)
  const query = { related: `${OWNED},${THROUGH}`, [`${OWNED}.order`]: 'id', [`${THROUGH}.order`]: 'code' }
  const owners = await listed(context, { path: at('gw_owners'), query })
  assert.equal(owners.length, OWNERS.length)
  const within = { [`${OWNED}.limit`]: WRITTEN.length, [`${THROUGH}.limit`]: WRITTEN.length }
  assert.deepEqual(await listed(context, { path: at('gw_owners'), query: { ...query, ...within } }), owners)
  for (const owner of owners) {
    const own = await equalTo(context, 'gw_owned', owner.code)
    assert.ok(own.length > 0)
    assert.deepEqual(owner[OWNED], own, `those of '${owner.code}'`)
    assert.deepEqual(owner[THROUGH], await equalTo(context, 'gw_owners', owner.code), `by way of '${owner.code}'`)
  }
  const step = { method: 'GET', path: at('gw_owners'), query }
  const { steps } = await given(context, { method: 'POST', path: '_batch', body: { steps: [step] } })
  assert.deepEqual(steps[0].body.resource, owners, 'within a transaction')
  // Bounded for each, and in groups.
  const bounded = await listed(context, { path: at('gw_owners'), query: { ...query, [`${OWNED}.limit`]: 2 } })
  const grouped = { [`${OWNED}.group`]: 'code', [`${OWNED}.fields`]: 'COUNT(*)' }
  const counted = await listed(context, { path: at('gw_owners'), query: { related: OWNED, ...grouped } })
  for (const { code, [OWNED]: all } of owners) {
    const of = (rows: readonly any[]) => rows.find((row) => row.code === code)[OWNED]
    assert.deepEqual(of(bounded), all.slice(0, 2), `two of '${code}'`)
    const sum = of(counted).reduce((total: number, { COUNT_ALL }: any) => total + COUNT_ALL, 0)
    assert.equal(sum, all.length, `how many are of '${code}'`)
  }
  const owned = await listed(context, { path: at('gw_owned'), query: { related: OWNER } })
  assert.equal(owned.length, WRITTEN.length)
  for (const { code, [OWNER]: owner } of owned) {
    const [expected = null] = code === null ? [] : await equalTo(context, 'gw_owners', code)
    assert.deepEqual(owner, expected, `whose '${code}' is`)
  }
  return new Map(owners.map((owner) => [owner.code, owner[OWNED]]))
}

const check = recordsCheck(
  'related records are those whose keys the source takes to be equal, however they are written',
  async (context) => {
    await given(context, { method: 'POST', path: '_schema', body: { resource: TABLES } })
    try {
      await relatedAreEqual(context)
    } finally {
      await given(context, { method: 'DELETE', path: '_schema', query: { ids: 'gw_owned,gw_owners' } })
    }
  },
  ['foreignKeys', 'keys', 'transactions'],
)

export const collationChecks: readonly Check<RecordsContext>[] = [
  {
    ...check,
    requires: (context) =>
      context.type.capabilities?.schema ? check.requires?.(context) : 'the source only describes its tables',
  },
]
