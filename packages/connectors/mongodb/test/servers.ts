/** The servers that speak MongoDB's protocol here; which of them proves what is told in docs/connectors/mongodb.md. */
import { randomBytes } from 'node:crypto'
import { openGateway, serverNamedBy, type TestGateway } from '@gw/testkit'
import { type Db, MongoClient } from 'mongodb'
import { inject } from 'vitest'
import mongodb from '../src/index.ts'

interface Address {
  readonly host: string
  readonly port: number
}
declare module 'vitest' {
  export interface ProvidedContext {
    mongodb: Address | undefined
    mongodbMissing: string | undefined
    jongodb: Address | undefined
    jongodbMissing: string | undefined
  }
}

export interface Server {
  readonly label: string
  /** Why it is not tested. */
  readonly missing: string | undefined
  readonly at: { readonly host: string; readonly port: number } | undefined
  /** Whether collections have to be named, because it does not list them. */
  readonly named: boolean
  readonly options: Readonly<Record<string, string>>
}

const address = (name: 'mongodb' | 'jongodb') => {
  const found = inject(name)
  return found && { host: found.host, port: found.port }
}
// Outside of the tests here, nothing has been started.
const aggregating = address('mongodb') ?? serverNamedBy('MONGODB_URL', 27017)
/** Aggregation, lists of collections, exact numbers. */
export const AGGREGATING: Server = {
  label: 'mongo-java-server',
  missing: aggregating ? undefined : (inject('mongodbMissing') ?? 'there is no server'),
  at: aggregating,
  named: false,
  options: { directConnection: 'true' },
}
/** Transactions. */
export const TRANSACTING: Server = {
  label: 'jongodb',
  missing: inject('jongodb') ? undefined : (inject('jongodbMissing') ?? 'there is no server'),
  at: address('jongodb'),
  named: true,
  options: { replicaSet: 'rs0' },
}

/** Documents whose ids are numbers, with whatever else. */
export interface Numbered {
  readonly _id: number
  readonly [name: string]: unknown
}

export interface Opened {
  readonly gateway: TestGateway
  readonly db: Db
  readonly config: Readonly<Record<string, unknown>>
  close(): Promise<void>
}

/** A database of its own on a server, and a gateway that serves it as `db`. */
export const opened = async (
  server: Server,
  fill: (db: Db) => Promise<unknown>,
  settings: { readonly collections?: readonly string[]; readonly [name: string]: unknown } = {},
): Promise<Opened> => {
  const { host, port } = server.at!
  const database = `gw_${randomBytes(6).toString('hex')}`
  const client = new MongoClient(`mongodb://${host}:${port}/?${new URLSearchParams(server.options)}`)
  const db = client.db(database)
  await fill(db)
  const { collections, ...rest } = settings
  const config = { host, port, database, options: server.options, ...(server.named && { collections }), ...rest }
  const gateway = await openGateway({ services: { db: { type: mongodb, config } } })
  return {
    gateway,
    db,
    config,
    async close() {
      await gateway.close()
      await db.dropDatabase().catch(() => undefined)
      await client.close()
    },
  }
}
