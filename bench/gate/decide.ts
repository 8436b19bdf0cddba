/** Whether gw has become slower: CPU for each request, as a multiple of what b needs in the same rounds. */
import { median, quantile } from '../statistics.ts'

/** What is looked at: the gateway's own CPU, and what it makes the database use. */
export type Cost = 'gateway' | 'database'
/** The recorded ratios, by `postgres W1 gateway`. */
export type Recorded = Readonly<Record<string, number>>

export interface Observation {
  /** `postgres W1 gateway` */
  readonly key: string
  /** gw / b, round by round. */
  readonly ratios: readonly number[]
}
export interface Verdict {
  readonly key: string
  readonly outcome: 'kept' | 'slower' | 'unknown'
  readonly median: number
  readonly recorded: number | undefined
  /** The most that counts as kept. */
  readonly limit: number | undefined
}

/**
 * How much more than what is recorded counts as noise. An estimate, wide on purpose: how far medians of unchanged code
 * lie apart has yet to be measured on a quiet machine.
 */
export const TOLERANCE: Readonly<Record<Cost, number>> = { gateway: 0.25, database: 0.25 }

/** How far below their median the rounds may begin and still count as slower. */
const LOWER_QUARTER = 0.25

/**
 * Slower is what lies above its limit in three of four rounds: one disturbed round can't do that, nor can it hide it.
 * What nobody has recorded is unknown, which is not good either.
 */
export const decide = (recorded: Recorded, { key, ratios }: Observation): Verdict => {
  const known = recorded[key]
  const middle = median(ratios)
  if (known === undefined) return { key, outcome: 'unknown', median: middle, recorded: undefined, limit: undefined }
  const limit = known * (1 + TOLERANCE[key.endsWith(' database') ? 'database' : 'gateway'])
  const slower = quantile(ratios, LOWER_QUARTER) > limit || Number.isNaN(middle)
  return { key, outcome: slower ? 'slower' : 'kept', median: middle, recorded: known, limit }
}

/** What is worth another, longer look before anybody is told. */
export const suspects = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts.filter(({ outcome }) => outcome === 'slower').map(({ key }) => key)

export const describe = ({ key, outcome, median: middle, recorded, limit }: Verdict): string => {
  if (outcome === 'unknown')
    return `unknown  ${key}: ${middle.toFixed(2)} of b, nothing recorded. Run pnpm bench --record.`
  const known = `recorded ${recorded?.toFixed(2)}, limit ${limit?.toFixed(2)}`
  return `${outcome === 'slower' ? 'SLOWER ' : 'kept   '}  ${key}: ${middle.toFixed(2)} times the CPU of b (${known})`
}
