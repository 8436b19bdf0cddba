/** What was in force when: an answer has to be one that was in force not longer ago than a decision may be old. */

interface Span<T> {
  readonly value: T
  /** Milliseconds of `performance.now()`. */
  readonly from: number
  /** When what replaced it was in force for whoever asked for that. */
  until: number
}

export interface History<T> {
  current(): T
  /** @param change makes it so; the value may be seen from its start on, the one before must not be seen after its end */
  change(value: T, change: () => Promise<unknown>): Promise<void>
  /**
   * @param seen whether an answer is the one that a value asks for
   * @returns how many milliseconds after its end a value was still acted upon, 0 for one in force; `undefined`: it never was
   */
  age(seen: (value: T) => boolean, started: number, ended: number): number | undefined
}

export const history = <T>(first: T): History<T> => {
  const spans: Span<T>[] = [{ value: first, from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }]
  return {
    current: () => spans.at(-1)!.value,
    async change(value, change) {
      const before = spans.at(-1)!
      spans.push({ value, from: performance.now(), until: Number.POSITIVE_INFINITY })
      await change()
      before.until = performance.now()
    },
    age(seen, started, ended) {
      const ages = spans
        .filter(({ value, from }) => from <= ended && seen(value))
        .map(({ until }) => Math.max(0, started - until))
      return ages.length > 0 ? Math.min(...ages) : undefined
    },
  }
}
