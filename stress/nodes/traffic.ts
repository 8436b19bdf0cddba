/** Calls at a rate, whatever becomes of those before; each answer is held against what was in force. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, type Balancer, LOST } from './balancer.ts'
import type { History } from './history.ts'
import type { NodesScale } from './scale.ts'
import type { Key, World } from './world.ts'

export interface Seen {
  calls: number
  /** Under way on a node that was killed. */
  lost: number
  failed: string[]
  /** Milliseconds after which a decision was made that was not in force any more: the longest. */
  oldest: number
  /** How many were made that were older than they may be. */
  stale: string[]
  readonly limited: { served: number; refused: number; lost: number }
}

export interface Traffic {
  readonly seen: Seen
  /** Ends it, and waits for the calls under way. */
  stop(): Promise<void>
}

interface Kind {
  readonly name: string
  readonly key: string
  /** Whether an answer is the one that a value asks for. */
  seen(answer: Answer): (value: any) => boolean
  readonly of: History<any>
}

const rowsIn = ({ status, body }: Answer): readonly { owner: number }[] | undefined =>
  status === 200 ? body.resource : undefined

const REFUSALS: readonly number[] = [400, 401, 403]

const keyKind = ({ text, valid }: Key): Kind => ({
  name: 'a key',
  key: text,
  seen: (answer) => (is) => (is ? answer.status === 200 : REFUSALS.includes(answer.status)),
  of: valid,
})

const roleKind = ({ filtered, owner }: World): Kind => ({
  name: 'a role with a row filter',
  key: filtered,
  seen(answer) {
    const rows = rowsIn(answer) ?? []
    return (value) => rows.length > 0 && rows.every((row) => row.owner === value)
  },
  of: owner,
})

const serviceKind = ({ plain, page }: World): Kind => ({
  name: 'the settings of a service',
  key: plain,
  seen: (answer) => (value) => rowsIn(answer)?.length === value,
  of: page,
})

/** Of the last keys, so that those which are gone are asked for as often as those which are there. */
const someKey = (world: World): Kind => {
  const key = world.keys.at(-1 - Math.floor(Math.random() * Math.min(world.keys.length, 6)))
  return key ? keyKind(key) : roleKind(world)
}

const KINDS: readonly ((world: World) => Kind)[] = [roleKind, serviceKind, someKey]

const PATH = '/api/v2/shop/_table/items?fields=id,owner&order=id'
/** Every so many calls, one that the limit counts. */
const LIMITED = 10

const asking = (balancer: Balancer) => (key: string) =>
  balancer.send({ method: 'GET', path: PATH, headers: { 'x-dreamfactory-api-key': key } })

/** @returns what is not acted upon as it is in force; `undefined`: everything is */
export const firstBehind = async (balancer: Balancer, world: World): Promise<string | undefined> => {
  for (const { name, key, seen, of } of [roleKind(world), serviceKind(world), ...world.keys.map(keyKind)]) {
    const answer = await asking(balancer)(key)
    if (answer !== LOST && !seen(answer)(of.current())) return `${name}: ${answer.status}`
  }
  return undefined
}

export const startTraffic = (balancer: Balancer, world: World, { rate, age: most }: NodesScale): Traffic => {
  const seen: Seen = {
    ...{ calls: 0, lost: 0, failed: [], oldest: 0, stale: [] },
    limited: { served: 0, refused: 0, lost: 0 },
  }
  const underWay = new Set<Promise<void>>()
  let going = true

  const ask = asking(balancer)
  const judged = async ({ name, key, seen: seenIn, of }: Kind) => {
    const answer = await ask(key)
    if (answer === LOST) {
      seen.lost++
      return
    }
    const age = of.age(seenIn(answer), answer.started, answer.ended)
    if (age === undefined) {
      const rows = rowsIn(answer)
      const told = rows ? `${rows.length} rows of owner ${rows[0]?.owner}` : JSON.stringify(answer.body)
      seen.failed.push(`${name}: ${answer.status}, ${told}`)
      return
    }
    seen.oldest = Math.max(seen.oldest, age)
    if (age > most) seen.stale.push(`${name}: ${age.toFixed(0)} ms`)
  }
  const counted = async () => {
    const answer = await ask(world.limited)
    if (answer === LOST) seen.limited.lost++
    else if (answer.status === 200) seen.limited.served++
    else if (answer.status === 429) seen.limited.refused++
    else seen.failed.push(`a limited call: ${answer.status}, ${JSON.stringify(answer.body)}`)
  }
  const one = (at: number): Promise<void> => {
    if (at % LIMITED === 0) return counted()
    return judged(KINDS[at % KINDS.length]!(world))
  }
  const run = async () => {
    const begun = performance.now()
    while (going) {
      const due = Math.floor(((performance.now() - begun) / 1_000) * rate)
      for (; seen.calls < due; seen.calls++) {
        const call: Promise<void> = one(seen.calls)
          .catch((error: Error) => void seen.failed.push(error.message))
          .finally(() => underWay.delete(call))
        underWay.add(call)
      }
      await pause(1_000 / rate / 2)
    }
  }
  const running = run()
  return {
    seen,
    async stop() {
      going = false
      await running
      await Promise.all(underWay)
    },
  }
}
