/** The `gw` command in a folder with an example's configuration, for the tests of the examples. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const BIN = join(import.meta.dirname, '../../packages/core/src/bin.ts')
/** Milliseconds for a start on a loaded machine. */
const PATIENCE = 90_000

export interface Folder {
  readonly path: string
  remove(): void
}

export interface FolderOptions {
  /** The example's own folder: only from inside it, its connectors are found. */
  readonly example: string
  readonly connectors: readonly string[]
  /** Contents by path. */
  readonly files: Readonly<Record<string, string>>
}

/** A folder as an operator has one. */
export const folderWith = ({ example, connectors, files }: FolderOptions): Folder => {
  const results = join(example, 'results')
  mkdirSync(results, { recursive: true })
  const path = mkdtempSync(join(results, 'gateway-'))
  // The versions of this repository, which no registry has yet.
  const dependencies = Object.fromEntries(['@gw/core', ...connectors].map((name) => [name, '*']))
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'gateway', private: true, dependencies }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export type Env = Readonly<Record<string, string>>
const environment = (env: Env) => ({ PATH: process.env.PATH, ...env })

export const gw = (folder: string, args: readonly string[], env: Env = {}): { status: number | null; told: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    ...{ cwd: folder, env: environment(env), encoding: 'utf8' },
  })
  return { status, told: stdout + stderr }
}

export interface Node {
  readonly url: string
  log(): string
  stop(): Promise<number | null>
}

export const startNode = async (folder: string, args: readonly string[], env: Env): Promise<Node> => {
  const child = spawn(process.execPath, [BIN, ...args], {
    ...{ cwd: folder, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] },
  })
  let log = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
  const urlIn = () => /"api":"http:\/\/[^:"]+:(\d+)\//.exec(log)?.[1]
  for (const late = Date.now() + PATIENCE; urlIn() === undefined; await pause(20))
    if (Date.now() > late || child.exitCode !== null) throw new Error(`gw did not start:\n${log}`)
  const url = `http://127.0.0.1:${urlIn()}`
  // A slow service starts on behind.
  for (const late = Date.now() + PATIENCE; !(await fetch(`${url}/readyz`)).ok; await pause(20))
    if (Date.now() > late) throw new Error(`gw is not ready:\n${log}`)
  return {
    url,
    log: () => log,
    async stop() {
      if (child.exitCode !== null) return child.exitCode
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = await ended
      return code as number | null
    },
  }
}
