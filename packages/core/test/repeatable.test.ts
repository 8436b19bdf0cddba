import { expect, test } from 'vitest'
import type { Caller } from '../src/contract.ts'
import type { Identity, Role } from '../src/governance.ts'
import type { Facts } from '../src/http/exchange.ts'
import { repeatableOf } from '../src/http/repeatable.ts'

const roleOf = (verbMask: number): Role => ({
  id: 1,
  name: 'clerk',
  active: true,
  access: [{ service: 'db', component: '*', verbMask, requestorMask: 1 }],
})
const callerOf = (user: number): Caller => ({
  app: { id: 7, name: 'shop' },
  role: { id: 1, name: 'clerk' },
  user: { id: user },
  requestor: 'api',
  admin: false,
  lookup: () => undefined,
})

interface Asked {
  readonly header?: string
  readonly method?: string
  readonly service?: string
  readonly path?: string
  readonly body?: unknown
  readonly user?: number
  readonly role?: Role
}
const role = roleOf(31)
const made = ({ header = 'k1', method = 'POST', service = 'db', path = '_table/a', body, user = 1, ...own }: Asked) => {
  const facts = {
    incoming: { headers: new Headers(header === '' ? {} : { 'idempotency-key': header }) },
    api: { service, path },
    method,
  } as unknown as Facts
  const caller = callerOf(user)
  const identity: Identity = { caller, role: own.role ?? role, admin: false }
  return repeatableOf(facts, identity, { query: {}, body: body ?? { name: 'Ada' }, caller })
}

test('a request without a key can not be repeated', () => {
  expect(made({ header: '' })).toBeUndefined()
})

test('the same request of the same caller has the same hashes, and tells nothing of its key', () => {
  const one = made({ header: 'secret-key' })!
  expect(made({ header: ' "secret-key" ' })).toEqual(one)
  expect(Object.values(one).every((hash) => /^[\w-]{43}$/.test(hash))).toBe(true)
})

test('a key is one of its caller and of its service', () => {
  const keys = [made({})!, made({ user: 2 })!, made({ service: 'other' })!, made({ header: 'k2' })!].map(
    ({ key }) => key,
  )
  expect(new Set(keys).size).toBe(4)
})

test('another method, path or body is another request by the same key', () => {
  const first = made({})!
  for (const other of [made({ method: 'PATCH' })!, made({ path: '_table/b' })!, made({ body: { name: 'Bob' } })!]) {
    expect(other.key).toBe(first.key)
    expect(other.request).not.toBe(first.request)
  }
})

test('changed rules of a role are other rights to the same request', () => {
  const first = made({})!
  const changed = made({ role: roleOf(1) })!
  expect([changed.key, changed.request]).toEqual([first.key, first.request])
  expect(changed.rights).not.toBe(first.rights)
  // The same rules, made anew: after a reload, for instance.
  expect(made({ role: roleOf(31) })!.rights).toBe(first.rights)
})

test('a key has 1 to 255 printable characters', () => {
  for (const header of ['"', '""', 'a b', 'x'.repeat(256), '"a\\b"'])
    expect(() => made({ header }), header).toThrow(/1 to 255 printable/)
})
