/**
 * Few connections that many callers share: each asks without waiting for the answers to the others. For statements
 * that are over at once, as one that isn't holds up all behind it.
 */
import type { Wire } from './wire.ts'

/** `L` is a connection as its pool has it. */
export interface PipelineOptions<L> {
  connect(): Promise<L>
  release(line: L, sound: boolean): void
  wireOf(line: L): Wire
  /** Breaks it: whoever waits for an answer hears so. */
  cut(line: L): void
  /** How many there are at most; at least 1. */
  readonly max: number
  /** Milliseconds to wait for one answer, before the connection is taken for dead and cut. */
  readonly patience: number
}

/** Lets `ask` ask on the connection that has the least to do. */
export type Pipelines<L> = <T>(ask: (line: L) => Promise<T>) => Promise<T>

interface Shared<L> {
  readonly line: L
  readonly wire: Wire
  users: number
  /** Its answer was late when it was looked at last. */
  late: boolean
}

/** Milliseconds between two looks at who has left, and at what hangs. */
const LOOK = 50

/** Connections are taken while somebody asks, and given back when the last answer has come. */
export const pipelines = <L>(options: PipelineOptions<L>): Pipelines<L> => {
  const { connect, release, wireOf, cut, max, patience } = options
  const shared = new Set<Shared<L>>()
  let opening = 0
  let opened: Promise<Shared<L>> | undefined
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
  const open = async (): Promise<Shared<L>> => {
    opening++
    try {
      const line = await connect()
      const one = { line, wire: wireOf(line), users: 1, late: false }
      one.wire.patient = true
      shared.add(one)
      watch ??= setInterval(look, LOOK).unref()
      return one
    } finally {
      opening--
    }
  }
  const join = (one: Shared<L>): Shared<L> => {
    one.users++
    return one
  }
  const leastBusy = (): Shared<L> | undefined => {
    let least: Shared<L> | undefined
    for (const one of shared) {
      if (!one.wire.usable) shared.delete(one)
      else if (!least || one.users < least.users) least = one
    }
    return least
  }
  const take = (): Shared<L> | Promise<Shared<L>> => {
    const least = leastBusy()
    if (shared.size + opening >= max) return least ? join(least) : opened!.then(join)
    opened = open()
    return opened
  }
  const leave = (one: Shared<L>): void => {
    if (--one.users > 0) return
    shared.delete(one)
    release(one.line, one.wire.usable)
  }
  return async (ask) => {
    const taken = take()
    const one = 'then' in taken ? await taken : taken
    try {
      return await ask(one.line)
    } finally {
      leave(one)
    }
  }
}
