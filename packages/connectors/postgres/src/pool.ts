/** Connections: how they are secured, prepared for a session, pooled, and how a statement on one is cancelled. */
import type { Socket } from 'node:net'
import type { Host } from '@gw/core'
import { guardAuthentication, lendingSocket } from '@gw/pgwire'
import { type CancellingPool, cancellingPool, type Poolable, queueOptions, tlsOptions } from '@gw/sql'
import pg from 'pg'
import type { Config } from './config.ts'
import { isPlainOnly } from './errors.ts'
import { type Statements, statementsOn } from './statements.ts'

export interface Pooled extends Poolable, Statements {}

export type Connections = CancellingPool<Pooled>

/** Parameters of a session. */
type Parameters = Readonly<Record<string, string | number>>
/** Opens connections, and remembers whether the server can encrypt them. */
export type Opener = (parameters: Parameters) => Promise<Pooled>

/** The text forms that the codecs read. */
const SESSION = { DateStyle: 'ISO', bytea_output: 'hex', extra_float_digits: '1' }
/** Milliseconds that a connection has to say good-bye. */
const FAREWELL = 1_000

export const opener = (config: Config, host: Host): Opener => {
  let plain = config.sslmode === 'disable'
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
    enableChannelBinding: config.channel_binding !== 'disable',
    ...(config.driver === 'pgwire' && { stream: lendingSocket }),
    ssl: !plain && tlsOptions(config.sslmode, config.sslrootcert ? host.resolvePath(config.sslrootcert) : undefined),
  })
  const open: Opener = (parameters) => openOne(config, settings(), parameters)
  return async (parameters) => {
    try {
      return await open(parameters)
    } catch (error) {
      if (!['allow', 'prefer'].includes(config.sslmode) || !isPlainOnly(error)) throw error
      if (!plain) host.log.warn('The database server does not support encrypted connections; using plain ones.')
      plain = true
      return open(parameters)
    }
  }
}

/** Nothing is opened before the first `connect`. @param parameters of the session, beside the configuration's */
export const connections = (open: Opener, config: Config, max: number, parameters: Parameters = {}): Connections =>
  cancellingPool({
    open: () => open(parameters),
    // Without what only the others need, such as a short limit.
    openControl: () => open({}),
    max,
    idle: config.idle_timeout * 1000,
    ...queueOptions(config),
    stop: (control, { client }) =>
      control.client.query('select pg_cancel_backend($1)', [(client as unknown as { processID: number }).processID]),
  })

const socketOf = (client: pg.Client): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream

const openOne = async (config: Config, settings: pg.ClientConfig, parameters: Parameters): Promise<Pooled> => {
  const client = new pg.Client(settings)
  const { require_auth: methods, channel_binding: binding } = config
  const verify = guardAuthentication(client, { methods, binding, local: config.host.startsWith('/') })
  // A connection that breaks must not end the process: who uses it hears of it by the statement.
  client.on('error', () => undefined)
  // At once: saying good-bye waits for a server that may wait for us.
  const cut = () => void socketOf(client).destroy()
  const close = () => {
    client.end().catch(cut)
    setTimeout(cut, FAREWELL).unref()
  }
  const late = setTimeout(cut, config.connect_timeout * 1000)
  try {
    await client.connect()
    verify()
    await prepareSession(client, config, parameters)
  } catch (error) {
    cut()
    throw error
  } finally {
    clearTimeout(late)
  }
  return { ...statementsOn(client, config), cut, close, onLost: (listener) => void client.once('end', listener) }
}

const prepareSession = async (client: pg.Client, config: Config, more: Parameters): Promise<void> => {
  const parameters = Object.entries({
    ...(config.timezone === '' ? {} : { TimeZone: config.timezone }),
    statement_timeout: config.statement_timeout,
    ...config.options,
    ...more,
    ...SESSION,
  })
  const calls = parameters.map((_, at) => `set_config($${at * 2 + 1}, $${at * 2 + 2}, false)`)
  await client.query(`select ${calls.join(', ')}`, parameters.flat().map(String))
  for (const statement of config.statements) await client.query(statement)
}
