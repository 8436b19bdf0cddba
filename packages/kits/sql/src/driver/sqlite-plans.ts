/**
 * How long a statement may take, judged by SQLite's own plan for it (https://www.sqlite.org/eqp.html): what is looked
 * up by an index is quick; what looks at every row is as slow as the table is large.
 */

import { type Pace, pace } from './pace.ts'

/**
 * - `light`: looked up, or stopped by a limit
 * - `scan`: looks at every row of a table once
 * - `product`: may look at every row of one table for every row of another
 * - `endless`: makes rows by itself, and nothing says how many
 */
export type Weight = 'light' | 'scan' | 'product' | 'endless'

/** Bytes of a database from which a statement counts as long: a few milliseconds of reading. */
const LONG_FROM: Readonly<Record<Exclude<Weight, 'light'>, number>> = { scan: 4 << 20, product: 1 << 18, endless: 0 }
/** Up to so many bytes, a scan that was taken to be short may turn out to be one of all of them: tens of milliseconds. */
const BEARABLE = 64 << 20

/**
 * Whether the next run of a statement would hold up whoever waits for it.
 * @param size bytes of its database
 * @param pace how it fared so far
 */
export const isLong = (weight: Weight, size: () => number, { quick }: Pace): boolean => {
  if (weight === 'light') return false
  const bytes = size()
  return bytes >= LONG_FROM[weight] && !(weight === 'scan' && quick && bytes <= BEARABLE)
}

/** Milliseconds for which a database's size is taken to be what it was. */
const SIZE_AGE = 1_000

/** @param pragma reads a number of SQLite's */
export const databaseSize = (pragma: (name: string) => number): (() => number) => {
  let [bytes, asked] = [0, Number.NEGATIVE_INFINITY]
  return () => {
    const now = performance.now()
    if (now - asked > SIZE_AGE) [bytes, asked] = [pragma('page_count') * pragma('page_size'), now]
    return bytes
  }
}

/** A row of `explain query plan`. */
export interface PlanStep {
  readonly id: number
  readonly parent: number
  readonly detail: string
}

/** What is known of a statement that may hold up others. */
export interface Judgement {
  /** Whether it is known to look at every row of a table; then its runs are to be told to `pace`. */
  readonly scans: boolean
  readonly pace: Pace
  /** Whether a run with these values would hold up whoever waits for it. */
  isLong(binds: readonly unknown[]): boolean
}

/**
 * @param size bytes of the statement's database
 * @param explain asks SQLite for its plan; once
 */
export const judged = (
  sql: string,
  size: () => number,
  explain: (binds: readonly unknown[]) => readonly PlanStep[],
): Judgement => {
  let weight: Weight | undefined
  const usual = pace()
  return {
    get scans() {
      return weight === 'scan'
    },
    pace: usual,
    isLong(binds) {
      weight ??= planWeight(sql, explain(binds))
      return isLong(weight, size, usual)
    },
  }
}

/** What a plan names that is no table: parts of the statement, whose own steps stand in the plan, too. */
const PART = /^(?:CO-ROUTINE|MATERIALIZE) (.+)$/
/** An array that was given as a parameter, and a row of constants. */
const SMALL = /^SCAN (?:\S+ VIRTUAL TABLE |CONSTANT ROW)/
const SCAN = /^SCAN (.+?)(?: USING .+)?$/
/** What is called a search and has nothing to look it up by, or makes its index first. */
const UNINDEXED = /^SEARCH (?:\S+$|.+ USING AUTOMATIC )/

/** @param steps what SQLite explains of the statement */
export const planWeight = (sql: string, steps: readonly PlanStep[]): Weight => {
  if (steps.some(({ detail }) => detail === 'RECURSIVE STEP')) return 'endless'
  const parts = new Set(steps.map(({ detail }) => PART.exec(detail)?.[1]).filter((part) => part !== undefined))
  const scans = steps.filter(({ detail }) => {
    const scanned = SCAN.exec(detail)?.[1]
    if (UNINDEXED.test(detail)) return true
    return scanned !== undefined && !SMALL.test(detail) && !parts.has(scanned)
  })
  if (scans.length === 0) return 'light'
  if (scans.length > 1 || isRepeated(scans[0]!, steps)) return 'product'
  return isStopped(sql, steps) ? 'light' : 'scan'
}

/** Whether a step is done anew for each row of another. */
const isRepeated = ({ parent }: PlanStep, steps: readonly PlanStep[]): boolean => {
  const above = steps.find(({ id }) => id === parent)
  return above !== undefined && (above.detail.startsWith('CORRELATED') || isRepeated(above, steps))
}

/**
 * Whether a limit ends it after a few rows: nothing is filtered, skipped, or put in order first. The words are the
 * kit's, which writes them small and quotes what is named.
 */
const isStopped = (sql: string, steps: readonly PlanStep[]): boolean =>
  / limit /.test(sql) &&
  !/ where | offset | group by /.test(sql) &&
  steps.every(({ detail }) => !detail.includes('TEMP B-TREE'))
