/**
 * The calls under way on one instance: what draining waits for, and what a deadline, a disconnect or the end of
 * the grace period aborts. A call makes its AbortController only when someone asks for its signal.
 */
import { GwError } from '../contract.ts'

export interface Abortable {
  /** Milliseconds on the clock of `performance.now()`; `Infinity` once the answer is under way. */
  deadline: number
  /** Whether its client is gone, and someone wants to know. */
  readonly abandoned?: boolean
  abandon?(): void
  /** Where the set keeps it; the set's own. */
  place?: number
  abort(reason: GwError): void
}

/** How often calls are looked at, in ms: a timer and a listener for each would cost more than this inaccuracy. */
const SWEEP = 100
/** Looks after which the pace of a set is taken anew. */
const LOOKS = 10

export interface CallSet {
  readonly size: number
  /** Seconds after which it may be worth to try again, by how quickly calls have ended lately: 1 to 30. */
  readonly retryAfter: number
  add(call: Abortable): void
  remove(call: Abortable): void
  /** Resolves when no call is left, or after `grace` ms, when the rest has been aborted with the reason. */
  drain(grace: number, reason?: GwError): Promise<void>
  /** Stops the sweep. */
  close(): void
}

/** Seconds: by then a call that hangs has run into its own time limit. */
const LATEST = 30

const tooLong = () =>
  new GwError(
    'upstream_timeout',
    'The call took longer than this gateway allows and was ended. Ask for less, or try again later.',
  )
const goingAway = () =>
  new GwError('unavailable', 'The service is being replaced or stopped and the call did not end in time. Try again.', {
    headers: { 'retry-after': '1' },
  })

/** One timer looks at all sets, however many services there are. */
const sets = new Set<() => void>()
let sweep: NodeJS.Timeout | undefined
const watch = (look: () => void): void => {
  sets.add(look)
  sweep ??= setInterval(() => {
    for (const one of sets) one()
  }, SWEEP).unref()
}
const unwatch = (look: () => void): void => {
  sets.delete(look)
  if (sets.size > 0) return
  clearInterval(sweep)
  sweep = undefined
}

export const createCallSet = (): CallSet => {
  // Not a Set: its retired hash tables keep what they held until the next full collection, and with it every
  // request's whole graph, which made the collector cost more than the calls did.
  const places: (Abortable | undefined)[] = []
  const free: number[] = []
  let size = 0
  let onEmpty: (() => void) | undefined
  let ended = 0
  let looks = 0
  /** Calls that ended in the second before the last look at it. */
  let pace = 0
  const abortAll = (reason: () => GwError, due: (call: Abortable) => boolean) => {
    for (const call of places) if (call && due(call)) call.abort(reason())
  }
  const look = () => {
    if (++looks % LOOKS === 0) [pace, ended] = [ended, 0]
    if (size === 0) return
    const now = performance.now()
    abortAll(tooLong, (call) => call.deadline <= now)
    for (const call of places) if (call?.abandoned) call.abandon?.()
  }
  watch(look)

  return {
    get size() {
      return size
    },
    get retryAfter() {
      const seconds = Math.ceil(size / Math.max(pace, ended))
      return Math.min(Math.max(seconds, 1), LATEST)
    },
    add(call) {
      const place = free.pop() ?? places.length
      call.place = place
      places[place] = call
      size++
    },
    remove(call) {
      const { place } = call
      if (place === undefined || places[place] !== call) return
      places[place] = undefined
      free.push(place)
      ended++
      if (--size === 0) onEmpty?.()
    },
    async drain(grace, reason) {
      if (size === 0) return
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve
      })
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          abortAll(
            () => reason ?? goingAway(),
            () => true,
          )
          resolve()
        }, grace)
      })
      await Promise.race([empty, late])
      clearTimeout(timer)
    },
    close: () => unwatch(look),
  }
}
