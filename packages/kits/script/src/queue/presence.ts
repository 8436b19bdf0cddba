/**
 * Which processes that queue runs are still there. Each says so by a document that it writes anew from time to time;
 * the others watch its version and not its time, so that clocks may differ.
 */
import { randomUUID } from 'node:crypto'
import { GwError, type State } from '@gw/core'

/** ms after which a process that is there says so again. */
export const BEAT = 10_000
/** Beats without a word after which a process counts as gone. */
const SILENCE = 3
/** A deleted document leaves a trace in some stores, so that there are so many names and no more. */
const PLACES = 32

export interface Presence {
  readonly node: string
  /** Says that this process is there; whoever holds a run has to have said so within the last beat. */
  announce(): Promise<void>
  /** The other processes that are there. Those that have been silent for long are forgotten. */
  others(): Promise<ReadonlySet<string>>
  leave(): Promise<void>
}

interface Place {
  readonly key: string
  version: number
  said: number
}

export const isConflict = (error: unknown): boolean => GwError.is(error) && error.code === 'conflict'

/** @param beat ms */
export const createPresence = (state: State, prefix: string, beat: number): Presence => {
  const node = randomUUID()
  const seen = new Map<string, { readonly version: number; readonly since: number }>()
  let own: Place | undefined
  let saying: Promise<void> | undefined

  const say = async (key: string, ifVersion: number): Promise<boolean> => {
    try {
      own = { key, version: await state.put(key, { node }, { ifVersion }), said: performance.now() }
      return true
    } catch (error) {
      if (!isConflict(error)) throw error
      own = undefined
      return false
    }
  }
  const claim = async () => {
    const first = Math.floor(Math.random() * PLACES)
    for (let at = 0; at < PLACES; at++) if (await say(`${prefix}node/${(first + at) % PLACES}`, 0)) return
    throw new GwError('unavailable', 'Too many processes run this script. Try again later.')
  }
  const sayAgain = async () => {
    if (!own || !(await say(own.key, own.version))) await claim()
  }
  /** Whether whoever wrote it is still there, as far as can be seen. */
  const isHeard = (key: string, version: number): boolean => {
    const before = seen.get(key)
    if (before?.version === version) return performance.now() - before.since < SILENCE * beat
    seen.set(key, { version, since: performance.now() })
    return true
  }
  return {
    node,
    async announce() {
      if (own && performance.now() - own.said < beat) return
      saying ??= sayAgain().finally(() => {
        saying = undefined
      })
      await saying
    },
    async others() {
      const found = new Set<string>()
      for (const key of await state.list(`${prefix}node/`)) {
        const entry = key === own?.key ? undefined : await state.get<{ node: string }>(key)
        if (!entry) continue
        if (isHeard(key, entry.version)) found.add(entry.value.node)
        else
          await state.delete(key, { ifVersion: entry.version }).catch((error: unknown) => {
            if (!isConflict(error)) throw error
          })
      }
      return found
    },
    async leave() {
      const place = own
      own = undefined
      if (place) await state.delete(place.key).catch(() => {})
    },
  }
}
