/**
 * Runs that nobody waits for: some after the other, as many at once as the script may have, none beyond a bound. They
 * are kept in `Host.state` until they are done, so that each is done at least once, be it by another process.
 */
import { randomUUID } from 'node:crypto'
import { type Caller, GwError, type Host, type Script, type ScriptRun } from '@gw/core'
import { type Held, type KeptRuns, keepRuns, MOST_RUNS, tooMany } from './kept.ts'
import { BEAT } from './presence.ts'
import { withoutCredentials } from './without-credentials.ts'

export type LaterRun = Parameters<NonNullable<Script['later']>>[0]

export interface Queue {
  /** @returns its id. @throws GwError `unavailable` where too many wait, `too_large` for one that can not be kept */
  add(run: LaterRun): Promise<string>
  /** Looks for runs that others were not done with, now and from then on. */
  resume(): void
  /** Takes no more, waits for what is under way, and lets go of the rest after `patience` ms. */
  close(patience: number): Promise<void>
}

export interface QueueOptions {
  /** The script's. */
  readonly name: string
  /** Runs at the same time. */
  readonly most: number
  readonly host: Pick<Host, 'state' | 'log' | 'onBehalfOf'>
  run(run: ScriptRun): Promise<unknown>
  /** What the script is told of whoever it runs for. */
  session(caller: Caller): ScriptRun['session']
  /** ms between two looks; tests have shorter ones. */
  readonly beat?: number
}

interface Entry {
  readonly id: string
  held: Held | undefined
  /** Another process had it before. */
  readonly taken: boolean
  open(): Promise<Pick<ScriptRun, 'event' | 'session' | 'fetch'>>
}

/** Processes that may fall while a run is under way: one that brings its gateway down would do so for ever. */
const MOST_TRIES = 3

/** Beats between two looks of a process that holds no runs. */
const RESTING = 3

const stoppedNow = () => new GwError('unavailable', 'The script was stopped.')

export const createQueue = (options: QueueOptions): Queue => {
  const { name, most, host, run, beat = BEAT } = options
  const { log, onBehalfOf } = host
  const kept: KeptRuns | undefined = onBehalfOf && keepRuns(host.state, name, beat)
  const waiting: Entry[] = []
  const running = new Map<Entry, Promise<void>>()
  const controller = new AbortController()
  /** Runs that were refused something because all was being stopped. */
  const disturbed = new Set<string>()
  const interrupted: Held[] = []
  let adding = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined

  /** @returns whether it may be begun */
  const counted = async (entry: Entry): Promise<boolean> => {
    const { id, held, taken } = entry
    if (!held || !taken) return true
    if (held.run.tries >= MOST_TRIES) {
      log.error('a queued run of a script is given up: the gateway fell each time while it ran', {
        script: name,
        run: id,
      })
      await kept!.remove(held)
      return false
    }
    entry.held = await kept!.count(held, 1)
    return true
  }
  const done = async ({ id, held }: Entry, began: number, failure: { readonly error: unknown } | undefined) => {
    const told = { script: name, run: id }
    // While a gateway stops, what a script calls is gone: what is kept is begun anew.
    if (held && closed && (failure || disturbed.has(id))) {
      interrupted.push(held)
      return
    }
    if (failure) log.error('a queued run of a script failed', { ...told, error: failure.error })
    else log.info('a queued run of a script is done', { ...told, duration: Math.round(performance.now() - began) })
    if (held)
      await kept!
        .remove(held)
        .catch((error: unknown) => log.error('a queued run that is over will be done again', { ...told, error }))
  }
  const watched =
    (id: string, fetch: ScriptRun['fetch']): ScriptRun['fetch'] =>
    async (path, init) => {
      const response = await fetch(path, init)
      if (closed && response.status === 503) disturbed.add(id)
      return response
    }
  const work = async (entry: Entry) => {
    const began = performance.now()
    let failure: { readonly error: unknown } | undefined
    try {
      if (!(await counted(entry))) return
      const opened = await entry.open()
      await run({ ...opened, fetch: watched(entry.id, opened.fetch), signal: controller.signal, log })
    } catch (error) {
      failure = { error }
    }
    await done(entry, began, failure)
  }
  const begin = () => {
    while (!closed && running.size < most) {
      const entry = waiting.shift()
      if (!entry) return
      const under = work(entry).finally(() => {
        running.delete(entry)
        begin()
      })
      running.set(entry, under)
    }
  }

  /** Under the rights that its caller has by now: who has none any more has nothing done. */
  const again = (held: Held): Entry => ({
    id: held.run.id,
    held,
    taken: true,
    async open() {
      const { caller, fetch } = await onBehalfOf!(held.run.standing)
      return { event: held.run.event, session: options.session(caller), fetch }
    },
  })
  const takeUp = (held: Held) => {
    const { id, tries, queued } = held.run
    log.info('a queued run of a script is taken up again', { script: name, run: id, queued, tries })
    waiting.push(again(held))
  }
  const holds = () => adding > 0 || [...waiting, ...running.keys()].some(({ held }) => held !== undefined)
  const look = async () => {
    try {
      if (holds()) await kept!.announce()
      for (const one of await kept!.orphans(MOST_RUNS - waiting.length)) takeUp(one)
      begin()
      if (!holds()) await kept!.leave()
    } catch (error) {
      log.warn('queued runs of a script can not be looked after; it is tried again', { script: name, error })
    }
  }
  const lookAgain = () => {
    if (closed) return
    clearTimeout(timer)
    timer = setTimeout(lookNow, holds() ? beat : RESTING * beat).unref()
  }
  const lookNow = () => {
    looking ??= look().finally(() => {
      looking = undefined
      lookAgain()
    })
  }

  return {
    async add({ standing, event, session, fetch }) {
      if (closed || waiting.length + adding >= MOST_RUNS) throw tooMany()
      const id = randomUUID()
      const safe = withoutCredentials(event)
      const resting = !holds()
      adding++
      let held: Held | undefined
      try {
        if (standing && kept) held = await kept.add({ id, standing, event: safe })
      } finally {
        adding--
      }
      log.info('a run of a script is queued', { script: name, run: id, kept: held !== undefined })
      // Where the script was stopped meanwhile, whoever looks next takes it up.
      if (closed && !held) throw stoppedNow()
      waiting.push({ id, held, taken: false, open: async () => ({ event: structuredClone(safe), session, fetch }) })
      if (held && resting) lookAgain()
      begin()
      return id
    },
    resume() {
      if (kept && !closed) lookNow()
    },
    async close(patience) {
      closed = true
      clearTimeout(timer)
      const late = new AbortController()
      const patienceOver = new Promise<void>((resolve) => {
        const end = setTimeout(resolve, patience)
        late.signal.addEventListener('abort', () => clearTimeout(end))
      })
      await Promise.race([Promise.all([looking, ...running.values()]), patienceOver])
      late.abort()
      controller.abort(stoppedNow())
      await Promise.race([Promise.all(running.values()), new Promise((resolve) => setTimeout(resolve, 1_000).unref())])
      // A stop is no fall, and is not held against them.
      const under = [...running.keys()].flatMap(({ held }) => held ?? [])
      await Promise.allSettled([...interrupted, ...under].map((held) => kept!.count(held, -1)))
      const [left, lost] = [waiting.filter(({ held }) => held), waiting.filter(({ held }) => !held)]
      if (left.length > 0)
        log.info('queued runs of a script wait for the next start', { script: name, runs: left.length })
      if (lost.length > 0)
        log.error('queued runs of a script are lost, since it was stopped', { script: name, runs: lost.length })
      waiting.length = 0
      await kept?.leave()
    },
  }
}
