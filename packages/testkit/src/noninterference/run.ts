/** Runs triples of a schema, a role and a request: on two databases that the role can not tell apart, answers are the same. */
import { type Asking } from './asking.ts'
import { askBoth, type Pair, toldOf } from './compare.ts'
import { createTables, fill, type NoninterferenceOptions, openTwins, type TwinDatabases, type TwinGateways } from './databases.ts'
import { readingOf } from './reading.ts'
import { randomOf } from './random.ts'
import { roleOf, type WorldRole } from './role.ts'
import { type Twins, twinsOf } from './twins.ts'
import { type World, worldOf } from './world.ts'
import type { Ask } from '../harness.ts'

/** What one run came to. */
export interface Tally {
  triples: number
  /** Answered with 200. */
  answered: number
  /** Told apart by what no gateway can hide. */
  inherent: number
  /** Each told as text. */
  readonly differences: string[]
}

export interface RunOptions {
  readonly triples: number
  readonly seed: number
  /** Ends the run. Default: a hundred. */
  readonly mostDifferences?: number
}

const ROLES = 5
const REQUESTS = 20

interface Stage {
  readonly options: NoninterferenceOptions
  readonly databases: TwinDatabases
  readonly twins: TwinGateways
  readonly world: World
  readonly asking: Asking
  readonly tally: Tally
}

const note = (tally: Tally, pair: Pair): void => {
  tally.triples += 1
  if (pair.left.status === 200) tally.answered += 1
}

const runRequest = async ({ twins, asking, tally, world }: Stage, role: WorldRole, at: string): Promise<void> => {
  const ask: Ask = { ...readingOf(asking), as: role.spec }
  const pair = await askBoth(twins, ask)
  note(tally, pair)
  if (!pair.same)
    tally.differences.push(`${at}: ${toldOf(ask, pair)}\nrole: ${JSON.stringify(role.spec)}\nworld: ${JSON.stringify(world)}`)
}

const runRole = async (stage: Stage, role: WorldRole, rows: Twins, at: string, requests: number): Promise<void> => {
  const { databases, options, world, tally } = stage
  await fill(databases, options.dialect, world, [rows.left, rows.right])
  for (let request = 0; request < requests; request++) await runRequest(stage, role, `${at}, request ${request}`)
}

const runWorld = async (options: NoninterferenceOptions, databases: TwinDatabases, seed: number, limits: RunOptions, tally: Tally): Promise<void> => {
  const random = randomOf(seed)
  const world = worldOf(random, seed)
  await createTables(databases, options.dialect, world)
  const twins = await openTwins(options, databases, world)
  try {
    const stage: Stage = { options, databases, twins, world, tally, asking: { random, world, relations: twins.relations } }
    for (let number = 0; number < ROLES; number++) {
      const role = roleOf(random, world)
      const rows = twinsOf(random, world, role)
      const left = Math.min(REQUESTS, limits.triples - tally.triples)
      if (rows && left > 0) await runRole(stage, role, rows, `seed ${seed}, role ${number}`, left)
      if (tally.differences.length >= (limits.mostDifferences ?? 100)) return
    }
  } finally {
    await twins.close()
  }
}

/** Runs as many triples as are asked for, from one seed on. */
export const runNoninterference = async (options: NoninterferenceOptions, databases: TwinDatabases, limits: RunOptions): Promise<Tally> => {
  const tally: Tally = { triples: 0, answered: 0, inherent: 0, differences: [] }
  for (let seed = limits.seed; tally.triples < limits.triples; seed++) {
    await runWorld(options, databases, seed, limits, tally)
    if (tally.differences.length >= (limits.mostDifferences ?? 100)) break
  }
  return tally
}
