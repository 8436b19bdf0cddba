/**
 * A server that a whole test run shares: vitest's setups start it once, however many projects ask for it, and end it
 * after the last one. Where it can't be had, tests read why.
 */
import type { TestProject } from 'vitest/node'
import { type ServerAddress, serverAddress } from '../../packages/testkit/src/conformance/server.ts'
import type { Backend } from './postgres.ts'

export type Address = ServerAddress

export interface SharedKind {
  /** Tests read `inject(name)`; where it is undefined, `inject(name + 'Missing')`. */
  readonly name: 'postgres' | 'mariadb' | 'redis' | 'mongodb' | 'jongodb'
  readonly label: string
  /** The environment variable that names a server which runs already. */
  readonly variable: string
  /** The one that names the file with its log, which tests search. */
  readonly logVariable?: string
  readonly port: number
  start(): Promise<Backend<Address>>
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: Address | undefined
    postgresMissing: string | undefined
    postgresLog: string | undefined
    mariadb: Address | undefined
    mariadbMissing: string | undefined
    redis: Address | undefined
    redisMissing: string | undefined
    mongodb: Address | undefined
    mongodbMissing: string | undefined
    jongodb: Address | undefined
    jongodbMissing: string | undefined
  }
}

interface Shared {
  backend: Promise<Backend<Address>>
  users: number
}
type Registry = Record<symbol, Shared | undefined>

/** A globalSetup. Root and package configurations may both name one: they share one server. */
export const sharedBackend =
  (kind: SharedKind) =>
  async ({ provide }: TestProject): Promise<() => Promise<void>> => {
    const registry = globalThis as unknown as Registry
    const key = Symbol.for(`gw.backends.${kind.name}`)
    registry[key] ??= { backend: open(kind), users: 0 }
    const mine = registry[key]
    mine.users++
    try {
      const { url, log } = await mine.backend
      provide(kind.name, url)
      if (kind.name === 'postgres') provide('postgresLog', log)
      provide(`${kind.name}Missing`, undefined)
    } catch (error) {
      // Where everything has to be there, a missing server is a failure and not a skip.
      if (process.env.CI === 'true') throw error
      const reason = error instanceof Error ? error.message : String(error)
      console.warn(`Tests on ${kind.label} are skipped. ${reason}`)
      provide(kind.name, undefined)
      provide(`${kind.name}Missing`, reason)
    }
    return async () => {
      mine.users--
      if (mine.users > 0) return
      registry[key] = undefined
      await mine.backend.then(
        ({ stop }) => stop(),
        () => undefined,
      )
    }
  }

const open = async (kind: SharedKind): Promise<Backend<Address>> => {
  const given = process.env[kind.variable]
  if (!given) return kind.start()
  const log = kind.logVariable && process.env[kind.logVariable]
  return { url: serverAddress(given, kind.port), ...(log && { log }), stop: async () => undefined }
}
