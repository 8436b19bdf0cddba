import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const HERE = join(import.meta.dirname, '..')

export interface Demo {
  readonly url: string
  readonly folder: string
  /** All it printed so far. */
  output(): string
  /** A call with the demo's key, unless `headers` says otherwise. */
  call(path: string, init?: RequestInit): Promise<Response>
  stop(): Promise<number | null>
}
export const KEY = "it's-a-key"

/** A free port below the range that outgoing connections use. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = 18_000 + Math.floor(Math.random() * 10_000)
    const free = await new Promise<boolean>((settle) => {
      const server = createServer()
      server.once('error', () => settle(false))
      server.listen(port, '127.0.0.1', () => server.close(() => settle(true)))
    })
    if (free) return port
  }
}

/** A copy of the demo's configuration, inside the demo so that its packages are found. */
export const copyOfDemo = (): string => {
  mkdirSync(join(HERE, 'data'), { recursive: true })
  const folder = mkdtempSync(join(HERE, 'data', 'test-'))
  for (const name of ['gw.config.json', 'package.json']) cpSync(join(HERE, name), join(folder, name))
  return folder
}

export const run = (folder: string, env: Readonly<Record<string, string>>): ChildProcess =>
  spawn(process.execPath, [join(HERE, 'start.ts'), folder], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** Starts the real script and waits until it has said where it listens. */
export const startDemo = async (): Promise<Demo> => {
  const folder = copyOfDemo()
  const port = await freePort()
  const child = run(folder, { PORT: String(port), GW_API_KEY: KEY })
  let output = ''
  const ended = new Promise<number | null>((settle) => child.once('exit', settle))
  await new Promise<void>((ready, fail) => {
    const read = (chunk: unknown): void => {
      output += chunk
      if (output.includes('Stop: Ctrl+C')) ready()
      if (output.includes('does not answer')) fail(new Error(output))
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    void ended.then((code) => fail(new Error(`The demo ended with ${code}:\n${output}`)))
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    folder,
    output: () => output,
    call: (path, init = {}) => fetch(`${url}${path}`, { headers: { 'X-DreamFactory-API-Key': KEY }, ...init }),
    async stop() {
      child.kill('SIGTERM')
      const code = await ended
      rmSync(folder, { recursive: true, force: true })
      return code
    },
  }
}
