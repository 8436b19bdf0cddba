/**
 * Few connections that many callers share: each asks without waiting for the answers to the others. For statements
 * that are over at once, as one that isn't holds up all behind it.
 */

/** How statements are asked on a connection, one behind the other. */
export interface SharedWire {
  /** Milliseconds for which the first question has been under way; 0 where there is none. */
  readonly waited: number
  /** Whether it can be asked anything. */
  readonly usable: boolean
  /** Rejects the questions whose signals are aborted; their answers still come, for nobody. */
  abandon(): void
  /** Whether questions are sent at the end of a turn of the event loop, all of it together. */
  patient: boolean
}

/** `L` is a connection as its pool has it. */
export interface PipelineOptions<L> {
  connect(): Promise<L>
  release(line: L, sound: boolean): void
  wireOf(line: L): SharedWire
  /** Breaks it: whoever waits for an answer hears so. */
  cut(line: L): void
  /** How many there are at most; at least 1. */
  readonly max: number
  /** How many may ask on one before it is `full`. */
  readonly depth: number
  /** Milliseconds to wait for one answer, before the connection is taken for dead and cut. */
  readonly patience: number
}

export interface Pipelines<L> {
  /** Lets `ask` ask on the connection that has the least to do. */
  ask<T>(ask: (line: L) => Promise<T>): Promise<T>
  /** Whether all of them have as much to do as they should; `ask` still takes more. */
  readonly full: boolean
}

interface Shared<L> {
  readonly line: L
  readonly wire: SharedWire
  users: number
  /** Its answer was late when it was looked at last. */
  late: boolean
}

/** A connection that is being opened, and how many wait for it: they are its users before they know of it. */
interface Opening<L> {
  users: number
  readonly shared: Promise<Shared<L>>
}

/** Milliseconds between two looks at who has left, and at what hangs. */
const LOOK = 50

/** Connections are taken while somebody asks, and given back when the last answer has come. */
export const pipelines = <L>(options: PipelineOptions<L>): Pipelines<L> => {
  const { connect, release, wireOf, cut, max, depth, patience } = options
  const shared = new Set<Shared<L>>()
  const openings = new Set<Opening<L>>()
  let asking = 0
  let watch: NodeJS.Timeout | undefined

  /** One look for all, rather than listeners and timers for each question. */
  const look = (): void => {
    if (shared.size === 0) {
      clearInterval(watch)
      watch = undefined
    }
    for (const one of shared) {
      one.wire.abandon()
      const late = one.wire.waited > patience
      // Only what is late twice: after a pause of this process, the answer may just not have been read yet.
      if (late && one.late) cut(one.line)
      one.late = late
    }
  }
  const share = async (opening: () => Opening<L>): Promise<Shared<L>> => {
    try {
      const line = await connect()
      const one = { line, wire: wireOf(line), users: opening().users, late: false }
      one.wire.patient = true
      shared.add(one)
      watch ??= setInterval(look, LOOK).unref()
      return one
    } finally {
      openings.delete(opening())
    }
  }
  const open = (): Promise<Shared<L>> => {
    const opening: Opening<L> = { users: 1, shared: share(() => opening) }
    openings.add(opening)
    return opening.shared
  }
  const leastUsed = <T extends { readonly users: number }>(all: Iterable<T>): T | undefined => {
    let least: T | undefined
    for (const one of all) if (!least || one.users < least.users) least = one
    return least
  }
  const take = (): Shared<L> | Promise<Shared<L>> => {
    for (const one of shared) if (!one.wire.usable) shared.delete(one)
    if (shared.size + openings.size < max) return open()
    const least = leastUsed(shared)
    if (least) {
      least.users++
      return least
    }
    const opening = leastUsed(openings)!
    opening.users++
    return opening.shared
  }
  const leave = (one: Shared<L>): void => {
    if (--one.users > 0) return
    shared.delete(one)
    release(one.line, one.wire.usable)
  }
  return {
    get full() {
      return asking >= max * depth
    },
    async ask(ask) {
      asking++
      try {
        const taken = take()
        const one = 'then' in taken ? await taken : taken
        try {
          return await ask(one.line)
        } finally {
          leave(one)
        }
      } finally {
        asking--
      }
    },
  }
}
