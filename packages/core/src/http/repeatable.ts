/** What a client calls a request by, so that sending it again does not do it again (IETF draft, `Idempotency-Key`). */
import { hash } from 'node:crypto'
import { type Call, GwError, type Repeatable } from '../contract.ts'
import { toJson } from '../formats/json.ts'
import type { Identity, Role } from '../governance.ts'
import type { Facts } from './exchange.ts'

export const IDEMPOTENCY_KEY = 'idempotency-key'

/** Bare, or in quotes as a text of RFC 8941. */
const KEY = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/

const keyIn = (header: string): string => {
  const [, quoted, bare] = KEY.exec(header.trim()) ?? []
  const key = quoted ?? bare
  if (key !== undefined) return key
  throw new GwError('invalid_request', 'Idempotency-Key has 1 to 255 printable ASCII characters, for example a UUID.')
}

const hashOf = (parts: readonly unknown[]): string => hash('sha256', toJson(parts), 'base64url')

const rules = new WeakMap<Role, string>()

/** Of a role as it is now: whoever changes its rules makes another object of it. */
const rulesOf = (role: Role | undefined): string => {
  if (!role) return ''
  let known = rules.get(role)
  if (known === undefined) {
    known = hashOf([role.id, role.access])
    rules.set(role, known)
  }
  return known
}

/**
 * @param call whose parameters and body are as the endpoint takes them: credentials are not among them
 * @returns `undefined` where the request has no key
 * @throws GwError `invalid_request` for one that can not be a key
 */
export const repeatableOf = (
  { incoming, api, method }: Facts,
  { role, admin }: Identity,
  { query, body, caller }: Pick<Call, 'query' | 'body' | 'caller'>,
): Repeatable | undefined => {
  const header = incoming.headers.get(IDEMPOTENCY_KEY)
  if (!header) return undefined
  const who = [caller.app?.id, caller.user?.id, caller.role?.id, caller.requestor]
  return {
    key: hashOf([keyIn(header), api!.service, who]),
    request: hashOf([method, api!.path, query, body]),
    rights: hashOf([admin, rulesOf(role)]),
  }
}
