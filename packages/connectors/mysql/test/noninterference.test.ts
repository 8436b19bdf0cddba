import { noninterference, type TwinDatabases } from '@gw/testkit/noninterference'
import { createConnection } from 'mysql2/promise'
import { describe } from 'vitest'
import mysql from '../src/index.ts'
import { admin, MISSING, server } from './opened.ts'

const NAMES = [`twin_left_${process.pid}`, `twin_right_${process.pid}`] as const

const prepare = async (): Promise<TwinDatabases> => {
  const { host, port, user, password } = server!
  for (const name of NAMES)
    await admin(server!.database, `create database ${name} character set utf8mb4 collate utf8mb4_bin`)
  const open = (database: string) =>
    createConnection({ ...server, database, charset: 'UTF8MB4_BIN', multipleStatements: true })
  const clients = [await open(NAMES[0]), await open(NAMES[1])] as const
  for (const client of clients) await client.query('set foreign_key_checks = 0')
  const config = (database: string) => ({ host, port, database, username: user, password, schema: 'default' })
  return {
    configs: [config(NAMES[0]), config(NAMES[1])],
    async run(side, statements) {
      await clients[side].query(statements.join(';\n'))
    },
    plain: (text) => text.replaceAll(NAMES[0], 'twin').replaceAll(NAMES[1], 'twin'),
    async close() {
      for (const client of clients) await client.end()
      for (const name of NAMES) await admin(server!.database, `drop database ${name}`)
    },
  }
}

describe.skipIf(!server)(`MariaDB${MISSING}`, () => noninterference({ type: mysql, dialect: 'mysql', prepare }))
