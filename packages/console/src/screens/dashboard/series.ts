/** Buckets of services as lines over every minute of a time span. */
import type { Activity, Counted, Minute, ServiceActivity } from '../../api/operations.ts'

const MINUTE = 60_000

/** The beginning of every minute of the span, in seconds since 1970. */
export const minutesOf = ({ until, minutes }: Activity): readonly number[] => {
  const last = Math.floor(Date.parse(until) / MINUTE)
  return Array.from({ length: minutes }, (_, at) => (last - minutes + 1 + at) * 60)
}

const byMinute = ({ buckets }: ServiceActivity): ReadonlyMap<number, Minute> =>
  new Map(buckets.map((one) => [Math.floor(Date.parse(one.time) / MINUTE) * 60, one]))

type CountName = 'requests' | 'errors_4xx' | 'errors_5xx' | 'limited'
type LatencyName = 'p50_ms' | 'p95_ms' | 'p99_ms'

/** The sum over the services, 0 in minutes without a call. */
export const countsOf = (
  services: readonly ServiceActivity[],
  times: readonly number[],
  name: CountName,
): readonly number[] => {
  const found = services.map(byMinute)
  return times.map((time) => found.reduce((sum, buckets) => sum + (buckets.get(time)?.[name] ?? 0), 0))
}

/** `null` in minutes without a call: there is no latency then. */
export const latencyOf = (
  service: ServiceActivity,
  times: readonly number[],
  name: LatencyName,
): readonly (number | null)[] => {
  const found = byMinute(service)
  return times.map((time) => found.get(time)?.[name] ?? null)
}

export const totalOf = (services: readonly Counted[], name: CountName): number =>
  services.reduce((sum, one) => sum + one[name], 0)
