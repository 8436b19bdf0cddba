/** A gateway of its own for each suite, as a process, with the console and the SQLite connector in it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const here = (path: string) => resolve(import.meta.dirname, path)
const BIN = here('../../core/src/bin.ts')
const PACKAGES = [
  '../../connectors/sqlite',
  '../../connectors/local-files',
  '../../connectors/http',
  '../../system',
  '..',
].map(here)

export interface Gateway {
  readonly url: string
  /** Where services keep their files. */
  readonly folder: string
  readonly setupCode: string
  /** Ends it for a while. @returns what starts it again, at the same address and with all that it had */
  leave(): Promise<() => Promise<void>>
  [Symbol.asyncDispose](): Promise<void>
}

export const ADMIN = { email: 'root@gw.test', name: 'Root Admin', password: 'sixteen letters and more' } as const

interface Running {
  readonly url: string
  readonly log: readonly string[]
  readonly end: () => Promise<void>
}

/** Waits until it listens. @param port 0: the system gives one */
const run = async (folder: string, port: string): Promise<Running> => {
  const child = spawn(process.execPath, [BIN, 'start', '--host', '127.0.0.1', '--port', port], {
    cwd: folder,
    // Every suite starts the same sources: node keeps what it has made of them.
    env: { PATH: process.env.PATH, NODE_ENV: 'test', NODE_COMPILE_CACHE: join(tmpdir(), 'gw-compile-cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  const url = await new Promise<string>((started, failed) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line)
        const [, found] = /"api":"(http:\/\/[^/"]+)\//.exec(line) ?? []
        if (found) started(found)
      })
    child.once('exit', () => failed(new Error(`gw ended: ${log.join('\n')}`)))
  })
  return {
    url,
    log,
    async end() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Waits until it listens. */
export const startGateway = async (config: object = {}): Promise<Gateway> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-console-'))
  writeFileSync(join(folder, 'gw.config.json'), JSON.stringify({ connectors: PACKAGES, ...config }))
  let running: Running | undefined = await run(folder, '0')
  const { url, log } = running
  const end = async () => {
    await running?.end()
    running = undefined
  }
  return {
    url,
    folder,
    setupCode: log.map((line) => /set-up code is ([0-9A-Z-]+)/.exec(line)?.[1]).find(Boolean) ?? '',
    async leave() {
      await end()
      return async () => {
        running = await run(folder, new URL(url).port)
      }
    },
    async [Symbol.asyncDispose]() {
      await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Makes the first administrator without a browser. */
export const setUp = async ({ url, setupCode: code }: Gateway): Promise<void> => {
  const answer = await fetch(`${url}/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, ...ADMIN }),
  })
  if (!answer.ok) throw new Error(`The gateway was not set up: ${await answer.text()}`)
}

/** A call of the API as the administrator, beside the browser. @throws where the gateway refuses it */
export type Api = (method: string, path: string, body?: unknown) => Promise<any>

export const apiOf = async ({ url }: Gateway): Promise<Api> => {
  const json = { 'content-type': 'application/json' }
  const login = await fetch(`${url}/api/v2/system/admin/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
  })
  const { session_token: token } = (await login.json()) as { session_token: string }
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v2/${path}`, {
      method,
      headers: { ...json, 'x-dreamfactory-session-token': token },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
}
