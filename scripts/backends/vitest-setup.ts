/**
 * vitest's globalSetup: one PostgreSQL for the whole run, the one of `POSTGRES_URL` where that is set. Tests read
 * `inject('postgres')`; where it is undefined, `inject('postgresMissing')` says why, and suites skip by that name.
 */
import type { TestProject } from 'vitest/node'
import { type Backend, type PostgresUrl, startPostgres } from './postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: PostgresUrl | undefined
    postgresMissing: string | undefined
  }
}

interface Shared {
  backend: Promise<Backend<PostgresUrl>>
  users: number
}
/** Root and package configurations may both name this file: they share one server. */
const KEY = Symbol.for('gw.backends.postgres')
const shared = globalThis as { [KEY]?: Shared | undefined }

export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  shared[KEY] ??= { backend: open(), users: 0 }
  const mine = shared[KEY]
  mine.users++
  try {
    const { url } = await mine.backend
    provide('postgres', url)
    provide('postgresMissing', undefined)
  } catch (error) {
    // Where everything has to be there, a missing server is a failure and not a skip.
    if (process.env.CI === 'true') throw error
    const reason = error instanceof Error ? error.message : String(error)
    console.warn(`Tests on PostgreSQL are skipped. ${reason}`)
    provide('postgres', undefined)
    provide('postgresMissing', reason)
  }
  return async () => {
    mine.users--
    if (mine.users > 0) return
    shared[KEY] = undefined
    await mine.backend.then(
      ({ stop }) => stop(),
      () => undefined,
    )
  }
}

const open = async (): Promise<Backend<PostgresUrl>> => {
  const given = process.env.POSTGRES_URL
  return given ? { url: parseUrl(given), stop: async () => undefined } : startPostgres()
}

/** `postgres://user:password@host:port/database` */
const parseUrl = (text: string): PostgresUrl => {
  const { hostname, port, username, password, pathname } = new URL(text)
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || 'postgres',
  }
}
