/** Runs triples of a schema, a role and a request: on two databases that the role can not tell apart, answers are the same. */

import type { Ask } from '../harness.ts'
import type { Asking } from './asking.ts'
import { askBoth, type Pair, toldOf } from './compare.ts'
import {
  createTables,
  fill,
  type NoninterferenceOptions,
  openTwins,
  type TwinDatabases,
  type TwinGateways,
} from './databases.ts'
import { leakIn } from './extent.ts'
import { randomOf } from './random.ts'
import { readingOf } from './reading.ts'
import { roleOf, type WorldRole } from './role.ts'
import { type Twins, twinsOf } from './twins.ts'
import { type World, worldOf } from './world.ts'
import { writingOf } from './writing.ts'

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

/** Whether nothing more is to be found out. */
const isEnough = ({ differences }: Tally, { mostDifferences = 100 }: RunOptions): boolean =>
  differences.length >= mostDifferences

interface Stage {
  readonly limits: RunOptions
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

const differs = ({ tally, world }: Stage, role: WorldRole, at: string, why: string, ask: Ask, pair: Pair): void =>
  void tally.differences.push(
    `${at}, ${why}: ${toldOf(ask, pair)}\nrole: ${JSON.stringify(role.spec)}\nworld: ${JSON.stringify(world)}`,
  )

/** What the role sees afterwards, of each table. */
const compareSeen = async (stage: Stage, role: WorldRole, at: string, ask: Ask, answered: Pair): Promise<void> => {
  for (const { name } of stage.world.tables) {
    const look: Ask = { path: `_table/${name}`, query: { order: 'id' }, as: role.spec }
    const pair = await askBoth(stage.twins, look)
    if (pair.same) continue
    differs(stage, role, at, `what is seen of ${name} after ${toldOf(ask, answered)}`, look, pair)
    return
  }
}

const runRequest = async (stage: Stage, role: WorldRole, rows: Twins, at: string): Promise<void> => {
  const { twins, asking, tally, world, databases, options } = stage
  const writes = asking.random.one(2)
  const ask: Ask = { ...(writes ? writingOf(asking) : readingOf(asking)), as: role.spec }
  const pair = await askBoth(twins, ask)
  note(tally, pair)
  if (!pair.same) {
    const leak = leakIn(world, role, rows, ask, pair)
    if (leak === undefined) tally.inherent += 1
    else differs(stage, role, at, leak, ask, pair)
  } else if (writes) await compareSeen(stage, role, at, ask, pair)
  if (writes && isChanged(pair)) await fill(databases, options.dialect, world, [rows.left, rows.right])
}

/** Whether there may be other rows than before: a refusal of the whole changes none. */
const isChanged = ({ left, right }: Pair): boolean =>
  ![left, right].every(({ status }) => status === 403 || status === 404)

const runRole = async (stage: Stage, role: WorldRole, rows: Twins, at: string, requests: number): Promise<void> => {
  const { databases, options, world } = stage
  await fill(databases, options.dialect, world, [rows.left, rows.right])
  for (let request = 0; request < requests && !isEnough(stage.tally, stage.limits); request++)
    await runRequest(stage, role, rows, `${at}, request ${request}`)
}

const runWorld = async (
  options: NoninterferenceOptions,
  databases: TwinDatabases,
  seed: number,
  limits: RunOptions,
  tally: Tally,
): Promise<void> => {
  const random = randomOf(seed)
  const world = worldOf(random, seed)
  await createTables(databases, options.dialect, world)
  const twins = await openTwins(options, databases, world)
  try {
    const stage: Stage = {
      options,
      limits,
      databases,
      twins,
      world,
      tally,
      asking: { random, world, relations: twins.relations },
    }
    for (let number = 0; number < ROLES; number++) {
      const role = roleOf(random, world)
      const rows = twinsOf(random, world, role)
      const left = Math.min(REQUESTS, limits.triples - tally.triples)
      if (rows && left > 0) await runRole(stage, role, rows, `seed ${seed}, role ${number}`, left)
      if (isEnough(tally, limits)) return
    }
  } finally {
    await twins.close()
  }
}

/** Runs as many triples as are asked for, from one seed on. */
export const runNoninterference = async (
  options: NoninterferenceOptions,
  databases: TwinDatabases,
  limits: RunOptions,
): Promise<Tally> => {
  const tally: Tally = { triples: 0, answered: 0, inherent: 0, differences: [] }
  for (let seed = limits.seed; tally.triples < limits.triples; seed++) {
    await runWorld(options, databases, seed, limits, tally)
    if (isEnough(tally, limits)) break
  }
  return tally
}
