/**
 * How a statement fares that may hold up others. A plan tells the worst case only: a filter that nearly every row
 * passes ends a scan at its limit after a few rows, and that shows when it is run.
 */
export interface Pace {
  /** Whether the last runs were short, so that the next one may be taken to be. */
  readonly quick: boolean
  /** @param duration of a run, wherever it was; ms */
  ran(duration: number): void
}

/** Milliseconds from which a run is long. */
const LONG = 10
/** Short runs in a row that make a statement quick: at first, and at most. */
const LEAST = 4
const MOST = 1_024

/** After each long run twice as many short ones are wanted; each short one of a quick statement takes one off again. */
export const pace = (): Pace => {
  let wanted = LEAST
  let missing = wanted
  return {
    get quick() {
      return missing === 0
    },
    ran(duration) {
      if (duration >= LONG) {
        if (missing === 0) wanted = Math.min(wanted * 2, MOST)
        missing = wanted
      } else if (missing > 0) missing -= 1
      else wanted = Math.max(wanted - 1, LEAST)
    },
  }
}
