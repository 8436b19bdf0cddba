import { describe, expect, test } from 'vitest'
import { field, MISSING, opened, signal } from './opened.ts'

describe.skipIf(MISSING)(`introspection${MISSING}`, () => {
  const SCRIPT = [
    `create schema sales`,
    `create schema "Odd.Schema"`,
    `create type mood as enum ('sad', 'ok')`,
    `create domain email as varchar(80) check (value like '%@%')`,
    `create table person (id serial primary key, mail email not null unique, mood mood default 'ok', price numeric(10,2),
      tags text[], twice int generated always as (length(mail) * 2) stored, at timestamptz default now())`,
    `comment on table person is 'People'`,
    `create table sales."order" (id bigint generated always as identity primary key, a int, b int, person_id int references person on delete cascade,
      unique (a, b))`,
    `create table sales.line (order_a int, order_b int, no int, primary key (no, order_a), constraint line_order foreign key (order_a, order_b) references sales."order" (a, b))`,
    `create index on person (lower(mail))`,
    `create unique index partly on person (price) where price > 0`,
    `create view people as select id, mail from person`,
    `create materialized view counted as select count(*) as n from person`,
    `create table measured (day date not null, value real) partition by range (day)`,
    `create table measured_2024 partition of measured for values from ('2024-01-01') to ('2025-01-01')`,
    `create table "Odd.Schema"."t" (x int)`,
  ]

  test('tables, views, keys, references, types and comments are found', async () => {
    await using db = await opened(SCRIPT)
    expect(db.source.catalog().tables.map(({ name, view }) => [name, view])).toEqual([
      ['Odd.Schema.t', false],
      ['counted', true],
      ['measured', false],
      ['people', true],
      ['person', false],
      ['sales.line', false],
      ['sales.order', false],
    ])
    const person = db.table('person')
    expect(person).toMatchObject({ description: 'People', primaryKey: ['id'], schema: 'public' })
    expect(db.table('public.person')).toBe(person)
    expect(field(person, 'id')).toMatchObject({ type: 'integer', autoIncrement: true, nullable: false, unique: true })
    expect(field(person, 'id')).not.toHaveProperty('default')
    expect(field(person, 'mail')).toMatchObject({ type: 'string', dbType: 'email', length: 80, unique: true })
    expect(field(person, 'mood')).toMatchObject({ type: 'string', dbType: 'mood', default: "'ok'::mood" })
    expect(field(person, 'mood').choices).toContain('ok')
    expect(field(person, 'price')).toMatchObject({ type: 'decimal', precision: 10, scale: 2, unique: false })
    expect(field(person, 'tags')).toMatchObject({ type: 'array', dbType: 'text[]' })
    expect(field(person, 'twice')).toMatchObject({ generated: true })
    expect(field(person, 'twice')).not.toHaveProperty('default')
    expect(field(person, 'at')).toMatchObject({ type: 'timestamp', default: 'now()', meaning: 'timestamptz' })

    const order = db.table('sales.order')
    expect(field(order, 'id')).toMatchObject({ type: 'bigint', autoIncrement: true })
    expect(field(order, 'person_id').reference).toEqual({
      table: 'person',
      field: 'id',
      onUpdate: 'NO ACTION',
      onDelete: 'CASCADE',
    })
    const line = db.table('sales.line')
    expect(line.primaryKey).toEqual(['no', 'order_a'])
    expect(line.foreignKeys).toEqual([
      {
        name: 'line_order',
        columns: ['order_a', 'order_b'],
        table: 'sales.order',
        references: ['a', 'b'],
        onUpdate: 'NO ACTION',
        onDelete: 'NO ACTION',
      },
    ])
  })

  test('one schema can be chosen, whose tables then go by their bare names', async () => {
    await using db = await opened(SCRIPT, { schema: 'sales' })
    expect(db.source.catalog().tables.map(({ name }) => name)).toEqual(['line', 'order'])
    expect(db.table('sales.line')).toBe(db.table('line'))
    // A reference out of it names its target in full.
    expect(db.table('order').foreignKeys[0]).toMatchObject({ table: 'public.person' })
    await using own = await opened(SCRIPT, { schema: 'default' })
    expect(own.source.catalog().tables.map(({ name }) => name)).toEqual(['counted', 'measured', 'people', 'person'])
  })

  test('what the user has no rights on is left out', async () => {
    await using db = await opened([
      `create table seen (a int)`,
      `create table hidden (a int)`,
      `do $$ begin create role gw_limited login password 'limited'; exception when duplicate_object then null; end $$`,
      `grant select on seen to gw_limited`,
    ])
    const { sourceOn } = await import('./opened.ts')
    const limited = sourceOn({ database: db.database, username: 'gw_limited', password: 'limited' })
    const { tables } = await limited.catalog.refresh(signal)
    expect(tables.map(({ name }) => name)).toEqual(['seen'])
    const plan = { kind: 'truncate', table: tables[0]! } as const
    await expect(limited.source.truncate(plan, [], { signal })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: false,
    })
    await limited.close()
  })

  test('a changed table is a new object, an unchanged one stays the same', async () => {
    await using db = await opened(['create table one (a int)', 'create table two (b int)'])
    const [one, two] = [db.table('one'), db.table('two')]
    await db.admin('alter table two add column c int')
    await db.source.refresh(signal)
    expect(db.table('one')).toBe(one)
    expect(db.table('two')).not.toBe(two)
    expect(db.host.events).toEqual([{ event: 'catalog.changed', payload: {} }])
  })
})
