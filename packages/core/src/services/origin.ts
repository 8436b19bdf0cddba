/**
 * Whose code runs. What a connector's code throws where nobody waits for it (a timer, a promise, an event of a socket)
 * reaches the process as a failure of nobody; by its asynchronous context it is traced to the service that began it.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'

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

export type RunAs = <T>(origin: Origin | undefined, work: () => T) => T

/** Runs a service's code as its own, with all that it begins; `undefined` is the gateway's own. */
export const runAs: RunAs = (origin, work) => current.run(origin, work)

/** A context in which nothing is known, and those of services made in it. */
const nowhere = new AsyncResource('GW_NOWHERE', { requireManualDestroy: true })
const scopes = new WeakMap<Origin, AsyncResource>()
const scopeOf = (origin: Origin): AsyncResource => {
  let scope = scopes.get(origin)
  if (!scope) {
    const make = () => new AsyncResource('GW_SERVICE', { requireManualDestroy: true })
    scope = nowhere.runInAsyncScope(() => current.run(origin, make))
    scopes.set(origin, scope)
  }
  return scope
}

/**
 * The same, where nothing else follows the work about (spans do): a context that is kept costs a twentieth of one that
 * is made for each call.
 */
export const runOnlyAs: RunAs = (origin, work) => {
  if (current.getStore() === origin) return work()
  return origin ? scopeOf(origin).runInAsyncScope(work) : current.run(origin, work)
}

/** Whose code is running. */
export const runningOrigin = (): Origin | undefined => current.getStore()
