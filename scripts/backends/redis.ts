/** A real Redis for tests: the system's `redis-server`, which keeps nothing. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { end } from './ending.ts'
import { type Backend, freePort } from './postgres.ts'

export interface RedisUrl {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** The number of its database. */
  readonly database: string
}

/** Milliseconds for the server to listen. */
const PATIENCE = 30_000

/** @param given to start again what was ended */
export const startRedis = async (given?: RedisUrl): Promise<Backend<RedisUrl>> => {
  const url = given ?? {
    host: '127.0.0.1',
    port: await freePort(),
    user: 'default',
    password: randomBytes(12).toString('hex'),
    database: '0',
  }
  const settings = ['--bind', url.host, '--port', String(url.port), '--save', '', '--appendonly', 'no']
  // The password goes in by the standard input: everyone can read arguments.
  const server = spawn('redis-server', ['-', ...settings], { stdio: ['pipe', 'pipe', 'pipe'] })
  server.stdin.end(`requirepass ${url.password}\n`)
  try {
    await ready(server)
  } catch (error) {
    throw new Error(`Redis does not start here: ${(error as Error).message}`, { cause: error })
  }
  return { url, stop: () => end(server) }
}

const ready = async (server: ChildProcess): Promise<void> => {
  let said = ''
  server.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000)
  })
  const failed = once(server, 'error').then(([error]) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error("There is no redis-server on this machine; Debian's package redis-server has it.")
    throw error
  })
  const ended = once(server, 'exit').then(() => {
    throw new Error(said.trim().split('\n').at(-1) || 'it ended without a word')
  })
  const listening = async () => {
    for (const late = Date.now() + PATIENCE; !said.includes('Ready to accept connections'); await sleep(20))
      if (Date.now() > late) throw new Error('it does not listen')
  }
  await Promise.race([listening(), failed, ended])
  failed.catch(() => undefined)
  ended.catch(() => undefined)
}
