import pg from 'pg'
import { COLUMNS, freshName, type OpenDatabase, piped, recordOf, SLOW, SLOW_STEPS } from './database.ts'

export const openPostgres: OpenDatabase = async ({ host, port, user, password, database: usual }, scale) => {
  const connected = async (database: string) => {
    const client = new pg.Client({ host, port, user, password, database })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const own = freshName()
  const server = await connected(usual)
  await server.query(`create database ${own}`)
  const admin = await connected(own)
  await admin.query(`
    create table items (id integer primary key, ${COLUMNS});
    create table imported (id integer primary key, ${COLUMNS});
    insert into items select ${recordOf('n', piped, scale)} from generate_series(1, ${scale.rows}) n;
    create index items_by_name on items (name, id);
    create view slow as select id, pg_sleep(60)::text as slept from items;
    analyze items;`)
  const count = async (condition: string): Promise<number> => {
    const sql = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and application_name = 'gw-stress' ${condition}`
    return (await admin.query(sql)).rows[0].n
  }
  return {
    label: 'PostgreSQL',
    connector: '@gw/postgres',
    service: {
      type: 'pgsql',
      config: {
        host,
        port,
        database: own,
        username: user,
        password,
        sslmode: 'disable',
        application_name: 'gw-stress',
      },
    },
    lengthy: SLOW,
    lengthySteps: SLOW_STEPS,
    busy: () => count("and state <> 'idle'"),
    connections: () => count(''),
    imported: async () =>
      (await admin.query('select count(*)::int as count, coalesce(max(id), 0) as last from imported')).rows[0],
    async empty() {
      await admin.query('truncate imported')
    },
    async close() {
      await admin.end()
      await server.query(`drop database ${own} with (force)`)
      await server.end()
    },
  }
}
