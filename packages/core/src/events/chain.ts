/**
 * The interceptor chain that events hang on (the wire contract's platform part, §11). Names come from the endpoint's
 * path: with its placeholders (`db._table.{table_name}.get`), filled, and filled but for the record that it names
 * (`db._table.customers.{id}.get`); all of them fire.
 */
import { GwError, isEncoded, isRows, type Logger, type Reply, statusOf } from '../contract.ts'
import type { Exchange, Interceptor } from '../governance.ts'

export interface EventNames {
  readonly event: string
  readonly template: string
  /** As `event`, with the placeholder of a record left in; the same where there is none. */
  readonly named: string
}

/** What stands for one record in a path. There are too many of them to hang anything on each. */
const RECORD = '{id}'

export const eventNames = (
  service: string,
  routeEvent: string,
  path: readonly string[],
  method: string,
): EventNames => {
  const verb = method.toLowerCase()
  const name = (middle: string) => (middle === '' ? `${service}.${verb}` : `${service}.${middle}.${verb}`)
  const event = name(path.join('.'))
  const places = routeEvent.split('.')
  const named = places.includes(RECORD)
    ? name(path.map((part, at) => (places[at] === RECORD ? RECORD : part)).join('.'))
    : event
  return { event, template: name(routeEvent), named }
}

export interface Chain {
  /** No event has any link: names need not even be made. */
  readonly empty: boolean
  /** The links that want an event, in order; most events have none. */
  select(names: EventNames): readonly Interceptor[]
}

/** Bounded, because concrete names hold ids. */
const MEMORY = 5_000

/** @param current gives the same list until it changes */
export const createChain = (current: () => readonly Interceptor[]): Chain => {
  const none: readonly Interceptor[] = []
  const known = new Map<string, readonly Interceptor[]>()
  let of = none
  const interceptors = () => {
    const now = current()
    if (now !== of) {
      known.clear()
      of = now
    }
    return now
  }
  return {
    get empty() {
      return interceptors().length === 0
    },
    select({ event, template, named }) {
      const all = interceptors()
      if (all.length === 0) return none
      const key = `${event}\n${named}\n${template}`
      let links = known.get(key)
      if (!links) {
        if (known.size >= MEMORY) known.clear()
        links = all.filter((one) => one.matches(event, template, named))
        known.set(key, links)
      }
      return links
    },
  }
}

/** `pre_process`, in order; the first that answers ends it. */
export const runPre = async (links: readonly Interceptor[], exchange: Exchange): Promise<void> => {
  for (const link of links) {
    await link.pre?.(exchange)
    if (exchange.response) return
  }
}

export const runPost = async (links: readonly Interceptor[], exchange: Exchange): Promise<void> => {
  for (const link of links) await link.post?.(exchange)
}

/** After the answer: nobody waits for it, its failures are logged. */
export const runAfter = (links: readonly Interceptor[], exchange: Exchange, log: Logger): void => {
  for (const link of links) {
    if (!link.after) continue
    Promise.resolve()
      .then(() => link.after?.(exchange))
      .catch((error: unknown) =>
        log.error('an event handler failed after the answer', { event: exchange.event, error }),
      )
  }
}

/**
 * A reply as interceptors see it. Streams and raw responses have no content to look at: `undefined` leaves them be.
 */
export const contentOf = (reply: Reply, wrapper: string): unknown => {
  if (reply instanceof Response) return undefined
  if (isEncoded(reply)) return JSON.parse(reply.json)
  if (Array.isArray(reply)) return { [wrapper]: reply }
  if (!isRows(reply)) return reply
  if (Symbol.asyncIterator in reply.items) return undefined
  const list = isEncoded(reply.items) ? JSON.parse(reply.items.json) : reply.items
  if (reply.bare && !reply.meta) return list
  return reply.meta ? { [wrapper]: list, meta: reply.meta } : { [wrapper]: list }
}

/** An error as interceptors see it: `post_process` runs after errors too. */
export const errorContent = (error: unknown): { status: number; headers: Record<string, string>; content: unknown } => {
  const known = GwError.is(error) ? error : new GwError('internal', 'The call failed.')
  const status = statusOf(known)
  const code = known.wire?.code ?? status
  const context = known.wire?.context ?? known.details ?? null
  return { status, headers: {}, content: { error: { code, context, message: known.message, status_code: status } } }
}
