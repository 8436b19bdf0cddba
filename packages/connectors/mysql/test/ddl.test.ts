import { openGateway, type TestGateway } from '@gw/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import mysql from '../src/index.ts'
import { admin, MISSING, server } from './opened.ts'

const ID = { name: 'id', type: 'id' }

describe.skipIf(MISSING !== '')(`tables made in MariaDB${MISSING}`, () => {
  const database = `ddl_${process.pid}`
  let gateway: TestGateway
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await gateway.ask({ method, path, ...(body === undefined ? {} : { body }) })
    return { status: answer.status, body: answer.body, message: String(answer.body?.error?.message) }
  }
  const make = (...tables: readonly object[]) => ask('POST', '_schema', { resource: tables })

  beforeAll(async () => {
    await admin(server!.database, `create database ${database} character set utf8mb4`)
    const { host, port, user, password } = server!
    const config = { host, port, username: user, password, database, schema: 'default' }
    gateway = await openGateway({ services: { db: { type: mysql, config } } })
  })
  afterAll(async () => {
    await gateway?.close()
    if (server) await admin(server.database, `drop database if exists ${database}`)
  })

  test('the time of a change is set by the database', async () => {
    const fields = [ID, { name: 'note', type: 'string' }, { name: 'at', type: 'timestamp_on_update' }]
    expect((await make({ name: 'stamped', field: fields })).status).toBe(200)
    await ask('POST', '_table/stamped', { resource: [{ note: 'a' }] })
    await admin(database, `update stamped set at = '2001-01-01'`)
    await ask('PATCH', '_table/stamped/1', { note: 'b' })
    expect((await ask('GET', '_table/stamped/1')).body.at).not.toMatch(/^2001/)
  })

  test('options are words that the connector knows', async () => {
    const table = (name: string, options: string) => ({ name, options, field: [ID] })
    expect((await make(table('a', 'ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_bin'))).status).toBe(200)
    const [row] = await admin(database, `show table status like 'a'`)
    expect([row.Engine, row.Collation]).toEqual(['InnoDB', 'latin1_bin'])
    for (const options of ['ENGINE=CONNECT', 'ENGINE=InnoDB; drop table a', 'DATA DIRECTORY=x', `CHARSET='x'`])
      expect((await make(table('b', options))).status, options).toBe(400)
  })

  test('a field that is counted up keeps counting when others change', async () => {
    await make({ name: 'counted', field: [ID, { name: 'a', type: 'string', length: 9, allow_null: true }] })
    expect(
      (await ask('PATCH', '_schema/counted', { field: [{ name: 'a', length: 20, allow_null: false, default: 'x' }] }))
        .status,
    ).toBe(200)
    expect((await ask('POST', '_table/counted', { resource: [{ a: 'q' }] })).status).toBe(200)
    expect((await ask('GET', '_schema/counted')).body.field).toMatchObject([
      { type: 'id', auto_increment: true },
      { length: 20, allow_null: false, default: 'x' },
    ])
  })

  test('what the definition of a field says beside stays when it is changed', async () => {
    await admin(
      database,
      `create table kept (id int auto_increment primary key comment 'the key', word varchar(9) collate utf8mb4_bin null comment 'it''s a \\\\ word',
        seen timestamp(3) null default current_timestamp(3) on update current_timestamp(3), code varchar(36) null default (uuid()))`,
    )
    await ask('GET', '_schema?refresh=true')
    const fields = [
      { name: 'word', length: 30, allow_null: false },
      { name: 'seen', allow_null: false },
    ]
    const { status, message } = await ask('PATCH', '_schema/kept', { field: fields })
    expect([status, message]).toEqual([200, 'undefined'])
    expect((await ask('PATCH', '_schema/kept/_field/code', { allow_null: false })).message).toMatch(/is computed/)
    const [row] = await admin(database, 'show create table kept')
    expect(row['Create Table']).toMatch(/varchar\(30\) .*COLLATE utf8mb4_bin NOT NULL COMMENT 'it''s a \\\\ word'/)
    expect(row['Create Table']).toMatch(/timestamp\(3\) NOT NULL .*ON UPDATE current_timestamp\(3\)/i)
    expect(row['Create Table']).toMatch(/`code` varchar\(36\) DEFAULT uuid\(\)/i)
  })

  test('references are added, changed and removed', async () => {
    await make(
      { name: 'parent', field: [ID] },
      { name: 'child', field: [ID, { name: 'parent', type: 'integer', allow_null: true }] },
    )
    const at = '_schema/child/_field/parent'
    expect((await ask('PATCH', at, { ref_table: 'parent', ref_on_delete: 'CASCADE' })).status).toBe(200)
    expect((await ask('GET', at)).body).toMatchObject({
      type: 'reference',
      ref_table: 'parent',
      ref_on_delete: 'CASCADE',
    })
    expect((await ask('PATCH', at, { ref_on_delete: 'SET NULL' })).status).toBe(200)
    expect((await ask('GET', at)).body.ref_on_delete).toBe('SET NULL')
    expect((await ask('DELETE', at)).status).toBe(200)
    expect((await ask('DELETE', '_schema/parent')).status).toBe(200)
  })

  test('what was done before a failure is said to stay', async () => {
    await make({ name: 'half', field: [ID, { name: 'a', type: 'integer', allow_null: true }] })
    await ask('POST', '_table/half', { resource: [{ a: 1 }, { a: 1 }] })
    const field = [
      { name: 'b', type: 'integer', allow_null: true },
      { name: 'a', is_unique: true },
    ]
    const { status, message } = await ask('PATCH', '_schema/half', { field })
    expect([status, message]).toEqual([409, expect.stringMatching(/has been done: this database can not undo/)])
    expect((await ask('GET', '_schema/half')).body.field).toHaveLength(3)
  })
})
