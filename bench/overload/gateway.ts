/** A gateway with three services on one PostgreSQL: one that is slow by nature, one that is quick, one that is stuck. */
import pg from 'pg'
import { startPostgres } from '../../scripts/backends/postgres.ts'
import { startWith } from '../systems/gateway.ts'
import type { System } from '../systems/process.ts'

/** Seconds that an answer of the slow service takes, and how many connections it has: what it can do follows. */
export const WORK = { seconds: 0.05, connections: 10 }
const SCRIPT = `
  create table quick (id int primary key, name text);
  insert into quick values (1, 'one');
  create table stuck (id int primary key, name text);
  insert into stuck values (1, 'one');
  create view slow as select 1 as id, pg_sleep(${WORK.seconds})::text as slept;`

export const path = (service: string): string => `/api/v2/${service}/_table/${service}?limit=1`

export interface Overloaded {
  readonly system: System
  /** Holds the table of `stuck`, so that its service answers no more. */
  hang(): Promise<void>
  stop(): Promise<void>
}

export const startOverloaded = async (): Promise<Overloaded> => {
  const backend = await startPostgres()
  const { host, port, user: username, password, database } = backend.url
  const admin = new pg.Client({ ...backend.url })
  await admin.connect()
  await admin.query(SCRIPT)
  const service = (more: object) => ({
    type: 'pgsql',
    config: { host, port, username, password, database, sslmode: 'disable', shared_connections: 0, ...more },
  })
  const system = await startWith({
    name: 'overload',
    connectors: ['@gw/postgres'],
    services: { slow: service({ pool_size: WORK.connections }), quick: service({}), stuck: service({}) },
    probe: path('quick'),
  })
  return {
    system,
    async hang() {
      await admin.query('begin')
      await admin.query('lock table stuck in access exclusive mode')
    },
    async stop() {
      await system.stop()
      await admin.end()
      await backend.stop()
    },
  }
}
