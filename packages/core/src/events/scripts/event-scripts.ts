/**
 * Event scripts at work, whoever keeps them: each is a link of the chain that events hang on (the wire contract's
 * platform part, §11). Its name says where: `db._table.customers.get.pre_process`.
 */
import {
  GwError,
  type Host,
  type Logger,
  type Script,
  type ScriptDefinition,
  type ScriptEvent,
  type ScriptRun,
  type ServiceType,
  standingOf,
} from '../../contract.ts'
import type { Exchange, Interceptor } from '../../governance.ts'
import { eventAfter, eventBefore, runOf, takeRequest, takeResponse } from './exchange.ts'

/** A script and the event that it hangs on, its `name`. */
export interface EventScript extends ScriptDefinition {
  /** The name of a service type that has an engine. */
  readonly type: string
  /** Whether what it does to the event becomes of the call. */
  readonly changes: boolean
}

export interface EventScriptsOptions {
  /** Those that are switched on; the same list until one changes. */
  scripts(): readonly EventScript[]
  load(type: string): Promise<ServiceType>
  /** Absent before the start. */
  host(): Host | undefined
  readonly log: Logger
}

export interface EventScripts {
  /** The same list until a script changes. */
  interceptors(): readonly Interceptor[]
  /** Has a script read anew from where it is kept. @returns whether there is one of this name */
  forget(name: string): boolean
  /** Once there is a host: takes up what an earlier process was not done with. */
  start(): void
  stop(): Promise<void>
}

const STAGES = ['pre_process', 'post_process', 'queued'] as const
type Stage = (typeof STAGES)[number]

/** A name without a stage stands for the event itself, which comes after the answer as `queued` does. */
const placeOf = (name: string): { readonly event: string; readonly stage: Stage } => {
  const stage = STAGES.find((one) => name.endsWith(`.${one}`))
  return stage ? { event: name.slice(0, -stage.length - 1), stage } : { event: name, stage: 'queued' }
}

/** ms that runs have to end when the gateway stops. */
const STOP_PATIENCE = 5_000

interface Held {
  readonly text: string
  readonly link: Interceptor
  resume(): void
  /** Ends its processes when its last run is over, or after `patience` ms. */
  release(patience?: number): Promise<void>
}

export const eventScripts = (options: EventScriptsOptions): EventScripts => {
  let from: readonly EventScript[] | undefined
  let links: readonly Interceptor[] = []
  let held = new Map<string, Held>()
  let started = false

  const take = (scripts: readonly EventScript[]) => {
    const before = held
    held = new Map(
      scripts.map((script) => {
        const known = before.get(script.name)
        const text = JSON.stringify(script)
        return [script.name, known?.text === text ? known : heldOf(script, text, options)]
      }),
    )
    for (const [name, one] of before) if (held.get(name) !== one) void one.release()
    if (started) for (const [name, one] of held) if (before.get(name) !== one) one.resume()
    links = [...held.values()].map(({ link }) => link)
  }
  const interceptors = () => {
    const scripts = options.scripts()
    if (scripts !== from) {
      from = scripts
      take(scripts)
    }
    return links
  }
  return {
    interceptors,
    start() {
      interceptors()
      started = true
      for (const one of held.values()) one.resume()
    },
    forget(name) {
      const one = held.get(name)
      if (one) {
        held.delete(name)
        from = undefined
        void one.release()
      }
      return options.scripts().some((one) => one.name === name)
    },
    async stop() {
      await Promise.all([...held.values()].map(({ release }) => release(STOP_PATIENCE)))
      held = new Map()
    },
  }
}

const heldOf = (definition: EventScript, text: string, options: EventScriptsOptions): Held => {
  const { changes, config: given } = definition
  const { event, stage } = placeOf(definition.name)
  const keeps = definition.name.endsWith('.queued')
  const opened = openedOnce(definition, options)
  const config = given ?? {}
  const run = async (exchange: Exchange, seen: ScriptEvent, signal: AbortSignal) =>
    opened.using((script) => script.run(runOf(exchange, seen, signal, config)))

  const stages: Readonly<Record<Stage, Partial<Interceptor>>> = {
    pre_process: {
      async pre(exchange) {
        const seen = eventBefore(exchange)
        const outcome = await run(exchange, structuredClone(seen), exchange.signal)
        if (changes) takeRequest(exchange, { seen, outcome, config })
      },
    },
    post_process: {
      async post(exchange) {
        const seen = eventAfter(exchange)
        const outcome = await run(exchange, structuredClone(seen), exchange.signal)
        if (changes) takeResponse(exchange, { seen, outcome, config })
      },
    },
    queued: {
      async after(exchange) {
        const seen = eventAfter(exchange)
        if (!keeps) return void (await run(exchange, seen, NEVER))
        await opened.using((script) => later(script, { ...runOf(exchange, seen, NEVER, config), exchange }))
      },
    },
  }
  return {
    text,
    link: { matches: (...names) => names.includes(event), ...stages[stage] },
    release: opened.release,
    resume() {
      if (keeps) void opened.resume()
    },
  }
}

/** Kept until it is done; where it can not be kept, in memory: its caller has been answered already. */
const later = async (
  script: Script,
  { exchange, ...run }: ScriptRun & { readonly exchange: Exchange },
): Promise<void> => {
  if (!script.later) return void (await script.run(run))
  try {
    await script.later({ ...run, standing: standingOf(exchange.caller) })
  } catch (error) {
    exchange.log.warn('a queued run of a script is not kept', { event: exchange.event, error })
    await script.later({ ...run, standing: undefined })
  }
}

/** What runs after the answer is ended by the script's own limits alone. */
const NEVER = new AbortController().signal

/** Opens the script with its first run, and closes it when nobody wants it any more. */
const openedOnce = (definition: EventScript, { load, host, log }: EventScriptsOptions) => {
  const { name, type } = definition
  let opening: Promise<Script> | undefined
  let running = 0
  let released: (() => void) | undefined
  const open = async (): Promise<Script> => {
    const lent = host()
    if (!lent) throw new Error('the gateway has not started yet')
    const { engine } = await load(type)
    if (!engine) throw new Error(`'${type}' is no language for scripts`)
    return engine.open(definition, lent)
  }
  const close = async () => void (await (await opening)?.close())
  return {
    async using<T>(work: (script: Script) => Promise<T>): Promise<T> {
      opening ??= open()
      running++
      try {
        const script = await opening.catch((error: unknown) => {
          opening = undefined
          log.error('an event script can not be run', { script: name, error })
          throw unusable(name, error)
        })
        return await work(script)
      } finally {
        if (--running === 0) released?.()
      }
    },
    async resume() {
      try {
        opening ??= open()
        const script = await opening
        script.resume?.()
      } catch (error) {
        opening = undefined
        log.error('an event script can not be run', { script: name, error })
      }
    },
    async release(patience?: number) {
      if (running > 0) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          released = resolve
          if (patience !== undefined) timer = setTimeout(resolve, patience)
        })
        clearTimeout(timer)
      }
      await close().catch((error: unknown) => log.error('an event script could not be closed', { script: name, error }))
    },
  }
}

/** A call that a script should have looked at is not let through without it. */
const unusable = (name: string, error: unknown): GwError =>
  new GwError(
    'unavailable',
    `The script on the event '${name}' can not be run, so that the call was not made. An administrator finds the reason in the log.`,
    { cause: error },
  )
