/** Connections: how they are secured, prepared for a session, pooled, and how a statement on one is cancelled. */
import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import { GwError, type Host } from '@gw/core'
import pg from 'pg'
import { isPlainOnly } from './errors.ts'

export interface ConnectionConfig {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly username: string
  readonly password: string
  readonly sslmode: 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  readonly sslrootcert: string
  readonly timezone: string
  readonly application_name: string
  readonly pool_size: number
  readonly idle_timeout: number
  readonly connect_timeout: number
  readonly statement_timeout: number
  readonly options: Readonly<Record<string, string | number | boolean>>
  readonly statements: readonly string[]
}

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
export const connections = (config: ConnectionConfig, host: Host): Connections => {
  let plain = config.sslmode === 'disable'
  let opening: Promise<pg.Pool> | undefined
  let current: pg.Pool | undefined
  let ended = false

  const settings = async (): Promise<pg.ClientConfig> => ({
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.username,
    // A function, because a blank text would make `pg` look for a password in the environment and in files.
    password: () => config.password,
    application_name: config.application_name,
    connectionTimeoutMillis: config.connect_timeout * 1000,
    keepAlive: true,
    ssl: plain ? false : await tls(config, host),
  })
  const open = async (): Promise<pg.Pool> => {
    const pool = new pg.Pool({
      ...(await settings()),
      max: config.pool_size,
      idleTimeoutMillis: config.idle_timeout * 1000,
      onConnect: (client) => prepareSession(client, config),
    })
    // A connection that breaks, idle or in use, must not end the process: who uses it hears of it by its statement.
    pool.on('error', (error) => host.log.warn('An idle connection to the database broke.', { error }))
    pool.on('connect', (client) => client.on('error', () => undefined))
    current = pool
    return pool
  }
  const pool = (): Promise<pg.Pool> => {
    if (ended) return Promise.reject(new GwError('unavailable', 'The service is being stopped.'))
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  const connect = async (): Promise<pg.PoolClient> => {
    try {
      return await (await pool()).connect()
    } catch (error) {
      const opportunistic = config.sslmode === 'prefer' || config.sslmode === 'allow'
      if (!opportunistic || plain || !isPlainOnly(error)) throw error
      host.log.warn('The database server does not support encrypted connections; using plain ones.')
      plain = true
      opening = undefined
      return connect()
    }
  }
  return {
    connect,
    waiting: () => !current || current.idleCount === 0,
    async cancel(client) {
      const { processID } = client as unknown as { processID: number }
      const other = new pg.Client(await settings())
      other.on('error', () => undefined)
      try {
        await other.connect()
        await other.query('select pg_cancel_backend($1)', [processID])
      } finally {
        await other.end()
      }
    },
    async end() {
      ended = true
      const open = opening
      opening = undefined
      if (open)
        await open.then(
          (it) => it.end(),
          () => undefined,
        )
    },
  }
}

/** libpq's modes: without an authority to check, `require` encrypts and trusts whoever answers. */
const tls = async ({ sslmode, sslrootcert }: ConnectionConfig, host: Host): Promise<ConnectionOptions> => {
  const ca = sslrootcert === '' ? {} : { ca: await certificate(host.resolvePath(sslrootcert)) }
  if (sslmode === 'verify-full') return { ...ca, rejectUnauthorized: true }
  const checked = sslmode === 'verify-ca' || (sslmode === 'require' && sslrootcert !== '')
  return { ...ca, rejectUnauthorized: checked, checkServerIdentity: () => undefined }
}
const certificate = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new GwError('unavailable', "The service's CA certificate file can not be read.", { cause })
  }
}

const prepareSession = async (client: pg.ClientBase, config: ConnectionConfig): Promise<void> => {
  const parameters = Object.entries({
    ...(config.timezone === '' ? {} : { TimeZone: config.timezone }),
    statement_timeout: config.statement_timeout,
    ...config.options,
    ...SESSION,
  })
  const calls = parameters.map((_, at) => `set_config($${at * 2 + 1}, $${at * 2 + 2}, false)`)
  await client.query(
    `select ${calls.join(', ')}`,
    parameters.flatMap(([name, value]) => [name, String(value)]),
  )
  for (const statement of config.statements) await client.query(statement)
}
