/** A real MariaDB for tests: the system's `mariadbd`, with its data in a temporary folder of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { type Backend, freePort } from './postgres.ts'

export interface MariadbUrl {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

const run = promisify(execFile)
/** Milliseconds for the server to listen. */
const PATIENCE = 60_000
/** Quick rather than safe: nothing outlives the server. */
const SETTINGS = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-size=64M',
  '--skip-log-bin',
  '--max-connections=200',
  '--default-time-zone=+00:00',
]
/** Where Debian keeps servers, which is not on every user's path. */
const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
const programOf = (name: string): string => {
  const found = PLACES.map((place) => join(place, name)).find((file) => existsSync(file))
  if (found) return found
  throw new Error(`There is no ${name} on this machine; Debian has it in the package mariadb-server.`)
}

/** Starts a server on a free port. Rejects with a readable reason where that is not possible on this machine. */
export const startMariadb = async (): Promise<Backend<MariadbUrl>> => {
  const [install, program] = [programOf('mariadb-install-db'), programOf('mariadbd')]
  const folder = await mkdtemp(join(tmpdir(), 'gw-mariadb-'))
  const data = join(folder, 'data')
  const url = {
    host: '127.0.0.1',
    port: await freePort(),
    user: 'gw',
    password: randomBytes(12).toString('hex'),
    database: 'test',
  }
  // The server does not run as root: the data then belong to the user that Debian's package made for it.
  const own = [...(process.getuid?.() === 0 ? ['--user=mysql'] : []), `--datadir=${data}`]
  try {
    await chmod(folder, 0o711)
    await mkdir(data)
    await run(install, ['--no-defaults', ...own, '--auth-root-authentication-method=normal', '--skip-test-db'])
    const start = join(folder, 'start.sql')
    await writeFile(start, startOf(url), { mode: 0o644 })
    const address = [`--port=${url.port}`, '--bind-address=127.0.0.1', `--socket=${join(data, 's.sock')}`]
    const server = spawn(program, ['--no-defaults', ...own, ...address, `--init-file=${start}`, ...SETTINGS], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const stop = async () => {
      await end(server)
      await rm(folder, { recursive: true, force: true })
    }
    await ready(server).catch((error: unknown) => stop().then(() => Promise.reject(error)))
    // It holds the password, and everyone may read it.
    await rm(start)
    return { url, stop }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw new Error(`MariaDB does not start here: ${(error as Error).message}`, { cause: error })
  }
}

/** One statement a line, as `--init-file` wants it. Root is left without a way in. */
const startOf = ({ user, password, database }: MariadbUrl): string =>
  [
    `create database ${database} character set utf8mb4;`,
    `create user '${user}'@'localhost' identified by '${password}';`,
    `create user '${user}'@'127.0.0.1' identified by '${password}';`,
    `grant all privileges on *.* to '${user}'@'localhost' with grant option;`,
    `grant all privileges on *.* to '${user}'@'127.0.0.1' with grant option;`,
    `alter user root@localhost account lock;`,
  ].join('\n')

const ready = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error('it does not listen')), PATIENCE)
    const settle = (error?: Error) => {
      clearTimeout(late)
      if (error) reject(error)
      else resolve()
    }
    server.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000)
      if (said.includes('ready for connections')) settle()
    })
    server.once('error', (error) => settle(error))
    server.once('exit', () =>
      settle(new Error(said.trim().split('\n').slice(-3).join(' ') || 'it ended without a word')),
    )
  })

const end = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
}
