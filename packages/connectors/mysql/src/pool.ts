/**
 * Connections: how they are secured, prepared for a session, pooled, and how a statement on one is cancelled. The
 * driver's own pool can't prepare a session before anyone has it, closes idle connections only beyond a number, and
 * lets a connection that fails twice end the process.
 */
import { connect as connectSocket, type Socket } from 'node:net'
import type { Host } from '@gw/core'
import { type CancellingPool, cancellingPool, type Poolable, queueOptions, tlsOptions } from '@gw/sql'
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2'
import type { Config } from './config.ts'
import { isPlainOnly } from './errors.ts'
import { prepareSession, type Session } from './session.ts'
import { type Statements, statementsOn } from './statements.ts'

/** Milliseconds that a connection has to say good-bye. */
const FAREWELL = 1_000

export interface Pooled extends Poolable, Session, Statements {
  readonly connection: Connection
}

export type Connections = CancellingPool<Pooled>

/** Opens connections. @param limit milliseconds that a read may take, where that isn't the configuration's to say */
export type Opener = (limit?: number) => Promise<Pooled>

/** Nothing is opened before the first `connect`. @param limit of the sessions: see `Opener` */
export const connections = (open: Opener, config: Config, max: number, limit?: number): Connections =>
  cancellingPool({
    open: () => open(limit),
    max,
    idle: config.idle_timeout * 1000,
    ...queueOptions(config),
    stop: ({ query }, { connection: { threadId } }) => query(`kill query ${Number(threadId)}`),
  })

/** Remembers whether the server can encrypt. */
export const opener = (config: Config, host: Host): Opener => {
  let plain = config.sslmode === 'disable' || config.unix_socket !== ''
  // One object for all connections: by it the driver knows that it has read the certificates already.
  let options: ConnectionOptions | undefined
  const secured = (): ConnectionOptions => {
    const authorities = config.sslrootcert ? host.resolvePath(config.sslrootcert) : undefined
    // The driver checks the server's name only where it is told so by a setting of its own.
    const ssl = { ...tlsOptions(config.sslmode, authorities), verifyIdentity: config.sslmode === 'verify-full' }
    return { ssl: ssl as NonNullable<ConnectionOptions['ssl']> }
  }
  return async (limit) => {
    if (plain) return openOne(config, {}, limit)
    try {
      options ??= secured()
      return await openOne(config, options, limit)
    } catch (error) {
      if (!['allow', 'prefer'].includes(config.sslmode) || !isPlainOnly(error)) throw error
      if (!plain) host.log.warn('The database server does not support encrypted connections; using plain ones.')
      plain = true
      return openOne(config, {}, limit)
    }
  }
}

const openOne = async (config: Config, secured: ConnectionOptions, limit?: number): Promise<Pooled> => {
  const { host, port, unix_socket: path } = config
  const socket: Socket = path ? connectSocket({ path }) : connectSocket({ host, port, keepAlive: true, noDelay: true })
  const connection = createConnection({
    user: config.username,
    password: config.password,
    database: config.database,
    host: config.host,
    charset: 'UTF8MB4_GENERAL_CI',
    connectTimeout: config.connect_timeout * 1000,
    // What the codecs read: nothing is rounded, shifted or parsed.
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    // FOUND_ROWS: an update tells how many rows it matched. LOCAL_FILES: for `load`, which has records in memory; the
    // driver has nothing else to give to a server that asks for a file.
    flags: ['FOUND_ROWS', 'LOCAL_FILES', '-CLIENT_QUERY_ATTRIBUTES'],
    ...secured,
    stream: socket,
  })
  // A connection that breaks must not end the process: who uses it hears of it by the statement.
  connection.on('error', () => undefined)
  const cut = () => void socket.destroy(Object.assign(new Error('The connection was cut.'), { code: 'ECONNRESET' }))
  const close = () => {
    connection.end()
    setTimeout(cut, FAREWELL).unref()
  }
  const onLost = (listener: () => void) => void socket.on('end', listener).on('close', listener)
  try {
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()))
    })
    const session = await prepareSession(connection, config, limit)
    return { connection, cut, onLost, close, ...session, ...statementsOn(connection, session.insertStep) }
  } catch (error) {
    cut()
    throw error
  }
}
