/** Orders, paths and keys as sources of documents need them. */
import type { Condition, Order } from '../plan.ts'

/** Each field once: the first mention counts. */
export const distinctOrder = (order: readonly Order[]): readonly Order[] =>
  order.filter(({ field }, at) => order.findIndex((other) => other.field.native === field.native) === at)

/** Whether an order puts nulls where they do not stand by themselves in a source for which they are the least value. */
export const movesNulls = ({ descending, nulls }: Order): boolean =>
  nulls !== undefined && nulls !== (descending ? 'last' : 'first')

/** Paths that do not lie within one another. */
export const outermostPaths = (paths: readonly string[]): readonly string[] => [
  ...new Set(paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`)))),
]

/** Whether a condition is met by one record at most: it says what its key is, whatever else it says. */
export const namesOne = (condition: Condition, key: string): boolean =>
  condition.kind === 'and'
    ? condition.items.some((item) => namesOne(item, key))
    : condition.kind === 'compare' && condition.op === '=' && condition.field.native === key
