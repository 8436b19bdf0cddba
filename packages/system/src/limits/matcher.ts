/** Which limits a call counts for: looked up by its service, so that a gateway with many limits asks few of them. */
import type { Method } from '@gw/core'
import type { Identity } from '@gw/core/governance'
import type { Wanted } from './counters.ts'
import { endpointOf, type StoredLimit } from './limit.ts'

export interface Subject {
  readonly identity: Identity
  readonly service: string
  /** With the one spelling of what it names. */
  readonly component: string
  readonly method: Method
}

/** A limit that a call counts for, and the count. */
export interface Applying {
  readonly limit: StoredLimit
  /** Below the limit's own counts: whose count it is. */
  readonly of: string
  readonly wanted: Wanted
}

const applied = (limit: StoredLimit, of: string): Applying => ({
  limit,
  of,
  wanted: { key: `${limit.counts}:${of}`, rate: limit.rate, period: limit.period },
})

export type Matcher = (subject: Subject) => readonly Applying[]

type Test = (subject: Subject) => boolean

/** An app's key counts for who has nothing else; nobody's calls are counted together. */
const callerOf = ({ caller }: Identity): string =>
  caller.user ? `user:${caller.user.id}` : caller.app ? `app:${caller.app.id}` : 'nobody'

const endpointTest = (endpoint: string): Test => {
  const wanted = endpointOf(endpoint)
  if (!wanted.endsWith('*')) return ({ component }) => endpointOf(component) === wanted
  const start = wanted.slice(0, -1)
  return ({ component }) => {
    const path = endpointOf(component)
    // `_table/*` is about the branch: `_table` itself belongs to it.
    return path.startsWith(start) || `${path}/` === start
  }
}

/** @param service its name; absent where its record is gone */
const testsOf = (limit: StoredLimit): readonly Test[] => {
  const { type, userId, roleId, endpoint, verb } = limit
  const tests: Test[] = []
  if (verb !== undefined) tests.push(({ method }) => method === verb)
  for (const selector of type.selectors) {
    if (selector === 'user_id') tests.push(({ identity }) => Number(identity.caller.user?.id) === userId)
    if (selector === 'role_id') tests.push(({ identity }) => Number(identity.role?.id) === roleId)
    if (selector === 'endpoint') tests.push(endpoint === undefined ? () => false : endpointTest(endpoint))
  }
  return tests
}

const NONE: readonly Applying[] = []

/** @param services names by id */
export const matcherOf = (limits: readonly StoredLimit[], services: ReadonlyMap<number, string>): Matcher => {
  const compiled = limits.map((limit) => ({ limit, tests: testsOf(limit), all: applied(limit, 'all') }))
  const [everywhere, bound] = [
    compiled.filter(({ limit }) => !limit.type.selectors.includes('service_id')),
    compiled.filter(({ limit }) => limit.type.selectors.includes('service_id')),
  ]
  const byService = new Map(
    [...Map.groupBy(bound, ({ limit }) => services.get(limit.serviceId ?? Number.NaN))].map(
      ([service, own]) => [service, [...everywhere, ...own]] as const,
    ),
  )
  return (subject) => {
    const candidates = byService.get(subject.service) ?? everywhere
    if (candidates.length === 0) return NONE
    const applying: Applying[] = []
    for (const { limit, tests, all } of candidates) {
      if (tests.every((test) => test(subject)))
        applying.push(limit.type.each ? applied(limit, callerOf(subject.identity)) : all)
    }
    return applying
  }
}
