/** The deployment behind a service: its client, and what it says of itself. */
import { GwError } from '@gw/core'
import { type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb'
import { type Config, databaseOf } from './config.ts'

export interface Deployment {
  readonly client: MongoClient
  readonly db: Db
  /** Whether it has transactions, as it said when it was last asked; false before. */
  transactions(): boolean
  /** Asks it what it is. */
  greet(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** MongoDB's code for a command that a server does not know. */
const COMMAND_NOT_FOUND = 59

const addressOf = ({ dsn, host, port, options }: Config): string => {
  if (dsn) return dsn
  const query = new URLSearchParams(
    Object.entries(options).flatMap(([name, value]) =>
      name === 'database' ? [] : [[name, String(value)] as [string, string]],
    ),
  )
  // The server that is named is the one that is meant, unless it is said to be one of several.
  if (!query.has('replicaSet') && !query.has('directConnection')) query.set('directConnection', 'true')
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return `mongodb://${name}:${port}/?${query}`
}

const optionsOf = (config: Config): MongoClientOptions => ({
  appName: 'gw',
  ...(config.username &&
    !config.dsn && {
      auth: { username: config.username, password: config.password },
      ...(!config.options.authSource && { authSource: databaseOf(config) }),
    }),
  maxPoolSize: config.pool_size,
  waitQueueTimeoutMS: config.queue_timeout * 1000,
  serverSelectionTimeoutMS: config.connect_timeout * 1000,
  connectTimeoutMS: config.connect_timeout * 1000,
  // Whole numbers beyond 2^53 arrive as what they are.
  useBigInt64: true,
  ignoreUndefined: true,
})

/**
 * Opens nothing: the driver connects on first use.
 * @throws GwError `invalid_request` for an address that the driver can not read
 */
export const deployment = (config: Config): Deployment => {
  let transactions = false
  const client = openClient(config)
  const db = client.db(databaseOf(config))
  const hello = (signal: AbortSignal): Promise<Document> =>
    db
      .command({ hello: 1 }, { signal })
      .catch((error) =>
        error.code === COMMAND_NOT_FOUND ? db.command({ isMaster: 1 }, { signal }) : Promise.reject(error),
      )
  return {
    client,
    db,
    transactions: () => transactions,
    async greet(signal) {
      const said = await hello(signal)
      const several = typeof said.setName === 'string' || said.msg === 'isdbgrid'
      transactions = several && typeof said.logicalSessionTimeoutMinutes === 'number'
    },
    close: () => client.close(),
  }
}

const openClient = (config: Config): MongoClient => {
  try {
    return new MongoClient(addressOf(config), optionsOf(config))
  } catch (cause) {
    throw new GwError(
      'invalid_request',
      'The connection string, or one of its options, is not one that MongoDB knows.',
      {
        cause,
      },
    )
  }
}
