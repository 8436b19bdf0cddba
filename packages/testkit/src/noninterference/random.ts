/** Choices that a seed decides: one generator for worlds, roles and requests, whose later choices depend on earlier ones. */

export interface Random {
  /** From 0 to `below - 1`. */
  int(below: number): number
  /** True in one of `of` cases. */
  one(of: number): boolean
  pick<T>(items: readonly T[]): T
  /** Some of the items, in their order, at least `least`. */
  some<T>(items: readonly T[], least?: number): readonly T[]
}

/** Marsaglia's xorshift with 32 bits: the same seed gives the same choices on every machine. */
export const randomOf = (seed: number): Random => {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) | 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  for (let round = 0; round < 8; round++) next()
  const int = (below: number) => next() % below
  const pick = <T>(items: readonly T[]): T => items[int(items.length)]!
  return {
    int,
    pick,
    one: (of) => int(of) === 0,
    some(items, least = 0) {
      const kept = items.filter(() => int(2) === 0)
      return kept.length >= least ? kept : items.slice(0, least)
    },
  }
}
