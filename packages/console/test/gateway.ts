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
  [Symbol.asyncDispose](): Promise<void>
}

export const ADMIN = { email: 'root@gw.test', name: 'Root Admin', password: 'sixteen letters and more' } as const

/** Waits until it listens; the system gives the port. */
export const startGateway = async (config: object = {}): Promise<Gateway> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-console-'))
  writeFileSync(join(folder, 'gw.config.json'), JSON.stringify({ connectors: PACKAGES, ...config }))
  const child = spawn(process.execPath, [BIN, 'start', '--host', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'test' },
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
    folder,
    setupCode: log.map((line) => /set-up code is ([0-9A-Z-]+)/.exec(line)?.[1]).find(Boolean) ?? '',
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
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

/** A call of the API as the administrator, beside the browser. */
export const apiOf = async ({ url }: Gateway) => {
  const json = { 'content-type': 'application/json' }
  const login = await fetch(`${url}/api/v2/system/admin/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
  })
  const { session_token: token } = (await login.json()) as { session_token: string }
  return async (method: string, path: string, body?: unknown): Promise<any> => {
    const answer = await fetch(`${url}/api/v2/${path}`, {
      method,
      headers: { ...json, 'x-dreamfactory-session-token': token },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
}
