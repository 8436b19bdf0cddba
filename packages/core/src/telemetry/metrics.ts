/**
 * Counts and times of calls for Prometheus, by prom-client, which is imported only where they are wanted. Labels are
 * what the gateway itself is made of, services and their endpoints, and never what a caller writes: their number is
 * bounded by what is configured.
 */
import type { Endpoint } from '../contract.ts'
import type { Slot } from '../services/reconcile.ts'

/** An answered call, as far as metrics look at it. */
export interface Answered {
  /** Absent where the path led to no service. */
  readonly service: string | undefined
  /** Absent where it led to no endpoint. */
  readonly endpoint: Endpoint | undefined
  readonly method: string
  readonly status: number
  /** ms */
  readonly duration: number
}

export interface Metrics {
  record(call: Answered): void
  /** In Prometheus' text format. */
  text(): Promise<string>
  readonly contentType: string
}

/** Seconds: from what a read by key takes to where calls are ended. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What stands for services and endpoints that there are not. */
const NONE = 'none'

/** @param slots what runs */
export const createMetrics = async (slots: ReadonlyMap<string, Slot>): Promise<Metrics> => {
  const { collectDefaultMetrics, Gauge, Histogram, Registry } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'gw_request_duration_seconds',
    help: 'Time from a request to its answer, or to the beginning of one that is a stream.',
    labelNames: ['service', 'endpoint', 'method', 'status'] as const,
    buckets: BUCKETS,
    registers: [registry],
  })
  new Gauge({
    name: 'gw_calls_in_flight',
    help: 'Calls under way.',
    labelNames: ['service'] as const,
    registers: [registry],
    collect() {
      this.reset()
      for (const [service, { instance }] of slots) this.set({ service }, instance?.calls.size ?? 0)
    },
  })
  new Gauge({
    name: 'gw_service_up',
    help: 'Whether a service takes calls: 1, or 0 where it starts, is down or switched off.',
    labelNames: ['service', 'type', 'state'] as const,
    registers: [registry],
    collect() {
      this.reset()
      for (const [service, { definition, state }] of slots)
        this.set({ service, type: definition.type, state }, state === 'serving' || state === 'degraded' ? 1 : 0)
    },
  })
  return {
    record({ service, endpoint, method, status, duration }) {
      const known = service !== undefined && slots.has(service)
      durations.observe(
        {
          service: known ? service : NONE,
          endpoint: endpoint?.path ?? NONE,
          method,
          status: String(status),
        },
        duration / 1_000,
      )
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
