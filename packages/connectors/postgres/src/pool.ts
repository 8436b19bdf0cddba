/** Connections: how they are secured, prepared for a session, pooled, and how a statement on one is cancelled. */
import { GwError, type Host } from '@gw/core'
import { tlsOptions } from '@gw/sql'
import pg from 'pg'
import type { Config } from './config.ts'
import { isPlainOnly } from './errors.ts'

export interface Connections {
  connect(): Promise<pg.PoolClient>
  /** Whether the next `connect` may have to wait. */
  waiting(): boolean
  /** Asks the server, over another connection, to stop what runs on this one. */
  cancel(client: pg.PoolClient): Promise<void>
  end(): Promise<void>
}

/** The text forms that the codecs read. */
const SESSION = { DateStyle: 'ISO', bytea_output: 'hex', extra_float_digits: '1' }

/** Nothing is opened before the first `connect`. */
export const connections = (config: Config, host: Host): Connections => {
  let plain = config.sslmode === 'disable'
  let pool: pg.Pool | undefined
  let ended = false

  const settings = (): pg.ClientConfig => ({
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.username,
    // A function, because a blank text would make `pg` look for a password in the environment and in files.
    password: () => config.password,
    application_name: config.application_name,
    connectionTimeoutMillis: config.connect_timeout * 1000,
    keepAlive: true,
    ssl: !plain && tlsOptions(config.sslmode, config.sslrootcert ? host.resolvePath(config.sslrootcert) : undefined),
  })
  const open = (): pg.Pool => {
    const opened = new pg.Pool({
      ...settings(),
      max: config.pool_size,
      idleTimeoutMillis: config.idle_timeout * 1000,
      onConnect: (client) => prepareSession(client, config),
    })
    // A connection that breaks, idle or in use, must not end the process: who uses it hears of it by its statement.
    opened.on('error', (error) => host.log.warn('An idle connection to the database broke.', { error }))
    opened.on('connect', (client) => client.on('error', () => undefined))
    return opened
  }
  const connect = async (): Promise<pg.PoolClient> => {
    if (ended) throw new GwError('unavailable', 'The service is being stopped.')
    pool ??= open()
    try {
      return await pool.connect()
    } catch (error) {
      if (!['allow', 'prefer'].includes(config.sslmode) || !isPlainOnly(error)) throw error
      if (!plain) {
        host.log.warn('The database server does not support encrypted connections; using plain ones.')
        plain = true
        pool = open()
      }
      return pool.connect()
    }
  }
  return {
    connect,
    waiting: () => !pool || pool.idleCount === 0,
    async cancel(client) {
      const { processID } = client as unknown as { processID: number }
      const other = new pg.Client(settings())
      other.on('error', () => undefined)
      try {
        await other.connect()
        await other.query('select pg_cancel_backend($1)', [processID])
      } finally {
        await other.end()
      }
    },
    async end() {
      if (ended) return
      ended = true
      await pool?.end()
    },
  }
}

const prepareSession = async (client: pg.ClientBase, config: Config): Promise<void> => {
  const parameters = Object.entries({
    ...(config.timezone === '' ? {} : { TimeZone: config.timezone }),
    statement_timeout: config.statement_timeout,
    ...config.options,
    ...SESSION,
  })
  const calls = parameters.map((_, at) => `set_config($${at * 2 + 1}, $${at * 2 + 2}, false)`)
  await client.query(`select ${calls.join(', ')}`, parameters.flat().map(String))
  for (const statement of config.statements) await client.query(statement)
}
