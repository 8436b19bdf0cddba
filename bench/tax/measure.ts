/** Point reads of the three callers, in turns. */
import type { BenchDatabase } from '../databases/database.ts'
import type { Generator, Load } from '../load/closed.ts'
import { compare } from '../measure/compare.ts'
import { type ByRound, interleave, measureRun, type Run, warmUp } from '../measure/rounds.ts'
import { WORKLOADS } from '../workloads.ts'
import { CALLERS, type Taxed } from './gateway.ts'

export const POINT_READ = WORKLOADS.find(({ name }) => name === 'W1')!

export interface TaxOptions {
  readonly database: Pick<BenchDatabase, 'reset' | 'cpu'>
  readonly generate: Generator
  readonly load: Load
  readonly rounds: number
  /** Ask for a while before anything counts. */
  readonly warm: boolean
}

/** @throws where their answers differ, or one fails */
export const measureTax = async (
  { callers }: Taxed,
  { database, generate, load, rounds, warm }: TaxOptions,
): Promise<ByRound<Run>> => {
  const targets = CALLERS.map((name) => callers[name])
  for (const target of targets) await compare(POINT_READ, target, callers.none, true)
  const bench = { database, generate }
  if (warm) await warmUp(bench, targets, POINT_READ, load.connections)
  return interleave(targets, rounds, (target) => measureRun(bench, target, POINT_READ, load))
}
