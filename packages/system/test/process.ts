/** The `gw` command as its own process, with a configuration in a folder of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { newFolder } from './opened.ts'

const BIN = resolve(import.meta.dirname, '../../core/src/bin.ts')
const PACKAGES = ['../../connectors/sqlite', '..'].map((path) => resolve(import.meta.dirname, path))

export interface Running {
  readonly url: string
  readonly folder: string
  /** Lines of the log so far. */
  readonly log: readonly string[]
  [Symbol.asyncDispose](): Promise<void>
}

export const gwStart = async (config: object = {}, env: Readonly<Record<string, string>> = {}): Promise<Running> => {
  const folder = newFolder()
  writeFileSync(join(folder, 'gw.config.json'), JSON.stringify({ connectors: PACKAGES, ...config }))
  const child = spawn(process.execPath, [BIN, 'start', '--host', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'test', ...env },
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
    log,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The code that the log has for the first administrator. */
export const setupCodeOf = ({ log }: Running): string => {
  const found = log.map((line) => /set-up code is ([0-9A-Z-]+)/.exec(line)?.[1]).find(Boolean)
  if (!found) throw new Error(`The log has no set-up code: ${log.join('\n')}`)
  return found
}
