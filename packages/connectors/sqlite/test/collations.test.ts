import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openGateway } from '@gw/testkit'
import { relatedAreEqual } from '@gw/testkit/records'
import Database from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import sqlite from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'gw-sqlite-collations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['nocase', ['Ab', 'aB', 'ab']],
  ['rtrim', ['Ab']],
  ['binary', ['Ab']],
])('related records belong together by the collation %s of their keys', async (collation, codes) => {
  const file = join(folder, `${collation}.db`)
  const database = new Database(file)
  database.exec(`create table gw_owners (code text collate ${collation} primary key, "a ""note""" text);
    create table gw_owned (id integer primary key, code text collate ${collation})`)
  database.close()
  const gateway = await openGateway({ services: { db: { type: sqlite, config: { database: file } } } })
  try {
    const found = await relatedAreEqual(gateway)
    expect(found.get('Ab')!.map(({ code }) => code)).toEqual(codes)
  } finally {
    await gateway.close()
  }
})
