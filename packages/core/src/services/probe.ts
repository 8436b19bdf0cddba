/** Trying a service out: a generation that is started, asked for its health and stopped, and of which nothing stays. */
import { setTimeout as sleep } from 'node:timers/promises'
import { GwError, type Host, type Logger, type ServiceType } from '../contract.ts'
import { until } from '../settle.ts'
import { createMemoryState } from '../state/index.ts'
import { isGoverned } from './governed.ts'
import { type Instance, startInstance, validateConfig } from './instance.ts'
import type { Origin } from './origin.ts'
import { reasonsOf } from './reconcile.ts'

/** How long its start and its health may take together, in ms. */
const PATIENCE = 10_000
/** How long an answer waits for it to stop, and how long it counts as running at most, in ms. */
const STOPPING = 2_000
const GIVEN_UP = 60_000
/** At the same time on one node. */
const MOST = 4

export interface ProbeOptions {
  /** What a service of that name is lent. */
  host(service: string): Host
  /** ms */
  readonly startTimeout: number
  readonly log: Logger
  /** The same for what a service may write any number of. */
  strays(service: string): Logger
}

/** @returns ms that the source took for its health. @throws GwError what is wrong, fit for a caller */
export type Probe = (type: ServiceType, name: string, config: unknown, signal: AbortSignal) => Promise<number>

const late = () => new GwError('unavailable', `It did not answer within ${PATIENCE / 1_000} seconds.`)

/** It goes out and is logged as any service; what it keeps and what it tells others goes nowhere. */
const lent = (host: Host): Host => ({ ...host, state: createMemoryState()(host.service), emit: () => {} })

const measured = async ({ service }: Instance, signal: AbortSignal): Promise<number> => {
  const began = performance.now()
  await service.health?.(signal)
  return performance.now() - began
}

export const createProbe = ({ host, startTimeout, log, strays }: ProbeOptions): Probe => {
  let running = 0

  const tried = async (type: ServiceType, name: string, config: unknown, signal: AbortSignal): Promise<number> => {
    const definition = { name, type: type.name, active: true, config: {}, source: 'a trial' }
    const { promise: fault, reject } = Promise.withResolvers<never>()
    fault.catch(() => undefined)
    const origin: Origin = {
      service: name,
      failed(what, error) {
        reject(new GwError('unavailable', `Its connector ${what}.`, { cause: error }))
        strays(name).warn('a service that was tried out failed outside of any call', { service: name, error })
      },
    }
    const context = { host: () => lent(host(name)), startTimeout: Math.min(startTimeout, PATIENCE) }
    const starting = startInstance(definition, type, config, context, { origin, fault })
    let end = () => {}
    const over = new Promise<void>((resolve) => {
      end = resolve
    })
    // Also one that has started too late.
    const stopped = starting.then(
      (instance) => over.then(() => instance.retire(0)),
      () => undefined,
    )
    // What does not stop is counted for a while longer, and then not for ever.
    void Promise.race([stopped.catch(() => undefined), sleep(GIVEN_UP, undefined, { ref: false })]).then(() => {
      running--
    })
    try {
      const instance = await until(starting, signal)
      return await until(Promise.race([measured(instance, signal), fault]), signal)
    } finally {
      end()
      await Promise.race([
        stopped.catch((error: unknown) => log.warn('a service that was tried out did not stop cleanly', { error })),
        sleep(STOPPING, undefined, { ref: false }),
      ])
    }
  }

  return async (type, name, config, signal) => {
    if (isGoverned(type))
      throw new GwError('not_supported', `'${type.name}' is the gateway's own, and can not be tried out.`)
    const valid = await validateConfig(type, config)
    if (running >= MOST)
      throw new GwError('unavailable', `${MOST} services are being tried out already. Try again in a moment.`)
    running++
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(late()), PATIENCE)
    try {
      return await tried(type, name, valid, AbortSignal.any([signal, timeout.signal]))
    } catch (error) {
      const { reason, detail } = reasonsOf(error)
      log.warn('a service that was tried out does not work', { service: name, type: type.name, reason: detail })
      throw GwError.is(error) ? error : new GwError('unavailable', reason, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }
}
