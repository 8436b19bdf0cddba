/**
 * Brings the running services to the wanted set: a changed service starts beside the running one, swaps in, and the
 * old one drains and stops. A failed start keeps the old; one service's failure is its own. Unchanged ones stay.
 */
import { createHash } from 'node:crypto'
import { GwError, type Logger, type ServiceType } from '../contract.ts'
import type { Governance, ServiceDefinition } from '../governance.ts'
import { type Instance, type InstanceContext, startInstance, validateConfig } from './instance.ts'

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
  readonly log: Logger
  /** ms that the calls of a replaced instance have to end. */
  readonly drainTimeout: number
}

export interface Reconciler {
  readonly slots: ReadonlyMap<string, Slot>
  /** One run at a time; a call during a run waits and then runs once more. */
  reconcile(): Promise<ReloadReport>
  stop(): Promise<void>
}

const FIRST_RETRY = 1_000
const LAST_RETRY = 60_000

const fingerprintOf = (definition: ServiceDefinition, config: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([definition.type, definition.label, definition.description, definition.active, config]))
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
    slot.retry = setTimeout(() => {
      if (slots.get(slot.definition.name.toLowerCase()) === slot) void bring(slot, slot.definition, true)
    }, delay)
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
    clearTimeout(slot.retry)
    let resolved: Readonly<Record<string, unknown>>
    try {
      resolved = await governance.resolveSecrets(definition.config, definition)
    } catch (error) {
      slot.definition = definition
      slot.fingerprint = ''
      return fail(slot, error, false)
    }
    const fingerprint = fingerprintOf(definition, resolved)
    if (!force && fingerprint === slot.fingerprint && slot.state !== 'down') return { kind: 'unchanged' }
    slot.definition = definition
    slot.fingerprint = fingerprint
    if (!definition.active) return deactivate(slot)
    if (!slot.instance) settle(slot, 'starting')
    let retry = false
    try {
      const type = await types.load(definition.type)
      const config = await validateConfig(type, resolved)
      retry = true
      const fresh = await startInstance(definition, type, config, context)
      return swap(slot, fresh, fingerprint)
    } catch (error) {
      if (slot.fingerprint !== fingerprint) return STARTED
      return fail(slot, error, retry)
    }
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
  const retire = (instance: Instance) => {
    const done = instance
      .retire(options.drainTimeout)
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
