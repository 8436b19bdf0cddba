/** Other software that offers a database as an API, as a process of its own on the same PostgreSQL. */
import { copyFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Address, BenchDatabase } from '../../databases/database.ts'
import type { Words } from '../../workloads.ts'
import { type StartOptions, startSystem } from '../process.ts'
import type { Target } from '../target.ts'
import type { VERSIONS } from './versions.ts'

/** Where and on what a peer is to run. */
export interface Place {
  /** Its packages are installed here. */
  readonly folder: string
  readonly database: BenchDatabase
  readonly address: Address
  /** Connections to the database. */
  readonly pool: number
  readonly port: number
}

export interface Peer {
  readonly name: keyof typeof VERSIONS
  readonly label: string
  /** How callers are known to it. */
  readonly callers: string
  /** Starts it and waits for its first good answer. */
  start(place: Place): Promise<Target>
}

/** A process in a peer's folder, told where the database is in the usual variables. */
export const startIn = (
  { folder, database, pool, port }: Place,
  options: Pick<StartOptions, 'name' | 'script' | 'probe'> & Partial<StartOptions>,
): ReturnType<typeof startSystem> =>
  startSystem({
    cwd: folder,
    port,
    ...options,
    env: { ...database.env, POOL: String(pool), TZ: 'UTC', HOST: '127.0.0.1', ...options.env },
  })

/** Puts a file of `servers/` where its imports are found. @returns its new place */
export const lend = (folder: string, file: string): string => {
  const to = join(folder, basename(file))
  copyFileSync(join(import.meta.dirname, 'servers', file), to)
  return to
}

/** Asks a running peer something while it is set up. @throws where it refuses */
export const call = async (
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Readonly<Record<string, string>>; body?: unknown },
): Promise<any> => {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${response.status} ${text.slice(0, 300)}`)
  return text === '' ? undefined : JSON.parse(text)
}

/** A GraphQL query as a request. */
export const graphql = (path: string, query: string): ReturnType<Words> => ({
  method: 'POST',
  path,
  body: JSON.stringify({ query }),
})

/** `firstName` → `first_name`, of a row's own keys. */
export const snakeCased = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  )
/** `first_name` → `firstName`, of a row's own keys. */
export const camelCased = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
