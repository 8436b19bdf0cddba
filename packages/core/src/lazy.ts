/** Libraries that few gateways need, and none needs at once: what is loaded before it listens is how long it takes to start. */
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/**
 * A library that is loaded when it is first asked for, without waiting.
 * @typeParam T `typeof import('name')`
 */
export const lazily = <T>(name: string): (() => T) => {
  let loaded: T | undefined
  return () => {
    loaded ??= load(name) as T
    return loaded
  }
}

export const yaml = lazily<typeof import('yaml')>('yaml')

/** By an import statement, all that the module exports would be looked at: its `WebSocket` loads Node's whole `fetch`. */
export const http = process.getBuiltinModule('node:http')
