/**
 * Whose code runs. What a connector's code throws where nobody waits for it (a timer, a promise, an event of a socket)
 * reaches the process as a failure of nobody; by its asynchronous context it is traced to the service that began it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/** One attempt to run a service: from the import of its package to its stop, and what is left of it after that. */
export interface Origin {
  readonly service: string
  /**
   * Takes a failure that nobody waited for.
   * @param what happened, as a part of a sentence: `threw an error outside of any call`
   */
  failed(what: string, error: unknown): void
}

const current = new AsyncLocalStorage<Origin | undefined>()

/** Runs a service's code as its own, with all that it begins; `undefined` is the gateway's own. */
export const runAs = <T>(origin: Origin | undefined, work: () => T): T => current.run(origin, work)

/** Whose code is running. */
export const runningOrigin = (): Origin | undefined => current.getStore()
