/**
 * `system/event_script` at work: each stored script that is switched on is a link of the chain that events hang on
 * (the wire contract's platform part, §11). Its name says where: `db._table.customers.get.pre_process`.
 */
import { GwError, type Host, type Logger, type Script, type ScriptEvent, type ServiceType } from '@gw/core'
import type { Exchange, Interceptor } from '@gw/core/governance'
import type { Row } from '@gw/records'
import { eventAfter, eventBefore, type Ran, runOf, takeRequest, takeResponse } from './exchange.ts'

export interface EventScriptsOptions {
  /** Those that are switched on; the same list until one changes. */
  rows(): readonly Row[]
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
  readonly row: string
  readonly link: Interceptor
  /** Ends its processes when its last run is over, or after `patience` ms. */
  release(patience?: number): Promise<void>
}

export const eventScripts = (options: EventScriptsOptions): EventScripts => {
  let from: readonly Row[] | undefined
  let links: readonly Interceptor[] = []
  let held = new Map<string, Held>()

  const take = (rows: readonly Row[]) => {
    const before = held
    held = new Map(
      rows.map((row) => {
        const name = String(row.name)
        const known = before.get(name)
        const text = JSON.stringify(row)
        return [name, known?.row === text ? known : heldOf(row, text, options)]
      }),
    )
    for (const [name, one] of before) if (held.get(name) !== one) void one.release()
    links = [...held.values()].map(({ link }) => link)
  }
  return {
    interceptors() {
      const rows = options.rows()
      if (rows !== from) {
        from = rows
        take(rows)
      }
      return links
    },
    forget(name) {
      const one = held.get(name)
      if (one) {
        held.delete(name)
        from = undefined
        void one.release()
      }
      return options.rows().some((row) => row.name === name)
    },
    async stop() {
      await Promise.all([...held.values()].map(({ release }) => release(STOP_PATIENCE)))
      held = new Map()
    },
  }
}

const heldOf = (row: Row, text: string, options: EventScriptsOptions): Held => {
  const { event, stage } = placeOf(String(row.name))
  const opened = openedOnce(row, options)
  const changes = row.allow_event_modification === true
  const config = (row.config ?? {}) as Ran['config']
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
      after: async (exchange) => void (await run(exchange, eventAfter(exchange), NEVER)),
    },
  }
  return {
    row: text,
    link: { matches: (...names) => names.includes(event), ...stages[stage] },
    release: opened.release,
  }
}

/** What runs after the answer is ended by the script's own limits alone. */
const NEVER = new AbortController().signal

/** Opens the script with its first run, and closes it when nobody wants it any more. */
const openedOnce = (row: Row, { load, host, log }: EventScriptsOptions) => {
  const name = String(row.name)
  let opening: Promise<Script> | undefined
  let running = 0
  let released: (() => void) | undefined
  const open = async (): Promise<Script> => {
    const lent = host()
    if (!lent) throw new Error('the gateway has not started yet')
    const { engine } = await load(String(row.type))
    if (!engine) throw new Error(`'${row.type}' is no language for scripts`)
    return engine.open({ ...row, name } as Parameters<typeof engine.open>[0], lent)
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
