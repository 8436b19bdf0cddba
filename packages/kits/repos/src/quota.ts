/** What a host says of its rate limit: no call is made that it would refuse, and callers see how much is left. */
import { GwError } from '@gw/core'

export interface Quota {
  readonly limit: number
  readonly remaining: number
  /** When it begins anew, in seconds since 1970 by the host's clock. */
  readonly reset: number
}

/** GitHub and Bitbucket write the names with `x-`, GitLab without. */
const numberIn = (headers: Headers, name: string): number | undefined => {
  const text = headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`)
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

const quotaIn = (headers: Headers): Quota | undefined => {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => numberIn(headers, name))
  return limit === undefined || remaining === undefined || reset === undefined ? undefined : { limit, remaining, reset }
}

/** ms for a host that refuses and does not say how long: GitHub asks for a minute. */
const UNSAID = 60_000
/** ms that no host is believed beyond: its clock, or its answer, may be wrong. */
const LONGEST = 3_600_000

/** ms until the quota begins anew, by the host's own clock where it tells the time. */
const untilReset = ({ reset }: Quota, headers: Headers, now: number): number => {
  const date = Date.parse(headers.get('date') ?? '')
  return reset * 1_000 - (Number.isNaN(date) ? now : date)
}

const retryAfter = (headers: Headers, now: number): number | undefined => {
  const text = headers.get('retry-after')
  if (text === null) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : date - now
}

/**
 * How long the host is to be left alone after an answer, in ms: `undefined` where it may be called. `refused`: this
 * very answer was a refusal for the limit's sake, and no denial.
 */
const pauseAfter = (
  { status, headers }: Response,
  quota: Quota | undefined,
  now: number,
): { readonly pause: number; readonly refused: boolean } | undefined => {
  const isRefusal = status === 429 || status === 403
  const usedUp = quota?.remaining === 0 ? Math.max(untilReset(quota, headers, now), 0) : undefined
  const asked = isRefusal ? retryAfter(headers, now) : undefined
  const pause = asked ?? usedUp ?? (status === 429 ? UNSAID : undefined)
  return pause === undefined ? undefined : { pause: Math.min(Math.max(pause, 1_000), LONGEST), refused: isRefusal }
}

const limited = (pause: number, status: number): GwError => {
  const seconds = Math.ceil(pause / 1_000)
  return new GwError(
    'rate_limited',
    `The host takes no more calls of this service for now: its rate limit is used up. Try again in ${seconds} seconds.`,
    { headers: { 'retry-after': String(seconds) }, ...(status !== 429 && { wire: { status } }) },
  )
}

export interface QuotaKeeper {
  /** @throws GwError `rate_limited` while the host is to be left alone */
  admit(): void
  /** Learns from an answer. @throws GwError `rate_limited` where it was refused for the limit's sake */
  learn(response: Response): void
  /** To be shown to callers. */
  headers(): Readonly<Record<string, string>>
}

/** @param now ms since 1970 */
export const keepQuota = (now: () => number = Date.now): QuotaKeeper => {
  let known: Quota | undefined
  let until = 0
  return {
    admit() {
      const pause = until - now()
      if (pause > 0) throw limited(pause, 429)
    },
    learn(response) {
      const at = now()
      const quota = quotaIn(response.headers)
      known = quota ?? known
      const found = pauseAfter(response, quota, at)
      if (found) until = Math.max(until, at + found.pause)
      if (found?.refused) throw limited(found.pause, response.status)
    },
    headers: () =>
      known
        ? {
            'x-source-ratelimit-limit': String(known.limit),
            'x-source-ratelimit-remaining': String(known.remaining),
            'x-source-ratelimit-reset': String(known.reset),
          }
        : {},
  }
}
