/**
 * How much was asked of each service lately, in this node's memory: a day in minutes, of numbers alone. What a call
 * adds is a few additions in arrays that are there already; memory is taken an hour of a service at a time, and no more
 * than a day of so many services.
 */
import type { Endpoint } from '../contract.ts'

/** Of one service in a time. */
export interface Counted {
  readonly requests: number
  /** Answered 400 to 499, those beyond a limit included. */
  readonly clientErrors: number
  readonly serverErrors: number
  /** Refused because of a limit: 429. */
  readonly limited: number
  /** Durations in ms that half, 95 % and 99 % of the calls do not exceed, as exact as the bins are; absent without calls. */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
}

export interface CountedMinute extends Counted {
  /** Its beginning, in ms since 1970. */
  readonly time: number
}

export interface ServiceActivity extends Counted {
  /** `undefined`: calls that led to no service, or to one beyond those that are counted apart. */
  readonly service: string | undefined
  /** Minutes with calls, in order. */
  readonly minutes: readonly CountedMinute[]
}

/** A call that took long. Its path is the endpoint's, without anything of a caller's. */
export interface SlowCall {
  readonly time: number
  readonly service: string
  readonly method: string
  readonly path: string
  readonly status: number
  /** ms */
  readonly duration: number
}

export interface Activity {
  /**
   * Arguments instead of an object: this is on every request's path, and makes nothing.
   * @param duration ms
   */
  record(
    service: string | undefined,
    endpoint: Pick<Endpoint, 'path'> | undefined,
    method: string,
    status: number,
    duration: number,
  ): void
  /** Stops the clock. */
  close(): void
  /** @param minutes how far to look back: the current one, and those before it */
  read(minutes: number): { readonly services: readonly ServiceActivity[]; readonly slowest: readonly SlowCall[] }
}

export interface ActivityOptions {
  /** Whether there is such a service: names that callers make up are not counted apart. */
  known(service: string): boolean
}

const MINUTE = 60_000
const HOUR = 60
/** How often the clock is looked at, in ms: asking it makes a number, one for the collector with every call. */
const TICK = 1_000
const minuteNow = (): number => Math.floor(Date.now() / MINUTE)
/** A day, and the hour that is under way. */
const HOURS = 25
/** Minutes. */
const DAY = 1_440
/** Services that are counted apart. */
const MOST = 256

/** Upper bounds of durations in ms: each a bit more than half as large again as the one before. The last has none. */
const STEP = 1.6
const FIRST = 0.25
const BOUNDS = Array.from({ length: 27 }, (_, at) => FIRST * STEP ** at)
const BINS = BOUNDS.length + 1
const PER_STEP = 1 / Math.log(STEP)

const [REQUESTS, CLIENT, SERVER, LIMITED, HISTOGRAM] = [0, 1, 2, 3, 4] as const
const WIDTH = HISTOGRAM + BINS

const binOf = (duration: number): number =>
  duration <= FIRST ? 0 : Math.min(Math.ceil(Math.log(duration / FIRST) * PER_STEP), BINS - 1)

/** An hour's minutes of one service. */
class Hour {
  /** Hours since 1970. */
  hour: number
  readonly counts = new Uint32Array(HOUR * WIDTH)
  constructor(hour: number) {
    this.hour = hour
  }
}

type Day = (Hour | undefined)[]

/** The duration below which a share of the calls lies, between the bounds of its bin. */
const quantile = (sums: Float64Array, share: number): number => {
  const wanted = sums[REQUESTS]! * share
  let before = 0
  for (let bin = 0; bin < BINS; bin++) {
    const count = sums[HISTOGRAM + bin]!
    if (before + count >= wanted && count > 0) {
      const low = bin === 0 ? 0 : BOUNDS[bin - 1]!
      const high = BOUNDS[bin] ?? low
      return Math.round((low + ((high - low) * (wanted - before)) / count) * 100) / 100
    }
    before += count
  }
  return 0
}

const countedIn = (sums: Float64Array): Counted => ({
  requests: sums[REQUESTS]!,
  clientErrors: sums[CLIENT]!,
  serverErrors: sums[SERVER]!,
  limited: sums[LIMITED]!,
  ...(sums[REQUESTS]! > 0 && { p50: quantile(sums, 0.5), p95: quantile(sums, 0.95), p99: quantile(sums, 0.99) }),
})

/** Minutes of a day from `first` to `last`, numbered since 1970. */
const activityOf = (service: string | undefined, day: Day, first: number, last: number): ServiceActivity => {
  const whole = new Float64Array(WIDTH)
  const minutes: CountedMinute[] = []
  for (let minute = first; minute <= last; minute++) {
    const hour = Math.floor(minute / HOUR)
    const held = day[hour % HOURS]
    if (held?.hour !== hour) continue
    const from = (minute % HOUR) * WIDTH
    const counts = Float64Array.from(held.counts.subarray(from, from + WIDTH))
    if (counts[REQUESTS] === 0) continue
    for (let at = 0; at < WIDTH; at++) whole[at]! += counts[at]!
    minutes.push({ time: minute * MINUTE, ...countedIn(counts) })
  }
  return { service, ...countedIn(whole), minutes }
}

/** The slowest calls of the last hour; a call that is not among them costs one comparison. */
const slowCalls = () => {
  const KEPT = 50
  let calls: SlowCall[] = []
  /** What a call has to exceed. */
  let floor = 0
  const settle = (after: number) => {
    calls = calls
      .filter(({ time }) => time > after)
      .sort((a, b) => b.duration - a.duration)
      .slice(0, KEPT)
    floor = calls.length === KEPT ? calls[KEPT - 1]!.duration : 0
  }
  return {
    isSlow: (duration: number) => duration > floor,
    add(call: SlowCall) {
      calls.push(call)
      settle(call.time - HOUR * MINUTE)
    },
    settle,
    since: (after: number) => calls.filter(({ time }) => time > after),
  }
}

/** Takes memory with the first call of a service in an hour. */
export const createActivity = ({ known }: ActivityOptions): Activity => {
  const days = new Map<string, Day>()
  const others: Day = []
  const slow = slowCalls()
  let minute = minuteNow()

  const dayOf = (service: string | undefined): Day => {
    if (service === undefined) return others
    const day = days.get(service)
    if (day) return day
    if (days.size >= MOST || !known(service)) return others
    const made: Day = []
    days.set(service, made)
    return made
  }
  const hourIn = (day: Day, hour: number): Hour => {
    const held = day[hour % HOURS]
    if (held?.hour === hour) return held
    if (!held) {
      const made = new Hour(hour)
      day[hour % HOURS] = made
      return made
    }
    held.hour = hour
    held.counts.fill(0)
    return held
  }
  /** Services that are gone make room, and slow calls of long ago for those of today. */
  const tidy = () => {
    slow.settle((minute - HOUR) * MINUTE)
    const oldest = Math.floor(minute / HOUR) - HOURS
    for (const [service, day] of days)
      if (!known(service) && !day.some((held) => held && held.hour > oldest)) days.delete(service)
  }

  const clock = setInterval(() => {
    const now = minuteNow()
    if (now === minute) return
    minute = now
    tidy()
  }, TICK).unref()

  return {
    record(service, endpoint, method, status, duration) {
      const { counts } = hourIn(dayOf(service), Math.floor(minute / HOUR))
      const from = (minute % HOUR) * WIDTH
      counts[from + REQUESTS]!++
      if (status >= 500) counts[from + SERVER]!++
      else if (status >= 400) counts[from + CLIENT]!++
      if (status === 429) counts[from + LIMITED]!++
      counts[from + HISTOGRAM + binOf(duration)]!++
      if (endpoint && service !== undefined && slow.isSlow(duration))
        slow.add({
          time: Date.now(),
          service,
          method,
          path: endpoint.path,
          status,
          duration: Math.round(duration * 10) / 10,
        })
    },
    read(minutes) {
      const last = minuteNow()
      const first = last - Math.min(Math.max(minutes, 1), DAY) + 1
      const all: readonly (readonly [string | undefined, Day])[] = [...days, [undefined, others]]
      return {
        services: all
          .map(([service, day]) => activityOf(service, day, first, last))
          .filter(({ requests }) => requests > 0),
        slowest: slow.since(first * MINUTE - 1),
      }
    },
    close: () => clearInterval(clock),
  }
}
