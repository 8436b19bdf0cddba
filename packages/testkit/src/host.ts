/** A `Host` for one service under test: records what it logs and emits, keeps its state in memory. */
import { resolve } from 'node:path'
import { CONTRACT_VERSION, GwError, type Host, type Logger, type State, type StateEntry } from '@gw/core'
import { createEgress } from '@gw/core/kernel'

export interface LogLine {
  readonly level: keyof Logger
  readonly message: string
  readonly fields?: object | undefined
}

export interface RecordedLog extends Logger {
  readonly lines: readonly LogLine[]
}

/** A logger that keeps every line, so that a test can look for what must not be there. */
export const recordedLog = (): RecordedLog => {
  const lines: LogLine[] = []
  const at = (level: keyof Logger) => (message: string, fields?: object) => void lines.push({ level, message, fields })
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** A service's documents in memory, with the version rules of `State`. */
export const memoryState = (): State => {
  const entries = new Map<string, StateEntry>()
  const guard = (key: string, ifVersion: number | undefined) => {
    const version = entries.get(key)?.version ?? 0
    if (ifVersion !== undefined && ifVersion !== version)
      throw new GwError('conflict', `The document '${key}' has been changed since it was read. Read it again.`)
    return version
  }
  return {
    get: async <T>(key: string) => entries.get(key) as StateEntry<T> | undefined,
    async put(key, value, options) {
      const version = guard(key, options?.ifVersion) + 1
      entries.set(key, { value: structuredClone(value), version })
      return version
    },
    async delete(key, options) {
      guard(key, options?.ifVersion)
      return entries.delete(key)
    },
    list: async (prefix = '') => [...entries.keys()].filter((key) => key.startsWith(prefix)).sort(),
  }
}

export interface RecordedHost extends Host {
  readonly log: RecordedLog
  readonly events: readonly { readonly event: string; readonly payload: object }[]
}

export interface RecordedHostOptions {
  readonly service?: string
  /** Relative paths of a configuration start here. Default: the working directory. */
  readonly root?: string
  readonly fetch?: Host['fetch']
}

const LOOPBACK = createEgress({ allow: ['127.0.0.0/8', '::1', 'localhost'] })

/**
 * The host a service sees in the suites. Its `fetch` is the kernel's, open to this machine: conformance sources live
 * here.
 */
export const recordedHost = (options: RecordedHostOptions = {}): RecordedHost => {
  const events: { event: string; payload: object }[] = []
  const fetch: Host['fetch'] = options.fetch ?? LOOPBACK.fetch
  return {
    service: options.service ?? 'subject',
    contract: CONTRACT_VERSION,
    log: recordedLog(),
    fetch,
    outgoing: (own) => (options.fetch ? { fetch, close: async () => {} } : LOOPBACK.outgoing(own)),
    lookup: LOOPBACK.lookup,
    state: memoryState(),
    resolvePath: (path) => resolve(options.root ?? '.', path),
    emit: (event, payload) => void events.push({ event, payload }),
    events,
  }
}
