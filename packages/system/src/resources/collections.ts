/** The resources that are tables: what they are called, and which access relations between them need. */
import { type Call, type Endpoint, type Grant, GwError, type Method } from '@gw/core'
import { inviting } from '../account/invitation.ts'
import type { AccountConfig } from '../account/parts.ts'
import { regenerating } from './app.ts'
import { previewing } from './email-preview.ts'
import { upserting } from './event-script.ts'
import { withCounts } from './limit.ts'
import type { SystemParts, SystemResource } from './resource.ts'
import { scriptTrial } from './script-trial.ts'
import { trying } from './service-trial.ts'

interface TableResource {
  readonly name: string
  readonly table: string
  readonly names: readonly [one: string, many: string]
  readonly label: string
  readonly description: string
}

// biome-ignore format: reads as a table
const TABLES: readonly TableResource[] = [
  { name: 'service', table: 'service', names: ['Service', 'Services'], label: 'Services', description: 'The services of this gateway.' },
  { name: 'role', table: 'role', names: ['Role', 'Roles'], label: 'Roles', description: 'What callers may do.' },
  { name: 'app', table: 'app', names: ['App', 'Apps'], label: 'Apps', description: 'Clients and their API keys.' },
  { name: 'admin', table: 'admin', names: ['Admin', 'Admins'], label: 'Administrators', description: 'Users who may do everything.' },
  { name: 'user', table: 'user', names: ['User', 'Users'], label: 'Users', description: 'Users of the apps.' },
  { name: 'limit', table: 'limit', names: ['Limit', 'Limits'], label: 'Limits', description: 'How often callers may call.' },
  { name: 'lookup', table: 'lookup', names: ['Lookup', 'Lookups'], label: 'Lookups', description: 'Values that filters and configurations may name.' },
  { name: 'cors', table: 'cors', names: ['CorsRule', 'CorsRules'], label: 'CORS', description: 'Which web pages of other origins may call.' },
  { name: 'email_template', table: 'email_template', names: ['EmailTemplate', 'EmailTemplates'], label: 'E-mail templates', description: 'Texts of the messages that are sent.' },
  { name: 'event_script', table: 'event_script', names: ['EventScript', 'EventScripts'], label: 'Event scripts', description: 'Scripts that hang on events.' },
]

type Extra = (endpoint: Endpoint, parts: SystemParts, settings: AccountConfig) => Endpoint

/** What some do beside their tables. */
const EXTRAS: Readonly<Record<string, Extra>> = {
  admin: (endpoint, { account }, settings) => inviting(account, () => settings, { admin: true })(endpoint),
  app: regenerating,
  limit: withCounts,
  user: (endpoint, { account }) => inviting(account, account.userSettings, { admin: false })(endpoint),
}

/** Endpoints below their names that are about no row. */
const BESIDE: Readonly<Record<string, (parts: SystemParts) => readonly Endpoint[]>> = {
  email_template: previewing,
  event_script: scriptTrial,
  service: trying,
}

export const COLLECTIONS: readonly SystemResource[] = TABLES.map(({ name, table, names, label, description }) => ({
  name,
  label,
  description,
  endpoints: (parts, settings) => {
    const own = parts.collection({ path: `/${name}`, table, names, tag: label })
    const rows =
      name === 'event_script' ? upserting(own) : own.map((one) => EXTRAS[name]?.(one, parts, settings) ?? one)
    return [...rows, ...(BESIDE[name]?.(parts) ?? [])]
  },
}))

/** Which resources a caller must have a right to, all of them, for the rows of a table. */
const COMPONENTS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(TABLES.map(({ name, table }) => [table, [name]])),
  audit: ['audit'],
  user: ['user'],
  service_doc: ['service'],
  role_service_access: ['role'],
  user_to_app_to_role: ['user'],
  user_custom: ['user'],
  system_custom: ['custom'],
}

const EMPTY: Grant = Object.freeze({ filters: Object.freeze([]), deny: Object.freeze([]) })
const only = (name: string, value: unknown, operator = '='): Grant['filters'][number] => ({
  op: 'AND',
  conditions: [{ name, operator, value }],
})
const GLOBAL = ['app_id', 'role_id', 'user_id']

/** What a collection shows of its table, whoever calls; the same object every time, since plans are kept by it. */
const SHOWN: Readonly<Record<string, Grant>> = {
  admin: { filters: [only('is_sys_admin', true)], deny: [] },
  user: { filters: [only('is_sys_admin', false)], deny: [] },
  // Lookups of apps, roles and users are reached through those.
  lookup: { filters: GLOBAL.map((name) => only(name, undefined, 'is null')), deny: GLOBAL },
}
/** A new row lies in its collection by the rules that make it. */
const MADE: Readonly<Record<string, Grant>> = { lookup: { filters: [], deny: GLOBAL } }

/** Tables whose rows may be written inside others; those of the other ones are written by themselves only. */
const NESTED: ReadonlySet<string> = new Set([
  'service_doc',
  'role_service_access',
  'user_to_app_to_role',
  'lookup',
  'user_custom',
])

const mayRead = (call: Call, component: string): boolean => {
  try {
    call.access(component, 'GET')
    return true
  } catch {
    return false
  }
}

/**
 * The right to a table's rows: to each resource that they belong to, and of those what the collection shows.
 * @param own the collection's table
 */
export const tableAccess =
  (own: string) =>
  (call: Call, table: string, method: Method): Grant => {
    const components = COMPONENTS[table]
    if (!components) throw new GwError('forbidden', 'Access to these records is not allowed.')
    if (table !== own) {
      if (method !== 'GET' && !NESTED.has(table))
        throw new GwError(
          'forbidden',
          `Records of '${table}' can not be written inside others: write them by themselves.`,
        )
      for (const component of components) call.access(component, method)
      // Administrators are shown among the users to whom may see administrators.
      return table === 'user' && !mayRead(call, 'admin') ? SHOWN.user! : EMPTY
    }
    return (method === 'POST' ? (MADE[table] ?? EMPTY) : SHOWN[table]) ?? EMPTY
  }
