/** How long a service is kept away after its connector has failed by itself: longer each time, until it has been well. */

export interface Quarantine {
  /** Whether it is kept away. */
  readonly holds: boolean
  /** Seconds until it is tried again, at least 1; `undefined` where it is not kept away. */
  readonly retryAfter: number | undefined
  /** @returns ms until it may be tried again */
  begin(): number
  /** It is tried again. */
  end(): void
}

/** ms */
const FIRST = 5_000
const LAST = 600_000
/** ms after which it is forgotten that a service was kept away. */
const FORGIVEN = 600_000

export const createQuarantine = (): Quarantine => {
  let times = 0
  let until: number | undefined
  let begun = 0
  return {
    get holds() {
      return until !== undefined
    },
    get retryAfter() {
      return until === undefined ? undefined : Math.max(1, Math.ceil((until - Date.now()) / 1_000))
    },
    begin() {
      if (Date.now() - begun > FORGIVEN) times = 0
      const delay = Math.min(FIRST * 2 ** times++, LAST)
      until = Date.now() + delay
      return delay
    },
    end() {
      until = undefined
      begun = Date.now()
    },
  }
}
