/** Counts a call for every limit that it is about, and refuses it where one is used up (platform.md §6). */
import { after, GwError } from '@gw/core'
import type { Limiter } from '@gw/core/governance'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Count, Counters } from './counters.ts'
import { type Applying, type Matcher, matcherOf } from './matcher.ts'

interface Counted extends Pick<Applying, 'limit'>, Count {}

const exceeds = ({ limit, calls }: Counted): boolean => calls > limit.rate
const leftOf = ({ limit, calls }: Counted): number => Math.max(0, limit.rate - calls)

const headersOf = (one: Counted): Readonly<Record<string, string>> => ({
  'x-ratelimit-limit': String(one.limit.rate),
  'x-ratelimit-remaining': String(leftOf(one)),
  'x-ratelimit-reset': String(Math.ceil((Date.now() + one.left) / 1_000)),
})

const refusal = (exceeded: readonly Counted[]): GwError => {
  const longest = exceeded.reduce((a, b) => (b.left > a.left ? b : a))
  const names = exceeded.map(({ limit }) => `'${limit.name}'`).join(', ')
  const seconds = Math.max(1, Math.ceil(longest.left / 1_000))
  return new GwError('rate_limited', `API limit(s) exceeded: ${names}. Try again in ${seconds} seconds.`, {
    details: exceeded.map(({ limit, left }) => ({
      id: limit.id,
      name: limit.name,
      key: limit.key,
      max: limit.rate,
      retry_after: Math.max(1, Math.ceil(left / 1_000)),
    })),
    headers: { ...headersOf(longest), 'retry-after': String(seconds) },
  })
}

/** What answers say: the limit that is used up first. */
const closest = (counted: readonly Counted[]): Counted =>
  counted.reduce((a, b) => (leftOf(b) < leftOf(a) || (leftOf(b) === leftOf(a) && b.left > a.left) ? b : a))

/** Forgets the counts of limits that are not what they were, or are gone: a rate that comes back begins anew. */
export const forgetting = (counters: Counters) => {
  let before: ReadonlySet<string> = new Set()
  return async ({ limits }: Snapshot): Promise<void> => {
    const now = new Set(limits.map(({ counts }) => counts))
    const gone = [...before].filter((counts) => !now.has(counts))
    before = now
    for (const counts of gone) await counters.clear(counts)
  }
}

export const createLimiter = (snapshot: () => Snapshot, counters: Counters): Limiter => {
  const matchers = new WeakMap<Snapshot, Matcher>()
  const matcher = (): Matcher => {
    const now = snapshot()
    let made = matchers.get(now)
    if (!made) {
      made = matcherOf(now.limits, new Map(now.services.map(({ id, name }) => [id, name])))
      matchers.set(now, made)
    }
    return made
  }
  const settle = (applying: readonly Applying[], counts: readonly Count[]) => {
    const counted = applying.map(({ limit }, at): Counted => ({ limit, ...counts[at]! }))
    const exceeded = counted.filter(exceeds)
    if (exceeded.length > 0) throw refusal(exceeded)
    return headersOf(closest(counted))
  }
  return (subject) => {
    const applying = matcher()(subject)
    if (applying.length === 0) return undefined
    return after(counters.take(applying.map(({ wanted }) => wanted)), (counts) => settle(applying, counts))
  }
}
