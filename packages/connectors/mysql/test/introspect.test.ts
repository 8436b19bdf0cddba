import { describe, expect, test } from 'vitest'
import { field, MISSING, type Opened, opened, signal, sourceOn } from './opened.ts'

/** The database as a user with one grant sees it. */
const as = async (db: Opened, grant: string) => {
  const username = `${db.database}_reader`
  await db.admin(`create user ${username} identified by 'limited'`, `${grant} to ${username}`)
  const limited = sourceOn({ database: db.database, username, password: 'limited' })
  const { tables } = await limited.catalog.refresh(signal)
  return {
    tables,
    source: limited.source,
    async [Symbol.asyncDispose]() {
      await limited.close()
      await db.admin(`drop user ${username}`)
    },
  }
}

describe.skipIf(MISSING)(`introspection${MISSING}`, () => {
  const SCRIPT = [
    `create table person (id int auto_increment primary key, mail varchar(80) not null unique, mood enum('sad', 'ok (1)') default 'ok (1)',
      price decimal(10,2), tags set('a', 'b'), twice int generated always as (length(mail) * 2) stored,
      once int as (length(mail)) virtual, at timestamp not null default current_timestamp, doc json, flag boolean not null default true,
      big bigint unsigned, note varchar(20) default 'it''s', nothing varchar(9), ten int not null default 10,
      picture mediumblob, bits bit(12), single bit(1), born year, key (price), unique (mail(5)), unique key pair (price, ten)) comment 'People'`,
    `create table \`odd\`\`na"me\` (a int not null, b int not null, person_id int, unique (a, b),
      foreign key (person_id) references person (id) on delete cascade)`,
    `create table line (order_a int, order_b int, no int, primary key (no, order_a),
      constraint line_order foreign key (order_a, order_b) references \`odd\`\`na"me\` (a, b) on update restrict)`,
    `create view people as select id, mail from person`,
    `create sequence counted`,
    `create table history (x int) with system versioning`,
  ]

  test('tables, views, keys, references, types and comments are found', async () => {
    await using db = await opened(SCRIPT)
    expect(db.source.catalog().tables.map(({ name, view }) => [name, view])).toEqual([
      ['history', false],
      ['line', false],
      ['odd`na"me', false],
      ['people', true],
      ['person', false],
    ])
    const person = db.table('person')
    expect(person).toMatchObject({ description: 'People', primaryKey: ['id'], schema: db.database })
    expect(db.table(`${db.database}.person`)).toBe(person)
    expect(db.table('people').description).toBeUndefined()
    expect(field(person, 'id')).toMatchObject({ type: 'integer', autoIncrement: true, nullable: false, unique: true })
    expect(field(person, 'id')).not.toHaveProperty('default')
    expect(field(person, 'mail')).toMatchObject({ type: 'string', dbType: 'varchar(80)', length: 80, unique: true })
    expect(field(person, 'mood')).toMatchObject({ type: 'string', dbType: `enum('sad','ok (1)')`, default: `'ok (1)'` })
    expect(field(person, 'mood').choices).toEqual(['sad', 'ok (1)'])
    expect(field(person, 'mood')).not.toHaveProperty('length')
    expect(field(person, 'price')).toMatchObject({ type: 'decimal', precision: 10, scale: 2, unique: false })
    expect(field(person, 'tags')).toMatchObject({ type: 'array' })
    for (const name of ['twice', 'once']) {
      expect(field(person, name)).toMatchObject({ type: 'integer', generated: true })
      expect(field(person, name)).not.toHaveProperty('default')
    }
    expect(field(person, 'at')).toMatchObject({ type: 'timestamp', default: 'current_timestamp()' })
    expect(field(person, 'at').stamp).toMatch(/^timestamp_on_(create|update)$/)
    expect(field(person, 'doc')).toMatchObject({ type: 'json', dbType: 'json' })
    expect(field(person, 'flag')).toMatchObject({ type: 'boolean', dbType: 'tinyint(1)', default: '1' })
    expect(field(person, 'big')).toMatchObject({ type: 'bigint', dbType: 'bigint(20) unsigned' })
    expect(field(person, 'note')).toMatchObject({ default: `'it''s'` })
    expect(field(person, 'nothing')).not.toHaveProperty('default')
    expect(field(person, 'ten')).toMatchObject({ default: '10', nullable: false })
    expect(field(person, 'picture')).toMatchObject({ type: 'binary' })
    expect(field(person, 'bits')).toMatchObject({ type: 'bigint' })
    expect(field(person, 'single')).toMatchObject({ type: 'boolean' })
    expect(field(person, 'born')).toMatchObject({ type: 'string' })

    const odd = db.table('odd`na"me')
    expect(odd.primaryKey).toEqual([])
    expect(field(odd, 'person_id').reference).toMatchObject({ table: 'person', field: 'id', onDelete: 'CASCADE' })
    const line = db.table('line')
    expect(line.primaryKey).toEqual(['no', 'order_a'])
    expect(line.foreignKeys).toMatchObject([
      {
        name: 'line_order',
        columns: ['order_a', 'order_b'],
        table: 'odd`na"me',
        references: ['a', 'b'],
        onUpdate: 'RESTRICT',
      },
    ])
  })

  test('a key of a part of a column is no key of the column', async () => {
    await using db = await opened(['create table t (a varchar(80), b varchar(80), unique (a(5)), unique (b))'])
    expect(db.table('t').fields.map(({ unique }) => unique)).toEqual([false, true])
  })

  test('other databases’ tables are named in full; the server’s own are never there', async () => {
    await using other = await opened(['create table shared (id int primary key)'])
    await using db = await opened(
      [`create table own (id int, shared_id int, foreign key (shared_id) references ${other.database}.shared (id))`],
      { schema: '' },
    )
    const names = db.source.catalog().tables.map(({ name }) => name)
    expect(names).toContain('own')
    expect(names).toContain(`${other.database}.shared`)
    expect(names.filter((name) => /^(mysql|sys|information_schema|performance_schema)\./.test(name))).toEqual([])
    expect(field(db.table('own'), 'shared_id').reference).toMatchObject({ table: `${other.database}.shared` })
    const chosen = sourceOn({ database: db.database, schema: other.database })
    expect((await chosen.catalog.refresh(signal)).tables.map(({ name }) => name)).toEqual(['shared'])
    await chosen.close()
    await db.admin('drop table own')
  })

  test('what the user has no rights on is left out', async () => {
    await using db = await opened(['create table seen (a int)', 'create table hidden (a int)'])
    await using limited = await as(db, `grant select on ${db.database}.seen`)
    expect(limited.tables.map(({ name }) => name)).toEqual(['seen'])
    const plan = { kind: 'truncate', table: limited.tables[0]! } as const
    await expect(limited.source.truncate(plan, [], { signal })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: false,
    })
  })

  test('who may only read sees keys, references and JSON all the same', async () => {
    await using db = await opened([
      'create table seen (a int primary key, doc json)',
      'create table child (b int primary key, a int, foreign key (a) references seen (a))',
    ])
    await using limited = await as(db, `grant select on ${db.database}.*`)
    const [child, seen] = limited.tables
    expect([child!.primaryKey, seen!.primaryKey]).toEqual([['b'], ['a']])
    expect(child!.foreignKeys).toMatchObject([{ table: 'seen', columns: ['a'], references: ['a'] }])
    expect(field(seen!, 'doc').type).toBe('json')
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
