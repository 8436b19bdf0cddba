/**
 * Brings the running services to the wanted set: a changed service starts beside the running one, swaps in, and the
 * old one drains and stops. A failed start keeps the old; one service's failure is its own. Unchanged ones stay.
 */
import { createHash } from 'node:crypto'
import { GwError, type Logger, type ServiceType } from '../contract.ts'
import type { Governance, ServiceDefinition } from '../governance.ts'
import { isGoverned } from './governed.ts'
import { type Instance, type InstanceContext, type Running, startInstance, validateConfig } from './instance.ts'
import { runAs } from './origin.ts'
import { createQuarantine, type Quarantine } from './quarantine.ts'

export type ServiceState = 'starting' | 'serving' | 'degraded' | 'down' | 'inactive'

export interface ServiceStatus {
  readonly name: string
  readonly type: string
  readonly state: ServiceState
  /** Readable, and fit for a caller: no hosts, paths or secrets. */
  readonly reason?: string | undefined
  /** For the operator (`gw doctor`, the log): may name what the client must not see. */
  readonly detail?: string | undefined
  readonly since: string
}

/** One name's place in the gateway; survives its instances. */
export interface Slot {
  definition: ServiceDefinition
  state: ServiceState
  reason: string | undefined
  detail: string | undefined
  since: string
  instance: Instance | undefined
  /** Of the configuration that is running or was last tried. */
  fingerprint: string
  attempts: number
  retry: NodeJS.Timeout | undefined
  readonly quarantine: Quarantine
}

export interface ReloadReport {
  readonly started: readonly string[]
  readonly unchanged: readonly string[]
  readonly removed: readonly string[]
  readonly failed: readonly { readonly name: string; readonly reason: string }[]
}

type Outcome = { readonly kind: 'started' | 'unchanged' } | { readonly kind: 'failed'; readonly reason: string }
const STARTED: Outcome = { kind: 'started' }

export interface ReconcilerOptions {
  readonly governance: Governance
  readonly types: { load(name: string): Promise<ServiceType> }
  readonly context: InstanceContext
  /** The type of a service that runs in a process of its own. */
  isolated(definition: ServiceDefinition): ServiceType
  readonly log: Logger
  /** The same for what a service may write any number of. */
  bounded(log: Logger, service: string): Logger
  /** ms that the calls of a replaced instance have to end. */
  readonly drainTimeout: number
}

export interface Reconciler {
  readonly slots: ReadonlyMap<string, Slot>
  /** One run at a time; a call during a run waits and then runs once more. */
  reconcile(): Promise<ReloadReport>
  /**
   * Takes what runs of a service out of it, and tries again after a while.
   * @param what happened, as a part of a sentence: `threw an error outside of any call`
   */
  quarantine(service: string, what: string, error: unknown): void
  stop(): Promise<void>
}

const FIRST_RETRY = 1_000
const LAST_RETRY = 60_000
/** ms */
const PROCESS_START = 20_000

const fingerprintOf = (definition: ServiceDefinition, config: unknown): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        definition.type,
        definition.label,
        definition.description,
        definition.active,
        definition.isolation,
        config,
      ]),
    )
    .digest('base64')

/** What may be said to a caller, and what to the operator. */
export const reasonsOf = (error: unknown): { reason: string; detail: string } => {
  const detail = error instanceof Error ? error.message : String(error)
  if (!GwError.is(error)) return { reason: 'Its connector failed to start. The gateway log has the details.', detail }
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return { reason: error.message, detail: `${error.message}${cause}` }
}

export const createReconciler = (options: ReconcilerOptions): Reconciler => {
  const { governance, types, context, log } = options
  const slots = new Map<string, Slot>()
  let queue: Promise<unknown> = Promise.resolve()
  let stopped = false

  const settle = (slot: Slot, state: ServiceState, reason?: string, detail?: string) => {
    if (slot.state !== state) slot.since = new Date().toISOString()
    Object.assign(slot, { state, reason, detail })
  }

  const scheduleRetry = (slot: Slot) => {
    if (stopped) return
    const delay = Math.min(FIRST_RETRY * 2 ** slot.attempts++, LAST_RETRY) * (0.8 + Math.random() * 0.4)
    slot.retry = setTimeout(() => again(slot), delay)
    slot.retry.unref()
  }

  const fail = (slot: Slot, error: unknown, retry: boolean): Outcome => {
    const { reason, detail } = reasonsOf(error)
    const kept = slot.instance !== undefined
    settle(slot, kept ? 'degraded' : 'down', reason, detail)
    log.error(kept ? 'service keeps its previous configuration' : 'service is down', {
      service: slot.definition.name,
      reason: detail,
      error,
    })
    if (retry) scheduleRetry(slot)
    return { kind: 'failed', reason }
  }

  /** Starts what `definition` asks for in `slot`; the outcome of an attempt that was overtaken counts for nothing. */
  const bring = async (slot: Slot, definition: ServiceDefinition, force = false): Promise<Outcome> => {
    let resolved: Readonly<Record<string, unknown>>
    try {
      resolved = await governance.resolveSecrets(definition.config, definition)
    } catch (error) {
      clearTimeout(slot.retry)
      slot.definition = definition
      slot.fingerprint = ''
      return fail(slot, error, false)
    }
    const fingerprint = fingerprintOf(definition, resolved)
    // What is kept away is not brought back because something else has changed.
    const settled = slot.state !== 'down' || slot.quarantine.holds
    if (!force && fingerprint === slot.fingerprint && settled) return { kind: 'unchanged' }
    clearTimeout(slot.retry)
    slot.definition = definition
    slot.fingerprint = fingerprint
    if (!definition.active) return deactivate(slot)
    if (!slot.instance) settle(slot, 'starting')
    slot.quarantine.end()
    let retry = false
    const running = attempt(slot)
    try {
      const type = definition.isolation
        ? options.isolated(definition)
        : await runAs(running.origin, () => types.load(definition.type))
      const own = isGoverned(type) ? undefined : running
      const config = await runAs(own?.origin, () => validateConfig(type, resolved))
      retry = true
      const fresh = await startInstance(definition, type, config, timedFor(definition), own)
      return swap(slot, fresh, fingerprint)
    } catch (error) {
      if (slot.fingerprint !== fingerprint) return STARTED
      return fail(slot, error, retry)
    }
  }

  /** A process is begun, and imports what it runs, before anything of the service itself starts. */
  const timedFor = ({ isolation }: ServiceDefinition): InstanceContext =>
    isolation ? { ...context, startTimeout: context.startTimeout + PROCESS_START } : context

  /** Until it serves, what its code does by itself fails the attempt; then, it is quarantined; and after that, told. */
  const attempt = (slot: Slot): Running => {
    const service = slot.definition.name
    const strays = options.bounded(log, service)
    const { promise: fault, reject } = Promise.withResolvers<never>()
    fault.catch(() => undefined)
    const origin = {
      service,
      failed(what: string, error: unknown) {
        if (slot.instance?.origin === origin) return seclude(slot, slot.instance, what, error)
        reject(new GwError('unavailable', `Its connector ${what} while it started.`, { cause: error }))
        strays.warn('a connector failed outside of any call while it does not serve', { service, what, error })
      },
    }
    return { origin, fault }
  }

  const seclude = (slot: Slot, instance: Instance, what: string, error: unknown): void => {
    clearTimeout(slot.retry)
    slot.instance = undefined
    const delay = slot.quarantine.begin()
    const seconds = Math.ceil(delay / 1_000)
    const reason = `It is quarantined, because its connector ${what}. It is started again after ${seconds} s; the gateway log has the details.`
    settle(slot, 'down', reason, `${reason} (${error instanceof Error ? error.message : String(error)})`)
    log.error('service is quarantined', { service: slot.definition.name, reason, error })
    retire(instance, 0, new GwError('unavailable', `Service '${slot.definition.name}' is down. ${reason}`))
    if (!stopped) slot.retry = setTimeout(() => again(slot), delay).unref()
  }

  const again = (slot: Slot) => {
    if (slots.get(slot.definition.name.toLowerCase()) === slot) void bring(slot, slot.definition, true)
  }

  const deactivate = (slot: Slot): Outcome => {
    const old = slot.instance
    slot.instance = undefined
    settle(slot, 'inactive')
    if (old) retire(old)
    return STARTED
  }

  const swap = (slot: Slot, fresh: Instance, fingerprint: string): Outcome => {
    const current =
      slots.get(fresh.definition.name.toLowerCase()) === slot && slot.fingerprint === fingerprint && !stopped
    if (!current) {
      retire(fresh)
      return STARTED
    }
    const old = slot.instance
    slot.instance = fresh
    slot.attempts = 0
    settle(slot, 'serving')
    log.info('service is serving', { service: fresh.definition.name, type: fresh.type.name })
    if (old) retire(old)
    return STARTED
  }

  const retiring = new Set<Promise<void>>()
  const retire = (instance: Instance, grace = options.drainTimeout, reason?: GwError) => {
    const done = instance
      .retire(grace, reason)
      .catch((error: unknown) =>
        log.warn('a service did not stop cleanly', { service: instance.definition.name, error }),
      )
      .finally(() => retiring.delete(done))
    retiring.add(done)
  }

  const remove = (name: string, slot: Slot) => {
    clearTimeout(slot.retry)
    slots.delete(name)
    if (slot.instance) retire(slot.instance)
    slot.instance = undefined
    log.info('service is removed', { service: name })
  }

  const run = async (): Promise<ReloadReport> => {
    const wanted = await governance.services()
    const names = new Set(wanted.map((definition) => definition.name.toLowerCase()))
    const removed = [...slots.keys()].filter((name) => !names.has(name))
    for (const name of removed) remove(name, slots.get(name)!)
    const outcomes = await Promise.all(
      wanted.map(async (definition) => {
        const name = definition.name.toLowerCase()
        let slot = slots.get(name)
        if (!slot) {
          slot = emptySlot(definition)
          slots.set(name, slot)
        }
        return { name, outcome: await bring(slot, definition) }
      }),
    )
    const named = (kind: Outcome['kind']) =>
      outcomes.filter(({ outcome }) => outcome.kind === kind).map(({ name }) => name)
    return {
      started: named('started'),
      unchanged: named('unchanged'),
      removed,
      failed: outcomes.flatMap(({ name, outcome }) =>
        outcome.kind === 'failed' ? [{ name, reason: outcome.reason }] : [],
      ),
    }
  }

  return {
    slots,
    reconcile() {
      const next = queue.then(run, run)
      queue = next.catch(() => undefined)
      return next
    },
    quarantine(service, what, error) {
      const slot = slots.get(service.toLowerCase())
      if (slot?.instance) seclude(slot, slot.instance, what, error)
    },
    async stop() {
      stopped = true
      for (const slot of slots.values()) {
        clearTimeout(slot.retry)
        if (slot.instance) retire(slot.instance)
        slot.instance = undefined
        settle(slot, 'down', 'The gateway is stopping.')
      }
      await Promise.all(retiring)
    },
  }
}

const emptySlot = (definition: ServiceDefinition): Slot => ({
  definition,
  state: 'starting',
  reason: undefined,
  detail: undefined,
  since: new Date().toISOString(),
  instance: undefined,
  fingerprint: '',
  attempts: 0,
  retry: undefined,
  quarantine: createQuarantine(),
})

/** A slot as operators see it. */
export const statusOf = (slot: Slot): ServiceStatus => ({
  name: slot.definition.name,
  type: slot.definition.type,
  state: slot.state,
  reason: slot.reason,
  detail: slot.detail,
  since: slot.since,
})
