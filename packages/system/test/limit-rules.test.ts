import type { Caller, Method } from '@gw/core'
import type { Identity } from '@gw/core/governance'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressGuard } from '../src/limits/addresses.ts'
import { memoryCounters } from '../src/limits/counters.ts'
import { LIMIT_TYPES, limitOf } from '../src/limits/limit.ts'
import { matcherOf } from '../src/limits/matcher.ts'

const SERVICES = new Map([
  [1, 'shop'],
  [2, 'files'],
])

interface Asked {
  readonly user?: number | undefined
  readonly role?: number | undefined
  readonly service: string
  readonly component: string
  readonly method: Method
}

const identityOf = ({ user, role }: Asked): Identity => {
  const caller: Caller = {
    ...(user !== undefined && { user: { id: user, name: `u${user}`, email: `u${user}@gw.test` } }),
    app: { id: 9, name: 'app' },
    requestor: 'api',
    admin: false,
    lookup: () => undefined,
  }
  return {
    caller,
    admin: false,
    ...(role !== undefined && { role: { id: role, name: `r${role}`, active: true, access: [] } }),
  }
}

const row = (values: object) => ({
  id: 1,
  name: 'limit',
  key_text: 'key',
  rate: 1,
  period: 'minute',
  is_active: true,
  user_id: null,
  role_id: null,
  service_id: null,
  endpoint: null,
  verb: null,
  ...values,
})

const matches = (values: object, asked: Asked): readonly string[] =>
  matcherOf(limitOf(row(values)), SERVICES)({ ...asked, identity: identityOf(asked) }).map(({ of }) => of)

describe('a limit', () => {
  const asked: Asked = { user: 5, role: 3, service: 'shop', component: '_table/items', method: 'GET' }

  test.each([
    ['of the instance counts every call', { type: 'instance' }, {}, ['all']],
    ['of a verb counts that verb', { type: 'instance', verb: 'POST' }, {}, []],
    ['of a user counts theirs', { type: 'instance.user', user_id: 5 }, {}, ['all']],
    ['of a user counts no one else’s', { type: 'instance.user', user_id: 6 }, {}, []],
    ['of a user counts nothing of a key alone', { type: 'instance.user', user_id: 5 }, { user: undefined }, []],
    ['of each user counts users apart', { type: 'instance.each_user' }, {}, ['user:5']],
    ['of each user counts a key alone by its app', { type: 'instance.each_user' }, { user: undefined }, ['app:9']],
    ['of a service counts that service', { type: 'instance.service', service_id: 1 }, {}, ['all']],
    ['of a service counts no other', { type: 'instance.service', service_id: 2 }, {}, []],
    ['of a service that is gone counts nothing', { type: 'instance.service', service_id: 7 }, {}, []],
    ['of a role counts that role', { type: 'instance.role', role_id: 3 }, {}, ['all']],
    ['of a role counts no other', { type: 'instance.role', role_id: 4 }, {}, []],
    ['of a role counts nothing without one', { type: 'instance.role', role_id: 3 }, { role: undefined }, []],
    [
      'of an endpoint counts that path',
      { type: 'instance.service.endpoint', service_id: 1, endpoint: '_table/items' },
      {},
      ['all'],
    ],
    [
      'of an endpoint counts it in any case',
      { type: 'instance.service.endpoint', service_id: 1, endpoint: '/_Table/ITEMS/' },
      {},
      ['all'],
    ],
    [
      'of an endpoint counts nothing below it',
      { type: 'instance.service.endpoint', service_id: 1, endpoint: '_table' },
      {},
      [],
    ],
    [
      'of a branch counts what is below',
      { type: 'instance.service.endpoint', service_id: 1, endpoint: '_table/*' },
      {},
      ['all'],
    ],
    [
      'of a branch counts its root',
      { type: 'instance.service.endpoint', service_id: 1, endpoint: '_table/items/*' },
      {},
      ['all'],
    ],
    [
      'of a beginning counts what begins so',
      { type: 'instance.service.endpoint', service_id: 1, endpoint: '_table/it*' },
      {},
      ['all'],
    ],
    [
      'of a beginning counts nothing else',
      { type: 'instance.service.endpoint', service_id: 1, endpoint: '_table/x*' },
      {},
      [],
    ],
    ['of an unknown type counts nothing', { type: 'instance.nobody' }, {}, []],
    ['that is switched off counts nothing', { type: 'instance', is_active: false }, {}, []],
  ])('%s', (_, values, own, expected) => {
    expect(matches(values, { ...asked, ...own })).toEqual(expected)
  })

  test('counts what a rule by rule reading says, whatever there is', () => {
    const naive = (limit: Record<string, any>, one: Asked): boolean => {
      const { selectors } = LIMIT_TYPES[limit.type]!
      const path = one.component.toLowerCase()
      return (
        (limit.verb === null || limit.verb === one.method) &&
        (!selectors.includes('user_id') || limit.user_id === one.user) &&
        (!selectors.includes('role_id') || limit.role_id === one.role) &&
        (!selectors.includes('service_id') || SERVICES.get(limit.service_id) === one.service) &&
        (!selectors.includes('endpoint') ||
          (limit.endpoint.endsWith('*')
            ? `${path}/`.startsWith(limit.endpoint.slice(0, -1)) || path.startsWith(limit.endpoint.slice(0, -1))
            : path === limit.endpoint))
      )
    }
    const small = fc.integer({ min: 1, max: 3 })
    const paths = ['', '_table', '_table/items', '_table/items/1', '_proc/run', '_Table/Items']
    const limits = fc.array(
      fc.record({
        type: fc.constantFrom(...Object.keys(LIMIT_TYPES)),
        verb: fc.constantFrom(null, 'GET', 'POST'),
        user_id: small,
        role_id: small,
        service_id: small,
        endpoint: fc.constantFrom('_table', '_table/*', '_table/items', '_table/it*', '*'),
      }),
      { maxLength: 6 },
    )
    const calls = fc.record({
      user: fc.option(small, { nil: undefined }),
      role: fc.option(small, { nil: undefined }),
      service: fc.constantFrom('shop', 'files', 'other'),
      component: fc.constantFrom(...paths),
      method: fc.constantFrom<Method>('GET', 'POST', 'DELETE'),
    })
    fc.assert(
      fc.property(limits, calls, (made, call) => {
        const stored = made.flatMap((values, at) => limitOf(row({ ...values, id: at })))
        const found = matcherOf(stored, SERVICES)({ ...call, identity: identityOf(call) })
        const expected = made.flatMap((values, at) => (naive(values, call) ? [at] : []))
        expect(found.map(({ limit }) => limit.id).sort()).toEqual(expected)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('counts in memory', () => {
  test('count a call for all of its limits or, where one is used up, for none', async () => {
    const counters = memoryCounters()
    const wanted = [
      { key: '1:a:all', rate: 1, period: 60 },
      { key: '2:b:all', rate: 5, period: 60 },
    ]
    const calls = () => counters.take(wanted).map((one) => one.calls)
    expect([calls(), calls(), calls()]).toEqual([
      [1, 1],
      [2, 2],
      [2, 2],
    ])
  })

  test('begin with the first call, and anew when the period is over, one of 30 days too', async () => {
    let time = 1_000
    const counters = memoryCounters(() => time)
    const period = 30 * 86_400
    const take = () => counters.take([{ key: '1:a:all', rate: 5, period }])[0]!
    expect(take()).toEqual({ calls: 1, left: period * 1_000 })
    time += 29 * 86_400_000
    expect(take()).toEqual({ calls: 2, left: 86_400_000 })
    expect([...(await counters.list('1:a'))]).toEqual([['all', { calls: 2, left: 86_400_000 }]])
    await counters.clear('1:b')
    expect((await counters.list('1:a')).size).toBe(1)
    time += 86_400_000
    expect((await counters.list('1:a')).size).toBe(0)
    expect(take().calls).toBe(1)
  })
})

describe('an address that sends wrong credentials', () => {
  test('is refused for the rest of the minute, with its network, and nobody else is', () => {
    let time = 0
    const guard = addressGuard({ failures: 3 }, () => time)!
    const refused = (address: string) => {
      try {
        guard.admit(address)
        return false
      } catch (error) {
        expect(error).toMatchObject({ code: 'rate_limited', headers: { 'retry-after': '50' } })
        return true
      }
    }
    guard.failed('2001:db8::1')
    guard.failed('2001:db8:0:0:1::2')
    expect(refused('2001:db8::1')).toBe(false)
    time = 10_000
    guard.failed('2001:db8:0:0:ffff::')
    expect(refused('2001:db8::77')).toBe(true)
    expect(refused('2001:db8:0:1::77')).toBe(false)
    expect(refused('192.0.2.1')).toBe(false)
    time = 60_000
    expect(refused('2001:db8::1')).toBe(false)
  })
  test('is served whatever it sends, where the operator wants no such limit', () => {
    expect(addressGuard({ failures: 0 })).toBeUndefined()
  })
})
