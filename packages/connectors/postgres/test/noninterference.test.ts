import { noninterference, type TwinDatabases } from '@gw/testkit/noninterference'
import pg from 'pg'
import { describe } from 'vitest'
import pgsql from '../src/index.ts'
import { admin, MISSING, server } from './opened.ts'

const NAMES = [`twin_left_${process.pid}`, `twin_right_${process.pid}`] as const

const prepare = async (): Promise<TwinDatabases> => {
  const { host, port, user, password } = server!
  for (const name of NAMES) await admin(server!.database, `create database ${name}`)
  const clients = NAMES.map((database) => new pg.Client({ ...server, database }))
  for (const client of clients) await client.connect()
  const config = (database: string) => ({ host, port, database, username: user, password })
  return {
    configs: [config(NAMES[0]), config(NAMES[1])],
    async run(side, statements) {
      await clients[side]!.query(statements.join(';\n'))
    },
    async close() {
      for (const client of clients) await client.end()
      for (const name of NAMES) await admin(server!.database, `drop database ${name} with (force)`)
    },
  }
}

describe.skipIf(!server)(`PostgreSQL${MISSING}`, () => noninterference({ type: pgsql, dialect: 'postgres', prepare }))
