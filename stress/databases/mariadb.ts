import { createConnection } from 'mysql2/promise'
import { COLUMNS, called, freshName, type OpenDatabase, recordOf, SLOW, SLOW_STEPS } from './database.ts'

export const openMariadb: OpenDatabase = async ({ host, port, user, password }, scale) => {
  const own = freshName()
  const admin = await createConnection({ host, port, user, password })
  for (const statement of [
    `create database ${own} character set utf8mb4`,
    `use ${own}`,
    `create table items (id integer primary key, ${COLUMNS})`,
    `create table imported (id integer primary key, ${COLUMNS})`,
    `insert into items select ${recordOf('seq', called, scale)} from seq_1_to_${scale.rows}`,
    'create index items_by_name on items (name, id)',
    'create view slow as select id, sleep(60) as slept from items',
    'analyze table items',
  ])
    await admin.query(statement)
  const one = async (sql: string): Promise<Record<string, unknown>> => {
    const [rows] = await admin.query(sql)
    return (rows as Record<string, unknown>[])[0]!
  }
  const count = async (condition: string): Promise<number> => {
    const { n } = await one(
      `select count(*) as n from information_schema.processlist
        where id <> connection_id() and db = '${own}' ${condition}`,
    )
    return Number(n)
  }
  return {
    label: 'MariaDB',
    connector: '@gw/mysql',
    service: {
      type: 'mysql',
      config: { host, port, database: own, username: user, password, sslmode: 'disable', schema: 'default' },
    },
    lengthy: SLOW,
    lengthySteps: SLOW_STEPS,
    busy: () => count("and command <> 'Sleep'"),
    connections: () => count(''),
    async imported() {
      const { count, last } = await one('select count(*) as count, coalesce(max(id), 0) as last from imported')
      return { count: Number(count), last: Number(last) }
    },
    async empty() {
      await admin.query('truncate table imported')
    },
    async close() {
      await admin.query(`drop database ${own}`)
      await admin.end()
    },
  }
}
