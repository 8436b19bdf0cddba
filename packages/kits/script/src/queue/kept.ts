/** Queued runs as documents of `Host.state`: what a process was not done with is there for the next. */
import { createHash } from 'node:crypto'
import { GwError, type ScriptEvent, type Standing, type State } from '@gw/core'
import { createPresence, isConflict } from './presence.ts'

/** A run as it is kept. */
export interface KeptRun {
  readonly id: string
  /** The script's name, for people. */
  readonly script: string
  readonly queued: string
  /** Which of its process's runs it is: several may be queued in one millisecond. */
  readonly order: number
  /** How many processes may have fallen while it was under way, this one among them. */
  readonly tries: number
  /** The process that has it. */
  readonly node: string
  readonly standing: Standing
  readonly event: ScriptEvent
}

/** A run that this process holds. */
export interface Held {
  readonly key: string
  readonly version: number
  readonly run: KeptRun
}

export interface KeptRuns {
  /** @throws GwError `unavailable` where there are too many, `too_large` for one that is not kept */
  add(run: Pick<KeptRun, 'id' | 'standing' | 'event'>): Promise<Held>
  /** Adds to how many processes have begun with it. */
  count(held: Held, more: 1 | -1): Promise<Held>
  /** It is done, or given up. */
  remove(held: Held): Promise<void>
  /** Takes over the runs of processes that are gone, oldest first. */
  orphans(most: number): Promise<readonly Held[]>
  /** Has to be called every beat while runs are held. */
  announce(): Promise<void>
  /** This process holds no more: others take over at once. */
  leave(): Promise<void>
}

/** Runs of one script that wait or are under way, in all processes. */
export const MOST_RUNS = 1_000
/** Characters of one event. */
const LONGEST = 2_097_152
/** Names that are tried before it is looked which are free. */
const GUESSES = 4

export const tooMany = (): GwError =>
  new GwError('unavailable', 'Too many runs of this script wait already. Try again later.')

/** Scripts whose names are alike but for their length would share a beginning: names are hashed. */
const prefixOf = (script: string): string =>
  `queued/${createHash('sha256').update(script).digest('base64url').slice(0, 16)}/`

const byAge = (one: KeptRun, other: KeptRun): number =>
  one.queued.localeCompare(other.queued) || one.order - other.order

/** @param beat ms between two words of a process that is there */
export const keepRuns = (state: State, script: string, beat: number): KeptRuns => {
  const prefix = prefixOf(script)
  const presence = createPresence(state, prefix, beat)
  const { node } = presence
  const held = new Set<string>()
  let order = 0
  const keyOf = (place: number): string => `${prefix}run/${String(place).padStart(4, '0')}`

  const put = async (key: string, run: KeptRun, ifVersion: number): Promise<Held | undefined> => {
    // Before the write, so that no look of this process takes its own run for another's.
    held.add(key)
    try {
      return { key, version: await state.put(key, run, { ifVersion }), run }
    } catch (error) {
      held.delete(key)
      if (isConflict(error)) return undefined
      throw error
    }
  }
  const freeKeys = async (): Promise<readonly string[]> => {
    const taken = new Set(await state.list(`${prefix}run/`))
    return Array.from({ length: MOST_RUNS }, (_, place) => keyOf(place)).filter((key) => !taken.has(key))
  }
  const guesses = () => Array.from({ length: GUESSES }, () => keyOf(Math.floor(Math.random() * MOST_RUNS)))
  const putAnywhere = async (run: KeptRun): Promise<Held> => {
    for (const choice of [guesses, freeKeys])
      for (const key of await choice()) {
        const found = held.has(key) ? undefined : await put(key, run, 0)
        if (found) return found
      }
    throw tooMany()
  }

  return {
    async add(run) {
      if (JSON.stringify(run.event).length > LONGEST)
        throw new GwError('too_large', `A queued run may be told ${LONGEST} characters at most. Send less.`)
      await presence.announce()
      return putAnywhere({ ...run, script, queued: new Date().toISOString(), order: order++, tries: 1, node })
    },
    async count({ key, version, run }, more) {
      const changed = { ...run, tries: run.tries + more }
      return { key, run: changed, version: await state.put(key, changed, { ifVersion: version }) }
    },
    async remove({ key, version }) {
      try {
        await state.delete(key, { ifVersion: version })
      } catch (error) {
        // Another process has taken this one for gone, and does it again.
        if (!isConflict(error)) throw error
      } finally {
        held.delete(key)
      }
    },
    async orphans(most) {
      const keys = (await state.list(`${prefix}run/`)).filter((key) => !held.has(key))
      if (keys.length === 0 || most < 1) return []
      const there = await presence.others()
      const found = await Promise.all(keys.map(async (key) => ({ key, entry: await state.get<KeptRun>(key) })))
      const alone = found
        .flatMap(({ key, entry }) => (entry && !there.has(entry.value.node) ? [{ key, ...entry }] : []))
        .toSorted((a, b) => byAge(a.value, b.value))
        .slice(0, most)
      if (alone.length === 0) return []
      await presence.announce()
      const taken: Held[] = []
      for (const { key, value, version } of alone) {
        const one = await put(key, { ...value, node }, version)
        if (one) taken.push(one)
      }
      return taken
    },
    announce: presence.announce,
    leave: presence.leave,
  }
}
