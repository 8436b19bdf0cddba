/** The users that stand for people of a provider: found by who the provider says they are, and by nothing else. */
import { createHash } from 'node:crypto'
import { GwError } from '@gw/core'
import type { Row } from '@gw/records'
import type { AccountParts } from '../account/parts.ts'
import { createUser } from '../account/people.ts'
import { assignRoles } from '../account/registration.ts'
import { insertRow, readRows } from '../store/rows.ts'
import type { OidcConfig } from './oidc-config.ts'
import type { Person } from './oidc-provider.ts'

const LONGEST_LOCAL = 60
const PATIENCE = 10_000

/**
 * An address that is nobody else's: whoever has an account here by the same address keeps it for themselves, since the
 * provider's word for an address is not theirs.
 */
const addressOf = ({ email, subject }: Person, service: string, apart: boolean): string => {
  const id = createHash('sha256').update(subject).digest('hex').slice(0, 12)
  const [local, domain] = /^([^\s@]+)@([^\s@]+)$/.exec(email ?? '')?.slice(1) ?? []
  if (!local || !domain) return `${id}+${service}@${service}.com`
  return `${local.slice(0, LONGEST_LOCAL)}+${service}${apart ? `-${id}` : ''}@${domain}`
}

const valuesOf = (person: Person, service: string, apart: boolean) => {
  const email = addressOf(person, service, apart)
  return {
    email,
    name: (person.name ?? email.split('@', 1)[0]!).slice(0, 255),
    ...(person.firstName && { first_name: person.firstName.slice(0, 255) }),
    ...(person.lastName && { last_name: person.lastName.slice(0, 255) }),
    is_active: true,
    oauth_provider: service,
  }
}

const isTaken = (error: unknown): boolean =>
  GwError.is(error) && error.code === 'invalid_request' && Object.hasOwn((error.details ?? {}) as object, 'email')

/** @throws GwError `unauthenticated` for someone new, where nobody new may come */
export const shadowUser = async (
  parts: AccountParts,
  service: { readonly id: number; readonly name: string },
  config: OidcConfig,
  person: Person,
): Promise<Row> => {
  const { store, source, change, accounts } = parts
  const where = { service_id: service.id, subject: person.subject }
  const known = async () => {
    const [found] = await readRows(store, 'external_identity', { where }, { signal: AbortSignal.timeout(PATIENCE) })
    return found && accounts.byId(Number(found.user_id))
  }
  const before = await known()
  if (before) return before
  if (!config.allow_new_users)
    throw new GwError('unauthenticated', 'There is no user for you here. Ask an administrator to make one.')
  const create = (apart: boolean) => createUser(source, 'user', valuesOf(person, service.name, apart))
  const id = await create(false).catch((error: unknown) => {
    if (isTaken(error)) return create(true)
    throw error
  })
  await change(['user'], (inside) => insertRow(store, 'external_identity', { ...where, user_id: id }, inside))
  await assignRoles(parts, id, config.default_role, config.app_role_map)
  return (await accounts.byId(id))!
}
