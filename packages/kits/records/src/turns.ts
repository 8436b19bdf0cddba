/** Work over many items that holds nobody up: after a few milliseconds, others have their turn. */
import { setImmediate as turn } from 'node:timers/promises'

/** Milliseconds of work, and items, without a turn. */
const SLICE = 5
const ITEMS = 100

/** Items in lists of at most so many. */
export const chunksOf = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))

/** As `flatMap`, in turns. */
export const flatMapInTurns = async <T, R>(
  items: Iterable<T>,
  work: (item: T) => readonly R[],
): Promise<readonly R[]> => {
  const results: R[] = []
  let began = performance.now()
  let done = 0
  for (const item of items) {
    for (const result of work(item)) results.push(result)
    if (++done < ITEMS && performance.now() - began < SLICE) continue
    await turn()
    began = performance.now()
    done = 0
  }
  return results
}
