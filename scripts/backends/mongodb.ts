/**
 * Servers that speak MongoDB's protocol, for tests. Neither is MongoDB. `mongo-java-server` (Maven, needs a JDK) has
 * aggregation, listCollections and exact numbers, and no transactions; `jongodb` (npm) has transactions, and of
 * aggregation only sums.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { end } from './ending.ts'
import { type Backend, freePort } from './postgres.ts'
import type { Address } from './shared.ts'

/** Milliseconds for a server to listen. */
const PATIENCE = 60_000
/** Milliseconds for Maven to fetch what the Java server is made of, once. */
const FETCHING = 300_000

const SOURCE = join(import.meta.dirname, 'mongo-java-server')
const LIBRARIES = join(import.meta.dirname, '../../node_modules/.cache/mongo-java-server')

const listening = async (server: ChildProcess, port: number, said: () => string): Promise<void> => {
  let failed: Error | undefined
  server.once('error', (error) => {
    failed = error
  })
  for (const late = Date.now() + PATIENCE; ; await sleep(50)) {
    if (failed) throw failed
    if (server.exitCode !== null) throw new Error(said().trim().split('\n').at(-1) || 'it ended without a word')
    if (Date.now() > late) throw new Error('it does not listen')
    if (await answers(port)) return
  }
}
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

const running = async (label: string, port: number, server: ChildProcess): Promise<Backend<Address>> => {
  let said = ''
  for (const stream of [server.stdout, server.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000)
    })
  try {
    await listening(server, port, () => said)
  } catch (error) {
    await end(server)
    throw new Error(`${label} does not start here: ${(error as Error).message}`, { cause: error })
  }
  return {
    url: { host: '127.0.0.1', port, user: '', password: '', database: 'test' },
    stop: () => end(server),
  }
}

/** A replica set of one, so that it says that it has transactions. */
export const startJongodb = async (): Promise<Backend<Address>> => {
  const port = await freePort()
  const manifest = createRequire(import.meta.url).resolve('@jongodb/memory-server-bin-linux-x64-gnu/package.json')
  const program = join(dirname(manifest), 'bin/jongodb')
  const settings = ['--database=test', '--topology-profile=singleNodeReplicaSet', '--replica-set-name=rs0']
  const server = spawn(program, ['--host=127.0.0.1', `--port=${port}`, ...settings], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return running('jongodb', port, server)
}

/** Fetches the libraries where they are not there yet; a fetch that broke off leaves none. */
const libraries = async (): Promise<string> => {
  if (existsSync(LIBRARIES)) return LIBRARIES
  const place = `${LIBRARIES}-${process.pid}`
  mkdirSync(place, { recursive: true })
  try {
    const task = [
      '-q',
      '-B',
      '-f',
      join(SOURCE, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${place}`,
    ]
    await promisify(execFile)('mvn', task, { timeout: FETCHING })
    renameSync(place, LIBRARIES)
  } catch (error) {
    rmSync(place, { recursive: true, force: true })
    if (existsSync(LIBRARIES)) return LIBRARIES
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = missing ? "there is no mvn; Debian's package maven has it" : (error as Error).message.split('\n')[0]
    throw new Error(`mongo-java-server can not be fetched here: ${reason}`, { cause: error })
  }
  return LIBRARIES
}

export const startMongoJavaServer = async (): Promise<Backend<Address>> => {
  const port = await freePort()
  const jars = globSync(join(await libraries(), '*.jar')).join(':')
  // Its standard input ends with this process, and so does the server.
  const server = spawn('java', ['-Xmx256m', '-cp', jars, join(SOURCE, 'Start.java'), String(port)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return running('mongo-java-server', port, server)
}
