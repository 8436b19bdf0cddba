/** `GET /api/v2`: the services that a caller may use, and the types they have (the wire contract's platform part, §3.2). */
import { GwError, type Reply, rows } from '../contract.ts'
import type { Credentials, Identity } from '../governance.ts'
import { touches } from '../policy/access.ts'
import { refusal } from '../policy/refusal.ts'
import { isTrue } from '../truth.ts'
import type { KernelContext } from './context.ts'

type Query = Readonly<Record<string, string | readonly string[]>>

/** Throws where a caller has no role at all: there is no anonymous listing. */
export const requireRole = (identity: Identity, credentials: Credentials, service: string): void => {
  if (!identity.admin && !identity.role?.active)
    throw refusal(identity, credentials, { service, component: '', method: 'GET' })
}

const words = (value: string | readonly string[] | undefined): readonly string[] =>
  String(value ?? '')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

/** Active services with any right for the caller, and the types among them. `group` and `type` narrow both. */
export const listServices = (
  context: KernelContext,
  identity: Identity,
  credentials: Credentials,
  query: Query,
): Reply => {
  requireRole(identity, credentials, '')
  const [groups, types] = [words(query.group), words(query.type)]
  const visible = [...context.slots.values()].filter(({ definition, instance, state }) => {
    if (state === 'inactive' || !touches(identity, definition.name)) return false
    if (types.length > 0 && !types.includes(definition.type.toLowerCase())) return false
    return groups.length === 0 || groups.includes((instance?.type.group ?? '').toLowerCase())
  })
  if (isTrue(query.as_list)) {
    return rows({ items: visible.map(({ definition }) => definition.name) })
  }
  const known = new Map(
    visible.flatMap(({ instance }) => (instance ? [[instance.type.name, instance.type] as const] : [])),
  )
  return {
    services: visible.map(({ definition, instance }, index) => ({
      id: definition.id ?? index + 1,
      name: definition.name,
      label: definition.label ?? definition.name,
      description: definition.description ?? instance?.type.description ?? '',
      type: instance?.type.name ?? definition.type,
      spec_url: `${context.settings.basePath}/v2/${definition.name}/_spec`,
    })),
    service_types: [...known.values()].map(({ name, label, group, description }) => ({
      name,
      label,
      group,
      description,
    })),
  }
}

/** The message for a call that has no service where one is needed. */
export const noService = (method: string): GwError =>
  new GwError(
    'invalid_request',
    `${method} requests without a service are not supported: name one, as in GET /api/v2/{service}.`,
  )
