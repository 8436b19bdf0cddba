/** The `gw` command with the configuration of this example, in a folder as a node has it. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EXAMPLE, ROOT } from './files.ts'

const BIN = join(ROOT, 'packages/core/src/bin.ts')
/** Milliseconds for a start on a loaded machine. */
const PATIENCE = 90_000

export interface Folder {
  readonly path: string
  remove(): void
}

/** @param secrets by the names of their files */
export const folderWith = (secrets: Readonly<Record<string, string>>): Folder => {
  // Inside this package, so that the connectors are found.
  const results = join(EXAMPLE, 'results')
  mkdirSync(results, { recursive: true })
  const path = mkdtempSync(join(results, 'gateway-'))
  copyFileSync(join(EXAMPLE, 'gateway/gw.config.yaml'), join(path, 'gw.config.yaml'))
  // The versions of this repository, which no registry has yet.
  const dependencies = { '@gw/core': '*', '@gw/postgres': '*', '@gw/system': '*' }
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'gateway', private: true, dependencies }))
  mkdirSync(join(path, 'secrets'))
  for (const [name, value] of Object.entries(secrets)) writeFileSync(join(path, 'secrets', name), `${value}\n`)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

type Env = Readonly<Record<string, string>>
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
  return {
    url: `http://127.0.0.1:${urlIn()}`,
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
