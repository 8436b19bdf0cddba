/**
 * Relations of every kind against a model of their own: tables with null keys, duplicates, composite keys and
 * relations that no key says, made for the checks, and what belongs together worked out by comparing each record with
 * each. `GW_RELATED_CALLS` sets how many random reads are compared (150 without it), `GW_SEED` which.
 */
import type { RoleSpec } from '../governance.ts'

export type Row = Readonly<Record<string, any>>

export interface ModelRelation {
  readonly single: boolean
  readonly fields: readonly string[]
  readonly table: string
  readonly references: readonly string[]
  readonly junction?: {
    readonly table: string
    readonly fields: readonly string[]
    readonly references: readonly string[]
  }
}

export interface ModelTable {
  /** What `_schema` takes. */
  readonly definition: {
    readonly name: string
    readonly field: readonly object[]
    readonly primary_key?: readonly string[]
  }
  readonly key: readonly string[]
  readonly rows: readonly Row[]
  /** Virtual ones, as `_related` takes them. */
  readonly virtual?: readonly object[]
  readonly relations: Readonly<Record<string, ModelRelation>>
  /** Fields that are never null, to sort by. */
  readonly sorted: readonly string[]
  readonly filters: readonly (readonly [text: string, holds: (row: Row) => boolean])[]
}

const ID = { name: 'id', type: 'integer', is_primary_key: true }
const int = (name: string, more: object = {}) => ({ name, type: 'integer', allow_null: true, ...more })
const text = (name: string, more: object = {}) => ({ name, type: 'string', length: 40, ...more })
const ref = (name: string, table: string, more: object = {}) => ({
  name,
  type: 'reference',
  ref_table: table,
  ref_field: 'id',
  allow_null: true,
  ...more,
})
const one = (fields: string, table: string, references: string): ModelRelation => ({
  single: true,
  fields: fields.split(','),
  table,
  references: references.split(','),
})
const many = (fields: string, table: string, references: string): ModelRelation => ({
  ...one(fields, table, references),
  single: false,
})
const through = (table: string, junction: string, near: string, far: string, fields = 'id'): ModelRelation => ({
  ...many(fields, table, 'id'),
  junction: { table: junction, fields: near.split(','), references: far.split(',') },
})

const people = (
  rows: readonly (readonly [number, number | null, number | null, string | null, number | null, number | null])[],
) => rows.map(([id, team_id, boss_id, mail, x, y]) => ({ id, name: `p${id % 4}`, team_id, boss_id, mail, x, y }))
const pairs = (names: readonly string[], rows: readonly (readonly unknown[])[]): readonly Row[] =>
  rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])))

// biome-ignore format: reads as a table
export const MODEL: Readonly<Record<string, ModelTable>> = {
  rel_teams: {
    definition: { name: 'rel_teams', field: [ID, text('title')] }, key: ['id'], sorted: ['id', 'title'],
    rows: pairs(['id', 'title'], [[1, 'red'], [2, 'blue'], [3, 'red']]),
    relations: { rel_people_by_team_id: many('id', 'rel_people', 'team_id') },
    filters: [["title = 'red'", ({ title }) => title === 'red'], ['id > 1', ({ id }) => id > 1]],
  },
  rel_people: {
    definition: { name: 'rel_people', field: [ID, text('name'), ref('team_id', 'rel_teams'), ref('boss_id', 'rel_people'), text('mail', { allow_null: true }), int('x'), int('y')] },
    key: ['id'], sorted: ['id', 'name'],
    rows: people([[1, 1, null, 'a', 1, 1], [2, 1, 1, 'a', 1, 2], [3, 2, 1, null, null, 1], [4, null, 2, 'b', 2, null], [5, 3, 5, 'b', 9, 9], [6, 1, 2, '', 1, 1], [7, 2, null, 'a', 2, 1], [8, null, 7, null, 1, 2]]),
    virtual: [
      { type: 'belongs_to', field: 'x,y', ref_table: 'rel_rooms', ref_field: 'x,y', alias: 'room' },
      { type: 'has_many', field: 'mail', ref_table: 'rel_people', ref_field: 'mail', alias: 'mates' },
      { type: 'many_many', field: 'x,y', ref_table: 'rel_skills', ref_field: 'id', junction_table: 'rel_bookings', junction_field: 'x,y', junction_ref_field: 'skill_id', alias: 'needed' },
    ],
    relations: {
      rel_teams_by_team_id: one('team_id', 'rel_teams', 'id'),
      rel_people_by_boss_id: many('id', 'rel_people', 'boss_id'), rel_people_by_boss_id_one: one('boss_id', 'rel_people', 'id'),
      rel_badges_by_person_id: one('id', 'rel_badges', 'person_id'),
      rel_skills_by_rel_person_skills: through('rel_skills', 'rel_person_skills', 'person_id', 'skill_id'),
      rel_person_skills_by_person_id: many('id', 'rel_person_skills', 'person_id'),
      room: one('x,y', 'rel_rooms', 'x,y'), mates: many('mail', 'rel_people', 'mail'),
      needed: through('rel_skills', 'rel_bookings', 'x,y', 'skill_id', 'x,y'),
    },
    filters: [["mail = 'a'", ({ mail }) => mail === 'a'], ['x IS NOT NULL', ({ x }) => x !== null], ['(id < 3) OR (team_id = 2)', (row) => row.id < 3 || row.team_id === 2]],
  },
  rel_badges: {
    definition: { name: 'rel_badges', field: [ID, ref('person_id', 'rel_people', { is_unique: true }), text('label')] }, key: ['id'], sorted: ['id', 'label'],
    rows: pairs(['id', 'person_id', 'label'], [[1, 2, 'two'], [2, null, 'none'], [3, 1, 'one'], [4, null, 'none'], [5, 6, 'six']]),
    relations: { rel_people_by_person_id: one('person_id', 'rel_people', 'id') },
    filters: [["label != 'one'", ({ label }) => label !== 'one']],
  },
  rel_skills: {
    definition: { name: 'rel_skills', field: [ID, text('code', { is_unique: true })] }, key: ['id'], sorted: ['id', 'code'],
    rows: pairs(['id', 'code'], [[1, 'd'], [2, 'c'], [3, 'b'], [4, 'a']]),
    relations: { rel_people_by_rel_person_skills: through('rel_people', 'rel_person_skills', 'skill_id', 'person_id'), rel_person_skills_by_skill_id: many('id', 'rel_person_skills', 'skill_id') },
    filters: [["code IN ('a','b')", ({ code }) => code === 'a' || code === 'b']],
  },
  rel_person_skills: {
    definition: { name: 'rel_person_skills', field: [ref('person_id', 'rel_people', { allow_null: false }), ref('skill_id', 'rel_skills', { allow_null: false }), int('level', { allow_null: false })], primary_key: ['person_id', 'skill_id'] },
    key: ['person_id', 'skill_id'], sorted: ['level', 'person_id'],
    rows: pairs(['person_id', 'skill_id', 'level'], [[1, 1, 1], [1, 2, 3], [1, 4, 2], [2, 1, 3], [3, 3, 1], [6, 2, 2], [6, 1, 1], [7, 4, 3]]),
    relations: { rel_people_by_person_id: one('person_id', 'rel_people', 'id'), rel_skills_by_skill_id: one('skill_id', 'rel_skills', 'id') },
    filters: [['level > 1', ({ level }) => level > 1]],
  },
  rel_rooms: {
    definition: { name: 'rel_rooms', field: [int('x', { allow_null: false }), int('y', { allow_null: false }), text('title')], primary_key: ['x', 'y'] },
    key: ['x', 'y'], sorted: ['title', 'y'],
    rows: pairs(['x', 'y', 'title'], [[1, 1, 'hall'], [1, 2, 'attic'], [2, 1, 'hall'], [3, 3, 'empty']]),
    virtual: [{ type: 'has_many', field: 'x,y', ref_table: 'rel_people', ref_field: 'x,y', alias: 'inside' }],
    relations: { inside: many('x,y', 'rel_people', 'x,y') },
    filters: [["title = 'hall'", ({ title }) => title === 'hall']],
  },
  rel_bookings: {
    definition: { name: 'rel_bookings', field: [ID, int('x'), int('y'), int('skill_id')] }, key: ['id'], sorted: ['id'],
    // The same pair twice, and pairs that are not whole.
    rows: pairs(['id', 'x', 'y', 'skill_id'], [[1, 1, 1, 2], [2, 1, 1, 2], [3, 1, 1, 1], [4, 1, 2, 4], [5, null, 1, 3], [6, 2, 1, null], [7, 2, null, 3]]),
    relations: {}, filters: [['id > 2', ({ id }) => id > 2]],
  },
}

/** What a role may see: rows of each table, and fields that it may not. */
export interface ModelRole {
  readonly as: RoleSpec | undefined
  readonly sees: Readonly<Record<string, (row: Row) => boolean>>
  readonly denied: Readonly<Record<string, readonly string[]>>
}

const rule = (table: string, name: string, operator: string, value: unknown, deny: readonly string[] = []) => ({
  component: `_table/${table}/*`,
  filter: { op: 'AND', conditions: [{ name, operator, value }] },
  ...(deny.length > 0 && { deny }),
})
// biome-ignore format: reads as a table
export const MODEL_ROLES: readonly ModelRole[] = [
  { as: undefined, sees: {}, denied: {} },
  {
    as: { access: [{ component: '*' }, rule('rel_people', 'id', '!=', 2, ['name']), rule('rel_person_skills', 'level', '>=', 2), rule('rel_rooms', 'title', '=', 'hall'), rule('rel_bookings', 'id', '<', 5)] } as never,
    sees: { rel_people: ({ id }) => id !== 2, rel_person_skills: ({ level }) => level >= 2, rel_rooms: ({ title }) => title === 'hall', rel_bookings: ({ id }) => id < 5 },
    denied: { rel_people: ['name'] },
  },
  {
    as: { access: [{ component: '*' }, rule('rel_people', 'team_id', '=', '{team}'), rule('rel_skills', 'code', 'in', ['a', 'd']), rule('rel_badges', 'label', 'starts with', 'o')], lookups: { team: 1 } } as never,
    sees: { rel_people: ({ team_id }) => team_id === 1, rel_skills: ({ code }) => code === 'a' || code === 'd', rel_badges: ({ label }) => label.startsWith('o') },
    denied: {},
  },
]

/** What is asked of the records of one table. */
export interface ModelAsk {
  readonly fields?: readonly string[] | undefined
  readonly filter?: number | undefined
  /** `-name` descending; the key decides among equals. */
  readonly order: readonly string[]
  readonly limit?: number | undefined
  readonly related: Readonly<Record<string, ModelAsk>>
}

const compare = (order: readonly string[]) => (a: Row, b: Row) => {
  for (const item of order) {
    const name = item.replace(/^-/, '')
    const sign = a[name] < b[name] ? -1 : a[name] > b[name] ? 1 : 0
    if (sign !== 0) return item === name ? sign : -sign
  }
  return 0
}

const meets = (row: Row, names: readonly string[], other: Row, others: readonly string[]) =>
  names.every((name, at) => row[name] !== null && row[name] === other[others[at]!])

/** The rows of a table that a role sees and a filter lets through, in order. */
export const visible = (table: string, { filter, order }: Pick<ModelAsk, 'filter' | 'order'>, { sees }: ModelRole) =>
  MODEL[table]!.rows.filter((row) => sees[table]?.(row) ?? true)
    .filter((row) => filter === undefined || MODEL[table]!.filters[filter]![1](row))
    .toSorted(compare(order))

const childrenOf = (parent: Row, relation: ModelRelation, ask: ModelAsk, role: ModelRole): readonly Row[] => {
  const { fields, references, junction, table, single } = relation
  const links = junction
    ? visible(junction.table, { order: [] }, role).filter((link) => meets(parent, fields, link, junction.fields))
    : []
  const mine = visible(table, ask, role).filter((row) =>
    junction
      ? links.some((link) => meets(link, junction.references, row, references))
      : meets(parent, fields, row, references),
  )
  return single ? mine.slice(0, 1) : mine.slice(0, ask.limit)
}

/** A record as it is to be answered. */
export const shown = (table: string, row: Row, ask: ModelAsk, role: ModelRole, keys: readonly string[] = []): Row => {
  const { relations } = MODEL[table]!
  const wanted = Object.keys(ask.related)
  const fields = (ask.fields ?? Object.keys(row)).filter((name) => !role.denied[table]?.includes(name))
  const names = new Set([...fields, ...keys, ...wanted.flatMap((name) => relations[name]!.fields)])
  return Object.fromEntries([
    ...[...names].map((name) => [name, row[name]]),
    ...wanted.map((name) => {
      const relation = relations[name]!
      const mine = childrenOf(row, relation, ask.related[name]!, role).map((child) =>
        shown(relation.table, child, ask.related[name]!, role, relation.references),
      )
      return [name, relation.single ? (mine[0] ?? null) : mine]
    }),
  ])
}
