import { EVERYTHING, openGateway, type RoleSpec, type TestGateway } from '@gw/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import pgsql from '../src/index.ts'
import { admin, MISSING, server } from './opened.ts'

const ID = { name: 'id', type: 'id' }
const NUMBER = { type: 'integer', allow_null: true }

describe.skipIf(MISSING !== '')(`tables made in PostgreSQL${MISSING}`, () => {
  const database = `ddl_${process.pid}`
  let gateway: TestGateway
  const ask = async (method: string, path: string, body?: unknown, as: RoleSpec = EVERYTHING) => {
    const answer = await gateway.ask({ method, path, as, ...(body === undefined ? {} : { body }) })
    return { status: answer.status, body: answer.body, message: String(answer.body?.error?.message) }
  }
  const make = (...tables: readonly object[]) => ask('POST', '_schema', { resource: tables })

  beforeAll(async () => {
    await admin(server!.database, `create database ${database}`)
    await admin(
      database,
      'create table base (id serial primary key, code varchar(9) not null constraint odd_name unique, n text)',
      `insert into base (code, n) values ('a', '12'), ('b', '13')`,
      'create view shown as select id, n from base',
      'create schema reports',
      'create table reports.first (id int primary key)',
    )
    const { host, port, user, password } = server!
    const config = { host, port, username: user, password, database }
    gateway = await openGateway({ services: { db: { type: pgsql, config } } })
  })
  afterAll(async () => {
    await gateway?.close()
    await admin(server!.database, `drop database if exists ${database} with (force)`)
  })

  test('a table is made in another schema, and refers to one of the first', async () => {
    const fields = [ID, { name: 'base', type: 'reference', ref_table: 'base', ref_on_delete: 'CASCADE' }]
    expect((await make({ name: 'Reports.second', field: fields })).body).toEqual({
      resource: [{ name: 'reports.second' }],
    })
    const { body } = await ask('GET', '_schema/reports.second')
    expect(body.field[1]).toMatchObject({
      type: 'reference',
      ref_table: 'base',
      ref_field: 'id',
      ref_on_delete: 'CASCADE',
    })
    expect((await ask('GET', '_table/reports.second')).body).toEqual({ resource: [] })
    expect((await make({ name: 'nowhere.third', field: [ID] })).message).toMatch(/no schema "nowhere"/)
    expect((await make({ name: 'pg_catalog.third', field: [ID] })).status).toBe(400)
    expect((await ask('DELETE', '_schema/reports.second')).body).toEqual({ success: true })
  })

  test('the prefix of the first schema is no way round a denial, and no second name', async () => {
    const access = [{ component: '_schema/*' }, { component: '_schema/' }, { component: '_schema/secret', verbs: [] }]
    const sly: RoleSpec = { access, user: { id: 1 } }
    for (const name of ['secret', 'SECRET', 'public.secret', 'PUBLIC.Secret'])
      expect((await ask('POST', '_schema', { resource: [{ name, field: [ID] }] }, sly)).status, name).toBe(403)
    expect((await make({ name: 'public.plain', field: [ID] })).body).toEqual({ resource: [{ name: 'plain' }] })
    expect((await ask('DELETE', '_schema/public.plain')).status).toBe(200)
  })

  test('types are converted with what is stored, and what does not fit is refused with nothing changed', async () => {
    expect((await ask('PATCH', '_schema/base', { field: [{ name: 'code', type: 'integer' }] })).status).toBe(400)
    const { status, body } = await ask('PATCH', '_schema/base/_field/n', { type: 'integer' })
    expect([status, body.error.message]).toEqual([409, expect.stringMatching(/depends on it/)])
    await admin(database, 'drop view shown')
    expect(
      (await ask('PATCH', '_schema/base/_field/n', { type: 'integer', default: 5, allow_null: false })).status,
    ).toBe(200)
    expect((await ask('GET', '_table/base?fields=n')).body.resource).toEqual([{ n: 12 }, { n: 13 }])
    expect((await ask('GET', '_schema/base/_field/n')).body).toMatchObject({
      type: 'integer',
      default: 5,
      allow_null: false,
    })
  })

  test('what a view shows is not dropped', async () => {
    await admin(database, 'create view again as select code from base')
    expect((await ask('DELETE', '_schema/base')).status).toBe(409)
    expect((await ask('DELETE', '_schema/base/_field/code')).status).toBe(409)
    await admin(database, 'drop view again')
  })

  test('a unique constraint that has a name of its own is removed, and set again as an index', async () => {
    expect((await ask('PATCH', '_schema/base/_field/code', { is_unique: false })).status).toBe(200)
    expect((await ask('POST', '_table/base', { resource: [{ code: 'a' }] })).status).toBe(200)
    expect((await ask('PATCH', '_schema/base/_field/code', { is_unique: true })).status).toBe(409)
    await admin(database, `delete from base where id > 2`)
    expect((await ask('PATCH', '_schema/base/_field/code', { is_unique: true })).status).toBe(200)
    expect((await ask('GET', '_schema/base/_field/code')).body.is_unique).toBe(true)
  })

  test('references are added, changed and removed', async () => {
    await make({ name: 'child', field: [ID, { name: 'base', ...NUMBER }] })
    const at = '_schema/child/_field/base'
    const told = async () => (await ask('GET', at)).body
    expect((await ask('PATCH', at, { ref_table: 'base' })).status).toBe(200)
    expect(await told()).toMatchObject({ type: 'reference', ref_table: 'base', ref_on_delete: 'NO ACTION' })
    expect((await ask('PATCH', at, { ref_on_delete: 'CASCADE' })).status).toBe(200)
    expect(await told()).toMatchObject({ ref_table: 'base', ref_field: 'id', ref_on_delete: 'CASCADE' })
    expect((await ask('PATCH', at, { is_foreign_key: false })).status).toBe(200)
    expect(await told()).toMatchObject({ type: 'integer', ref_table: null })
    expect((await ask('DELETE', '_schema/child')).status).toBe(200)
  })

  test('a long name of a constraint is cut, and still its own', async () => {
    const [long, longer] = ['a', 'b'].map((end) => `${'long_name_'.repeat(5)}${end}`)
    const fields = [long, longer].map((name) => ({ name, ...NUMBER, is_unique: true }))
    expect((await make({ name: `table_${'x'.repeat(50)}`, field: [ID, ...fields] })).status).toBe(200)
  })

  test('table options and database types are looked up, never sent as they are', async () => {
    expect((await make({ name: 'opted', options: 'ENGINE=InnoDB', field: [ID] })).status).toBe(501)
    const made = await make({
      name: 'typed',
      field: [ID, { name: 'a', db_type: 'TIMESTAMP(3) with time zone' }, { name: 'b', db_type: 'Numeric( 8 , 2 )' }],
    })
    expect(made.status).toBe(200)
    const { body } = await ask('GET', '_schema/typed')
    expect(body.field.slice(1).map((field: any) => field.db_type)).toEqual([
      'timestamp(3) with time zone',
      'numeric(8,2)',
    ])
  })
})
