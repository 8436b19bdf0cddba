import { openGateway } from '@gw/testkit'
import { relatedAreEqual } from '@gw/testkit/records'
import { describe, expect, test } from 'vitest'
import pgsql from '../src/index.ts'
import { MISSING, opened, server } from './opened.ts'

describe.skipIf(!server)(`the collation of keys${MISSING}`, () => {
  test('related records belong together without regard to case where their keys are citext', async () => {
    await using db = await opened([
      'create extension citext',
      'create table gw_owners (code citext primary key)',
      'create table gw_owned (id integer primary key, code citext)',
    ])
    const { host, port, user, password } = server!
    const config = { host, port, username: user, password, database: db.database }
    const gateway = await openGateway({ services: { db: { type: pgsql, config } } })
    try {
      const found = await relatedAreEqual(gateway)
      expect(found.get('Ab')!.map(({ code }) => code)).toEqual(['Ab', 'aB', 'ab'])
    } finally {
      await gateway.close()
    }
  })
})
