import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { field, opened, signal } from './opened.ts'

test('keys, references, uniqueness, defaults and generated columns are found', async () => {
  await using db = await opened(`
    create table parent (id integer primary key, code varchar(8) not null unique, total decimal(10,2) default 1.5,
      twice int generated always as (id * 2) virtual, kept int generated always as (id * 3) stored,
      made timestamp default current_timestamp, gone text default null);
    create table child (a int, b int, parent_id int references parent on delete cascade, primary key (b, a),
      foreign key (a, b) references pair (x, y)) without rowid;
    create table pair (X int not null, Y int not null, label text, unique (x, y));
    create unique index pair_label on pair (label) where label is not null;
    create table named (id text primary key, big bigint);
    create view totals as select id, total * 2 as doubled from parent;
  `)
  const parent = db.table('parent')
  expect(parent.primaryKey).toEqual(['id'])
  expect(field(parent, 'id')).toMatchObject({ autoIncrement: true, nullable: false, unique: true, primaryKey: true })
  expect(field(parent, 'code')).toMatchObject({ type: 'string', length: 8, nullable: false, unique: true })
  expect(field(parent, 'total')).toMatchObject({ type: 'decimal', precision: 10, scale: 2, default: '1.5' })
  expect(field(parent, 'made')).toMatchObject({ type: 'timestamp', default: 'current_timestamp' })
  expect(field(parent, 'gone')).not.toHaveProperty('default')
  expect(parent.fields.filter(({ generated }) => generated).map(({ name }) => name)).toEqual(['twice', 'kept'])

  const child = db.table('child')
  expect(child.primaryKey).toEqual(['b', 'a'])
  expect(field(child, 'a')).toMatchObject({ nullable: false, unique: false, autoIncrement: false })
  expect(field(child, 'parent_id').reference).toEqual({
    table: 'parent',
    field: 'id',
    onUpdate: 'NO ACTION',
    onDelete: 'CASCADE',
  })
  expect(child.foreignKeys.map(({ columns, table, references }) => [columns, table, references])).toEqual([
    [['parent_id'], 'parent', ['id']],
    [['a', 'b'], 'pair', ['X', 'Y']],
  ])
  expect(field(db.table('pair'), 'label').unique).toBe(false)
  expect(field(db.table('named'), 'id')).toMatchObject({ autoIncrement: false, nullable: false, primaryKey: true })
  expect(db.table('totals')).toMatchObject({ view: true, primaryKey: [] })
})

test('a view that does not work is left out, and the log says so', async () => {
  await using db = await opened('create table t (a); create view broken as select a from t; ')
  expect(db.table('broken')).toBeDefined()
  await using worse = await opened('create table t (a); create view broken as select a from nowhere')
  expect(worse.source.catalog().tables.map(({ name }) => name)).toEqual(['t'])
  expect(worse.host.log.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', message: 'The view "broken" does not work and is left out.' }),
  )
})

test('declared types become simple types', async () => {
  const types = {
    INTEGER: 'integer',
    'UNSIGNED BIG INT': 'bigint',
    INT8: 'bigint',
    'tinyint(1)': 'boolean',
    BOOLEAN: 'boolean',
    bit: 'boolean',
    'NUMERIC(10,2)': 'decimal',
    REAL: 'float',
    'DOUBLE PRECISION': 'double',
    DATE: 'date',
    DATETIME: 'datetime',
    'TIMESTAMP WITH TIME ZONE': 'timestamp',
    TIME: 'time',
    BLOB: 'binary',
    'VARBINARY(16)': 'binary',
    JSON: 'json',
    UUID: 'uuid',
    CLOB: 'text',
    'NVARCHAR(160)': 'string',
    INTERVAL: 'string',
    POINT: 'string',
    '': 'string',
  }
  const columns = Object.keys(types).map((type, at) => `c${at} ${type}`)
  await using db = await opened(`create table t (${columns.join(', ')})`)
  expect(Object.fromEntries(db.table('t').fields.map(({ dbType, type }) => [dbType, type]))).toEqual(types)
})

test('a refresh that finds nothing new keeps the catalogue; a change keeps the objects of other tables', async () => {
  await using db = await opened('create table one (a); create table two (b)')
  const { signal } = new AbortController()
  const before = db.source.catalog()
  expect(await db.source.refresh(signal)).toBe(before)
  expect(db.host.events).toEqual([])
  const one = db.table('one')
  const { default: Database } = await import('better-sqlite3')
  new Database(db.path).exec('alter table two add column c').close()
  await db.source.refresh(signal)
  expect(db.table('two').fields.map(({ name }) => name)).toEqual(['b', 'c'])
  expect(db.table('one')).toBe(one)
  expect(db.host.events).toEqual([{ event: 'catalog.changed', payload: {} }])
})

test('others have their turn while many tables are looked at', async () => {
  const names = Array.from({ length: 200 }, (_, n) => `t${n}`)
  await using db = await opened(
    names.map((name) => `create table ${name} (id integer primary key, Total int);`).join(''),
  )
  let turns = 0
  let done = false
  const counting = (async () => {
    for (; !done; turns++) await turn()
  })()
  const { tables } = await db.catalog.refresh(signal)
  done = true
  await counting
  expect(tables.map(({ name }) => name)).toEqual(names.toSorted())
  expect(tables.every(({ fields }) => fields.length === 2)).toBe(true)
  expect(turns).toBeGreaterThanOrEqual(4)
})

test('references as they were typed lead to the tables and columns that are meant', async () => {
  await using db = await opened(`
    create table Parent (Id integer primary key, Code text unique);
    create table child (A int references PARENT, b text references parent (CODE), foreign key (a) references gone (x));`)
  expect(db.table('child').foreignKeys.map(({ columns, table, references }) => [columns, table, references])).toEqual([
    [['A'], 'Parent', ['Id']],
    [['b'], 'Parent', ['Code']],
    [['A'], 'gone', ['x']],
  ])
})
