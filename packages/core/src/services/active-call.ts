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

export interface CallSet {
  readonly size: number
  add(call: Abortable): void
  remove(call: Abortable): void
  /** Resolves when no call is left, or after `grace` ms, when the rest has been aborted. */
  drain(grace: number): Promise<void>
  /** Stops the sweep. */
  close(): void
}

const tooLong = () =>
  new GwError(
    'upstream_timeout',
    'The call took longer than this gateway allows and was ended. Ask for less, or try again later.',
  )
const goingAway = () =>
  new GwError('unavailable', 'The service is being replaced or stopped and the call did not end in time. Try again.', {
    headers: { 'retry-after': '1' },
  })

export const createCallSet = (): CallSet => {
  // Not a Set: its retired hash tables keep what they held until the next full collection, and with it every
  // request's whole graph, which made the collector cost more than the calls did.
  const places: (Abortable | undefined)[] = []
  const free: number[] = []
  let size = 0
  let onEmpty: (() => void) | undefined
  const abortAll = (reason: () => GwError, due: (call: Abortable) => boolean) => {
    for (const call of places) if (call && due(call)) call.abort(reason())
  }
  const sweep = setInterval(() => {
    const now = performance.now()
    abortAll(tooLong, (call) => call.deadline <= now)
    for (const call of places) if (call?.abandoned) call.abandon?.()
  }, SWEEP)
  sweep.unref()

  return {
    get size() {
      return size
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
      if (--size === 0) onEmpty?.()
    },
    async drain(grace) {
      if (size === 0) return
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve
      })
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          abortAll(goingAway, () => true)
          resolve()
        }, grace)
      })
      await Promise.race([empty, late])
      clearTimeout(timer)
    },
    close: () => clearInterval(sweep),
  }
}
