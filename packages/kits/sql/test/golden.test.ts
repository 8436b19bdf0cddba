import { type Condition, type Field, type FieldType, fieldOf, type Operand, type Plan, type Table } from '@gw/records'
import {
  type Dialect,
  DummyDriver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { describe, expect, test } from 'vitest'
import { compileGroup } from '../src/compile/group.ts'
import { compileCount, compileRead, foreseen } from '../src/compile/read.ts'
import { compileStatement } from '../src/compile/slots.ts'
import { mysqlSyntax, postgresSyntax, type SqlSyntax, sqliteSyntax } from '../src/compile/syntax.ts'
import { compileDelete, compileInsert, compileTruncate, compileUpdate } from '../src/compile/write.ts'

const compileOnly = (parts: Partial<Dialect>): Kysely<any> =>
  new Kysely<any>({ dialect: { createDriver: () => new DummyDriver(), ...parts } as Dialect })
const DIALECTS = {
  sqlite: {
    syntax: sqliteSyntax,
    db: compileOnly({
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    }),
  },
  postgres: {
    syntax: postgresSyntax,
    db: compileOnly({
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    }),
  },
  mysql: {
    syntax: mysqlSyntax,
    db: compileOnly({
      createAdapter: () => new MysqlAdapter(),
      createIntrospector: (db) => new MysqlIntrospector(db),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    }),
  },
}

const field = (name: string, type: FieldType, dbType: string, native = name): Field => ({
  name,
  native,
  type,
  dbType,
  nullable: true,
  autoIncrement: false,
  generated: false,
  primaryKey: name === 'id',
  unique: name === 'id',
})
const customers: Table = {
  name: 'customers',
  native: 'customers',
  schema: 'shop',
  view: false,
  fields: [
    field('id', 'integer', 'integer'),
    field('name', 'string', 'text', 'full name'),
    field('joined', 'timestamp', 'timestamp'),
    field('active', 'boolean', 'boolean'),
    field('quoted', 'string', 'text', 'a"b.c'),
  ],
  primaryKey: ['id'],
  foreignKeys: [],
}
const unschemed: Table = { ...customers, schema: undefined }
const f = (name: string): Field => fieldOf(customers, name)!
const [id, name, joined, active] = [f('id'), f('name'), f('joined'), f('active')]
const at = (slot: number): Operand => ({ kind: 'slot', slot })
const is = (of: Field, op: '=' | '!=' | '<' | '>=', slot: number): Condition => ({
  kind: 'compare',
  field: of,
  op,
  value: at(slot),
})
const counted: Field = { ...id, name: 'COUNT_ALL', native: 'gw_group_1' }
const links: Table = {
  ...unschemed,
  name: 'links',
  native: 'links',
  fields: [field('person', 'integer', 'integer'), field('customer', 'integer', 'integer')],
  primaryKey: [],
}
const link = (name: string): Field => fieldOf(links, name)!
const key: Field = { ...link('person'), name: 'key', native: 'gw by 1' }
const reading = (where?: Condition): Plan => ({
  kind: 'read',
  table: unschemed,
  fields: [id],
  where,
  order: [],
  limit: 9,
})

const compile = (plan: Plan, syntax: SqlSyntax): RawBuilder<unknown> => {
  switch (plan.kind) {
    case 'read':
      return compileRead(plan, syntax)
    case 'group':
      return compileGroup(plan, syntax)
    case 'count':
      return compileCount(plan, syntax)
    case 'insert':
      return compileInsert(plan, 1, syntax)
    case 'update':
      return compileUpdate(plan, syntax)
    case 'delete':
      return compileDelete(plan, syntax)
    case 'truncate':
      return compileTruncate(plan, syntax)
  }
}
/** `s3` is slot 3; what a dialect adds by itself stands as it is. */
const shown = (plan: Plan, { db, syntax }: (typeof DIALECTS)[keyof typeof DIALECTS]): string => {
  const values = Array.from({ length: 10 }, (_, slot) => `s${slot}`)
  const { sql, binds } = compileStatement(db, compile(plan, syntax), () => undefined).with([values])
  return `${sql}  -- ${binds.join(', ')}`
}

// biome-ignore format: one case reads as three lines
const CASES: readonly (readonly [title: string, plan: Plan, sqlite: string, postgres: string])[] = [
  ['groups, as a statement within another',
    { kind: 'group', table: unschemed, by: [id], where: is(id, '>=', 0), limit: 2, fields: [counted], order: [{ field: counted, descending: true }],
      columns: [{ field: { ...id, native: 'gw_group_0' }, source: id }, { field: counted, aggregate: 'count' }], having: is(counted, '>=', 1) },
    'select "gw_group_1" from (select "id" as "gw_group_0", count(*) as "gw_group_1" from "customers" where "id" >= ? group by "id") as "gw_groups" where "gw_group_1" >= ? order by "gw_group_1" desc limit cast(? as integer)  -- s0, s1, s2',
    'select "gw_group_1" from (select "id" as "gw_group_0", count(*) as "gw_group_1" from "customers" where "id" >= $1 group by "id") as "gw_groups" where "gw_group_1" >= $2 order by "gw_group_1" desc limit $3  -- s0, s1, s2'],
  ['a page of a table in a schema, in order',
    { kind: 'read', table: customers, fields: [id, name], order: [{ field: name, descending: true, nulls: 'last' }, { field: id, descending: false }], limit: 0, offset: 1 },
    'select "id", "full name" from "shop"."customers" order by "full name" desc nulls last, "id" limit cast(? as integer) offset ?  -- s0, s1',
    'select "id", "full name" from "shop"."customers" order by "full name" desc nulls last, "id" limit $1 offset $2  -- s0, s1'],
  ['the first rows of each key behind a junction',
    { kind: 'read', table: unschemed, fields: [name, key], where: is(active, '=', 0), order: [{ field: name, descending: true, nulls: 'last' }], limit: 1,
      partition: { by: [link('person')], limit: 2, through: { table: links, references: [link('customer')], rows: [id], where: is(link('person'), '=', 3), keys: [key] } } },
    'select "full name", "gw by 1" from (select "gw rows"."full name", "gw links"."person" as "gw by 1", row_number() over (partition by "gw links"."person" order by "gw rows"."full name" desc nulls last) as "gw place" from (select distinct "person", "customer" from "links" where "person" = +?) as "gw links" inner join "customers" as "gw rows" on "gw rows"."id" = "gw links"."customer" where "gw rows"."active" = +?) as "gw placed" where "gw place" <= ? order by "gw place" limit cast(? as integer)  -- s3, s0, s2, s1',
    'select "full name", "gw by 1" from (select "gw rows"."full name", "gw links"."person" as "gw by 1", row_number() over (partition by "gw links"."person" order by "gw rows"."full name" desc nulls last) as "gw place" from (select distinct "person", "customer" from "links" where "person" = $1) as "gw links" inner join "customers" as "gw rows" on "gw rows"."id" = "gw links"."customer" where "gw rows"."active" = $2) as "gw placed" where "gw place" <= $3 order by "gw place" limit $4  -- s3, s0, s2, s1'],
  ['a record that nobody else is to change',
    { kind: 'read', table: unschemed, fields: [id], where: is(id, '=', 0), order: [], limit: 1, lock: true },
    'select "id" from "customers" where "id" = +? limit cast(? as integer)  -- s0, s1',
    'select "id" from "customers" where "id" = $1 limit $2 for update  -- s0, s1'],
  ['a name that looks like syntax is one quoted name',
    { kind: 'read', table: { ...unschemed, native: 'a as b' }, fields: [f('quoted')], order: [], limit: 0 },
    'select "a""b.c" from "a as b" limit cast(? as integer)  -- s0',
    'select "a""b.c" from "a as b" limit $1  -- s0'],
  ['a comparison',
    reading(is(id, '!=', 3)),
    'select "id" from "customers" where "id" <> ? limit cast(? as integer)  -- s3, s9',
    'select "id" from "customers" where "id" <> $1 limit $2  -- s3, s9'],
  ['and, or, not keep their grouping',
    reading({ kind: 'and', items: [is(id, '>=', 0), { kind: 'or', items: [is(name, '=', 1), { kind: 'not', item: is(active, '=', 2) }] }] }),
    'select "id" from "customers" where "id" >= ? and ("full name" = +? or not ("active" = +?)) limit cast(? as integer)  -- s0, s1, s2, s9',
    'select "id" from "customers" where "id" >= $1 and ("full name" = $2 or not ("active" = $3)) limit $4  -- s0, s1, s2, s9'],
  ['nor is a negated or',
    reading({ kind: 'not', item: { kind: 'or', items: [is(id, '=', 0), is(id, '=', 1)] } }),
    'select "id" from "customers" where not ("id" = +? or "id" = +?) limit cast(? as integer)  -- s0, s1, s9',
    'select "id" from "customers" where not ("id" = $1 or "id" = $2) limit $3  -- s0, s1, s9'],
  ['xor inside an and',
    reading({ kind: 'and', items: [is(id, '<', 0), { kind: 'xor', left: is(id, '=', 1), right: { kind: 'null', field: name } }] }),
    'select "id" from "customers" where "id" < ? and ("id" = +?) <> ("full name" is null) limit cast(? as integer)  -- s0, s1, s9',
    'select "id" from "customers" where "id" < $1 and ("id" = $2) <> ("full name" is null) limit $3  -- s0, s1, s9'],
  ['like on a text',
    reading({ kind: 'like', field: name, value: at(0), insensitive: false }),
    `select "id" from "customers" where "full name" like ? escape '\\' limit cast(? as integer)  -- s0, s9`,
    'select "id" from "customers" where "full name" like $1 limit $2  -- s0, s9'],
  ['like without regard to case, on a number',
    reading({ kind: 'like', field: id, value: at(0), insensitive: true }),
    `select "id" from "customers" where "id" like ? escape '\\' limit cast(? as integer)  -- s0, s9`,
    'select "id" from "customers" where cast("id" as text) ilike $1 limit $2  -- s0, s9'],
  ['in a list, and in none',
    reading({ kind: 'or', items: [{ kind: 'in', field: id, values: [at(0), at(1)] }, { kind: 'in', field: id, values: [] }] }),
    'select "id" from "customers" where "id" in (+?, +?) or 1 = 0 limit cast(? as integer)  -- s0, s1, s9',
    'select "id" from "customers" where "id" in ($1, $2) or 1 = 0 limit $3  -- s0, s1, s9'],
  ['between, negated',
    reading({ kind: 'not', item: { kind: 'between', field: id, low: at(0), high: at(1) } }),
    'select "id" from "customers" where not ("id" between ? and ?) limit cast(? as integer)  -- s0, s1, s9',
    'select "id" from "customers" where not ("id" between $1 and $2) limit $3  -- s0, s1, s9'],
  ['is not null',
    reading({ kind: 'not', item: { kind: 'null', field: name } }),
    'select "id" from "customers" where not ("full name" is null) limit cast(? as integer)  -- s9',
    'select "id" from "customers" where not ("full name" is null) limit $1  -- s9'],
  ['what can not be decided matches nothing',
    reading({ kind: 'never' }),
    'select "id" from "customers" where 1 = 0 limit cast(? as integer)  -- s9',
    'select "id" from "customers" where 1 = 0 limit $1  -- s9'],
  ['now',
    reading({ kind: 'compare', field: joined, op: '<', value: { kind: 'time', of: 'timestamp' } }),
    `select "id" from "customers" where "joined" < datetime('now') limit cast(? as integer)  -- s9`,
    'select "id" from "customers" where "joined" < current_timestamp limit $1  -- s9'],
  ['three weeks ago; the amount is a parameter',
    reading({ kind: 'compare', field: joined, op: '>=', value: { kind: 'time', of: 'date', plus: { amount: -3, unit: 'week' } } }),
    `select "id" from "customers" where "joined" >= date('now', ?) limit cast(? as integer)  -- -21 days, s9`,
    `select "id" from "customers" where "joined" >= cast(current_date + $1 * interval '1 week' as date) limit $2  -- -3, s9`],
  ['a count',
    { kind: 'count', table: unschemed, where: is(id, '<', 0) },
    'select count(*) from "customers" where "id" < ?  -- s0',
    'select count(*) from "customers" where "id" < $1  -- s0'],
  ['an insert',
    { kind: 'insert', table: unschemed, columns: [name, active], returning: [id] },
    'insert into "customers" ("full name", "active") values (?, ?) returning "id"  -- s0, s1',
    'insert into "customers" ("full name", "active") values ($1, $2) returning "id"  -- s0, s1'],
  ['an insert of defaults, returning nothing',
    { kind: 'insert', table: unschemed, columns: [], returning: [] },
    'insert into "customers" default values  -- ',
    'insert into "customers" default values  -- '],
  ['an update',
    { kind: 'update', table: unschemed, set: [{ field: name, slot: 1 }, { field: active, slot: 2 }], where: is(id, '=', 0), returning: [id, name] },
    'update "customers" set "full name" = ?, "active" = ? where "id" = +? returning "id", "full name"  -- s1, s2, s0',
    'update "customers" set "full name" = $1, "active" = $2 where "id" = $3 returning "id", "full name"  -- s1, s2, s0'],
  ['a delete',
    { kind: 'delete', table: unschemed, where: is(id, '=', 0), returning: [id] },
    'delete from "customers" where "id" = +? returning "id"  -- s0',
    'delete from "customers" where "id" = $1 returning "id"  -- s0'],
  ['everything deleted, by name only',
    { kind: 'truncate', table: unschemed },
    'delete from "customers"  -- ',
    'delete from "customers"  -- '],
  ['everything deleted within a role’s filter',
    { kind: 'truncate', table: unschemed, where: is(id, '=', 0) },
    'delete from "customers" where "id" = +?  -- s0',
    'delete from "customers" where "id" = $1  -- s0'],
]

describe('golden SQL', () => {
  for (const [title, plan, sqlite, postgres] of CASES) {
    test(title, () => {
      expect({ sqlite: shown(plan, DIALECTS.sqlite), postgres: shown(plan, DIALECTS.postgres) }).toEqual({
        sqlite,
        postgres,
      })
    })
  }

  test.each<[string, Plan, string]>([
    [
      'a page, nulls last, without regard to case',
      {
        ...(reading({ kind: 'like', field: name, value: at(0), insensitive: true }) as Extract<Plan, { kind: 'read' }>),
        order: [{ field: joined, descending: true, nulls: 'last' }],
      },
      'select `id` from `customers` where lower(`full name`) like lower(?) order by `joined` is null, `joined` desc limit ?  -- s0, s9',
    ],
    [
      'a moment three weeks ago',
      reading({
        kind: 'compare',
        field: joined,
        op: '>=',
        value: { kind: 'time', of: 'date', plus: { amount: -3, unit: 'week' } },
      }),
      'select `id` from `customers` where `joined` >= cast(date_add(current_date, interval -3 week) as date) limit ?  -- s9',
    ],
    [
      'one or the other',
      reading({ kind: 'xor', left: is(id, '=', 0), right: is(active, '=', 1) }),
      'select `id` from `customers` where ((`id` = ?) xor (`active` = ?)) limit ?  -- s0, s1, s9',
    ],
    [
      'an insert of defaults',
      { kind: 'insert', table: unschemed, columns: [], returning: [] },
      'insert into `customers` () values ()  -- ',
    ],
  ])('on MySQL: %s', (_title, plan, expected) => {
    expect(shown(plan, DIALECTS.mysql)).toBe(expected)
  })

  test('an insert of several records is one statement, its values in order', () => {
    const plan: Plan = { kind: 'insert', table: unschemed, columns: [name, active], returning: [id] }
    const { sql, binds } = compileStatement(
      DIALECTS.postgres.db,
      compileInsert(plan, 2, postgresSyntax),
      () => undefined,
    ).with([
      ['a', true],
      ['b', null],
    ])
    expect(sql).toBe('insert into "customers" ("full name", "active") values ($1, $2), ($3, $4) returning "id"')
    expect(binds).toEqual(['a', true, 'b', null])
  })

  test('MySQL looks up related records apart from the table that it writes', () => {
    const where: Condition = {
      kind: 'related',
      fields: [id],
      table: customers,
      references: [id],
      where: is(id, '=', 0),
    }
    const remove = { kind: 'delete', table: customers, where, returning: [] } as const
    const sqlOf = (syntax: SqlSyntax, plan: Plan = remove) =>
      compileStatement(DIALECTS.mysql.db, compile(plan, syntax), () => undefined).sql
    expect(sqlOf(mysqlSyntax)).toBe(
      'delete from `shop`.`customers` where (`id` is not null and `id` in (select * from (select distinct `id` from `shop`.`customers` where `id` is not null and (`id` = ?)) as `gw related`))',
    )
    expect(sqlOf(sqliteSyntax)).not.toContain('distinct')
    expect(sqlOf(mysqlSyntax, reading(where))).not.toContain('distinct')
  })

  test('the same SQL has the same statement name, another one has another', () => {
    const nameOf = (plan: Plan) =>
      compileStatement(DIALECTS.postgres.db, compile(plan, postgresSyntax), () => undefined).name
    expect(nameOf(reading(is(id, '=', 0)))).toBe(nameOf(reading(is(id, '=', 4))))
    expect(nameOf(reading(is(id, '=', 0)))).not.toBe(nameOf(reading(is(id, '!=', 0))))
    expect(nameOf(reading()).length).toBeLessThan(64)
  })

  test('a binder sees the values of its field, and never a null', () => {
    const seen: unknown[] = []
    const statement = compileStatement(
      DIALECTS.sqlite.db,
      compileRead(reading(is(active, '=', 0)) as never, sqliteSyntax),
      (of) =>
        of === active
          ? (value) => {
              seen.push(value)
              return value ? 1 : 0
            }
          : undefined,
    )
    expect(statement.with([[true, 1, 2, 3, 4, 5, 6, 7, 8, 10]]).binds).toEqual([1, 10])
    expect(statement.with([[null, 1, 2, 3, 4, 5, 6, 7, 8, 10]]).binds).toEqual([null, 10])
    expect(seen).toEqual([true])
  })

  test('a statement for PostgreSQL says for about how many rows it is, and never a number that a client sent', () => {
    const plan = {
      kind: 'read',
      table: unschemed,
      fields: [id],
      order: [{ field: id, descending: false }],
      limit: 0,
    } as const
    const text = (limit: number, offset?: number): string => {
      const asked = offset === undefined ? plan : { ...plan, offset: 1 }
      const most = foreseen(asked, [limit, offset], postgresSyntax)
      return compileStatement(DIALECTS.postgres.db, compileRead(asked, postgresSyntax, most), () => undefined).sql
    }
    const within = (most: number) =>
      `select * from (select "id" from "customers" order by "id" limit ${most}) as "gw foreseen" limit $1`
    expect(text(1)).toBe('select "id" from "customers" order by "id" limit 1')
    for (const limit of [2, 7, 10]) expect(text(limit)).toBe(within(10))
    for (const limit of [11, 100]) expect(text(limit)).toBe(within(100))
    expect(text(1000)).toBe(within(1000))
    expect(text(1001)).toBe(within(10_000))
    // What is skipped would count as well.
    expect(text(10, 20)).toBe('select "id" from "customers" order by "id" limit $1 offset $2')
    for (const limit of [0, -1, Number.NaN, undefined as never, '5; --' as never])
      expect(foreseen(plan, [limit], postgresSyntax)).toBeUndefined()
    expect(foreseen(plan, [10], sqliteSyntax)).toBeUndefined()
  })

  test('an update, a delete or a junction without a condition is refused', () => {
    const where = undefined as unknown as Condition
    const update: Plan = { kind: 'update', table: customers, set: [{ field: name, slot: 0 }], where, returning: [] }
    expect(() => compileUpdate(update, sqliteSyntax)).toThrow()
    expect(() => compileDelete({ kind: 'delete', table: customers, where, returning: [] }, sqliteSyntax)).toThrow()
    for (const kind of ['and', 'or'] as const)
      expect(() => compileRead(reading({ kind, items: [] }) as never, sqliteSyntax)).toThrow(`empty "${kind}"`)
  })
})
