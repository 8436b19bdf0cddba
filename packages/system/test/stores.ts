/** The kinds of store that there are, each with a way to a new one. */
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { inject } from 'vitest'

interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface StoreKind {
  /** Of a suite: where it is skipped, with the reason. */
  readonly label: string
  readonly missing: boolean
  /** A new store as `gw.config` says it, and its end. */
  create(): Promise<{ readonly system: object; drop(): Promise<void> }>
}

const KEY = 'c0ffee00'.repeat(8)
let made = 0
const nameOf = () => `gw_system_${process.pid}_${Date.now()}_${made++}`

const serverKind = (
  type: 'pgsql' | 'mysql',
  label: string,
  backend: string,
  run: (server: Address, statement: string) => Promise<unknown>,
): StoreKind => {
  const server = inject(backend as never) as Address | undefined
  const why = server ? '' : ` (skipped: ${inject(`${backend}Missing` as never)})`
  return {
    label: label + why,
    missing: server === undefined,
    async create() {
      const database = nameOf()
      await run(server!, `create database ${database}`)
      const { host, port, user: username, password } = server!
      return {
        system: { store: { type, host, port, database, username, password }, key: KEY },
        drop: async () =>
          void (await run(server!, `drop database ${database}${type === 'pgsql' ? ' with (force)' : ''}`)),
      }
    },
  }
}

export const STORES: readonly StoreKind[] = [
  { label: 'SQLite', missing: false, create: async () => ({ system: {}, drop: async () => {} }) },
  serverKind('pgsql', 'PostgreSQL', 'postgres', async (server, statement) => {
    const client = new pg.Client({ ...server })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }),
  serverKind('mysql', 'MariaDB', 'mariadb', async (server, statement) => {
    const client = await createConnection({ ...server })
    await client.query(statement).finally(() => client.end())
  }),
]
