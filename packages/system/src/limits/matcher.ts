/** Which limits a call counts for: looked up by its service, so that a gateway with many limits asks few of them. */
import type { Method } from '@gw/core'
import type { Identity } from '@gw/core/governance'
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
}

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
  const compiled = limits.map((limit) => ({ limit, tests: testsOf(limit) }))
  const [everywhere, bound] = [
    compiled.filter(({ limit }) => !limit.type.selectors.includes('service_id')),
    compiled.filter(({ limit }) => limit.type.selectors.includes('service_id')),
  ]
  const byService = Map.groupBy(bound, ({ limit }) => services.get(limit.serviceId ?? Number.NaN))
  return (subject) => {
    const own = byService.get(subject.service)
    if (!own && everywhere.length === 0) return NONE
    return [...everywhere, ...(own ?? [])]
      .filter(({ tests }) => tests.every((test) => test(subject)))
      .map(({ limit }) => ({ limit, of: limit.type.each ? callerOf(subject.identity) : 'all' }))
  }
}
