/** The value below which a part of a list that is not empty lies, interpolated between neighbours. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

/** The median of a list that is not empty. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The least and the greatest of a list that is not empty. */
export const spread = (values: readonly number[]): readonly [number, number] => [
  Math.min(...values),
  Math.max(...values),
]

/** The quotients of two lists, pair by pair. @throws where they are not of one length, or empty */
export const pairedRatios = (values: readonly number[], base: readonly number[]): readonly number[] => {
  if (values.length !== base.length || base.length === 0)
    throw new Error(`Pairs are wanted, not ${values.length} values beside ${base.length}.`)
  return values.map((value, index) => value / (base[index] as number))
}
