import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openGateway, type TestGateway } from '@gw/testkit'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import sqlite from '../src/index.ts'

const ID = { name: 'id', type: 'id' }
const NUMBER = { type: 'integer', allow_null: true }

describe('tables made in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-sqlite-ddl-'))
  let gateway: TestGateway
  const ask = async (method: string, path: string, body?: unknown, service = 'db') => {
    const answer = await gateway.ask({ method, path, service, ...(body === undefined ? {} : { body }) })
    return { status: answer.status, body: answer.body, message: String(answer.body?.error?.message) }
  }
  const make = (...tables: readonly object[]) => ask('POST', '_schema', { resource: tables })

  beforeAll(async () => {
    const database = join(folder, 'ddl.db')
    const filled = new Database(database)
    filled.exec(
      'create table base (id integer primary key, code text unique, n int); create view shown as select n from base',
    )
    filled.exec('create table child (id integer primary key, base int references base (id))')
    filled.close()
    gateway = await openGateway({
      services: {
        db: { type: sqlite, config: { database } },
        fixed: { type: sqlite, config: { database, readonly: true } },
      },
    })
  })
  afterAll(async () => {
    await gateway?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each<[string, string, unknown, RegExp]>([
    [
      'another type',
      '_schema/base/_field/n',
      { type: 'string' },
      /^Altering DB column is not supported by SQLite: 'n'/,
    ],
    ['another default', '_schema/base/_field/n', { default: 3 }, /^Altering DB column is not supported by SQLite/],
    ['null', '_schema/base/_field/n', { allow_null: false }, /^Altering DB column is not supported by SQLite/],
    [
      'a reference',
      '_schema/base/_field/n',
      { ref_table: 'child' },
      /^References of fields that exist can not be changed/,
    ],
    [
      'what was made unique with the table',
      '_schema/base/_field/code',
      { is_unique: false },
      /can not be removed by SQLite/,
    ],
    [
      'a field that has to have a value',
      '_schema/base',
      { field: [{ name: 'x', type: 'integer' }] },
      /may be null or has a default/,
    ],
    [
      'a field with the time of its record',
      '_schema/base',
      { field: [{ name: 'x', type: 'timestamp_on_create' }] },
      /CURRENT_TIMESTAMP/,
    ],
  ])('%s is refused with the reason, and nothing is changed', async (_what, path, body, reason) => {
    const before = (await ask('GET', '_schema/base')).body
    const { status, message } = await ask('PATCH', path, body)
    expect([status, message]).toEqual([501, expect.stringMatching(reason)])
    expect((await ask('GET', '_schema/base')).body).toEqual(before)
  })

  test('what a view shows, and what is a reference, is not dropped', async () => {
    expect((await ask('DELETE', '_schema/base/_field/n')).status).toBe(409)
    expect((await ask('DELETE', '_schema/child/_field/base')).message).toMatch(/where it is a reference/)
    expect((await ask('DELETE', '_schema/base/_field/code')).status).toBeGreaterThanOrEqual(400)
    expect((await ask('GET', '_schema/base')).body.field).toHaveLength(3)
  })

  test('a field can be added with its reference', async () => {
    const field = { name: 'base', ...NUMBER, ref_table: 'base', ref_on_delete: 'SET NULL' }
    expect((await make({ name: 'late', field: [ID] })).status).toBe(200)
    expect((await ask('POST', '_schema/late/_field', { resource: [field] })).status).toBe(200)
    expect((await ask('GET', '_schema/late/_field/base')).body).toMatchObject({
      type: 'reference',
      ref_table: 'base',
      ref_on_delete: 'SET NULL',
    })
    expect((await ask('POST', '_table/late', { resource: [{ base: 99 }] })).status).toBeGreaterThanOrEqual(400)
  })

  test('a file that is open for reading only stays as it is', async () => {
    const { status, message } = await ask('POST', '_schema', { resource: [{ name: 'none', field: [ID] }] }, 'fixed')
    expect([status, message]).toEqual([501, expect.stringMatching(/reading only/)])
  })
})
