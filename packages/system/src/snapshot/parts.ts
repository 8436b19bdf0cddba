/** The parts of the store that requests need, each made from its tables' rows; immutable. */
import type { RowCondition, RowFilter } from '@gw/core'
import { type AccessRow, type Isolation, isolationIn, type Role } from '@gw/core/governance'
import type { Row } from '@gw/records'

export interface StoredService {
  readonly id: number
  readonly name: string
  readonly label: string | undefined
  readonly description: string | undefined
  readonly active: boolean
  readonly type: string
  /** As it is stored: secrets encrypted. */
  readonly config: Readonly<Record<string, unknown>>
  readonly managedBy: string | undefined
  readonly isolation: Isolation | undefined
}

export interface StoredApp {
  readonly id: number
  readonly name: string
  readonly active: boolean
  readonly digest: string | undefined
  readonly roleId: number | undefined
  /** How it is started, for `system/environment`. */
  readonly launch: {
    readonly type: number
    readonly description: string | undefined
    readonly url: string
    readonly requiresFullscreen: boolean
    readonly allowFullscreenToggle: boolean
    readonly toggleLocation: string
  }
}

export interface StoredLookup {
  readonly name: string
  /** As it is stored: encrypted. */
  readonly value: string | undefined
  readonly private: boolean
  readonly id: number
}

export type Scope = 'global' | `app:${number}` | `role:${number}` | `user:${number}`

const text = (value: unknown): string | undefined =>
  value === null || value === undefined || value === '' ? undefined : String(value)
const number = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value)

export const serviceOf = (row: Row): StoredService => ({
  id: Number(row.id),
  name: String(row.name).toLowerCase(),
  label: text(row.label),
  description: text(row.description),
  active: row.is_active === true,
  type: String(row.type),
  config: (row.config ?? {}) as StoredService['config'],
  managedBy: text(row.managed_by),
  isolation: isolationIn(row.isolation),
})

export const appOf = (row: Row): StoredApp => ({
  id: Number(row.id),
  name: String(row.name),
  active: row.is_active === true,
  digest: text(row.api_key_digest),
  roleId: number(row.role_id),
  launch: {
    type: Number(row.type),
    description: text(row.description),
    url: launchUrl(row),
    requiresFullscreen: row.requires_fullscreen === true,
    allowFullscreenToggle: row.allow_fullscreen_toggle === true,
    toggleLocation: String(row.toggle_location),
  },
})

const URL_TYPE = 2
const PATH_TYPE = 3
/** Where an app starts, as far as its own fields say; what is below this host has no host in it. */
export const launchUrl = ({ type, url, path }: Row): string => {
  if (type === URL_TYPE) return String(url ?? '')
  return type === PATH_TYPE && path ? `/${String(path).replace(/^\/+/, '')}` : ''
}

export const scopeOf = (row: Row): Scope => {
  if (row.user_id !== null) return `user:${Number(row.user_id)}`
  if (row.role_id !== null) return `role:${Number(row.role_id)}`
  return row.app_id === null ? 'global' : `app:${Number(row.app_id)}`
}

export const lookupsOf = (rows: readonly Row[]): ReadonlyMap<Scope, readonly StoredLookup[]> =>
  Map.groupBy(
    rows.map((row) => ({
      scope: scopeOf(row),
      id: Number(row.id),
      name: String(row.name),
      value: text(row.value),
      private: row.private === true,
    })),
    ({ scope }) => scope,
  )

/** A filter that can not be read denies its row: what it should have kept out must not get in. */
const filterOf = ({ filters, filter_op }: Row): RowFilter | 'unreadable' | undefined => {
  if (filters === null || filters === undefined) return undefined
  if (!Array.isArray(filters)) return 'unreadable'
  const conditions = filters.map((one: Partial<RowCondition> | null) => one)
  if (!conditions.every((one) => typeof one?.name === 'string' && typeof one.operator === 'string')) return 'unreadable'
  if (conditions.length === 0) return undefined
  return { op: String(filter_op).toUpperCase() === 'OR' ? 'OR' : 'AND', conditions: conditions as RowCondition[] }
}

const denyOf = ({ deny_fields }: Row): readonly string[] =>
  Array.isArray(deny_fields) ? deny_fields.map((field) => String(field).toLowerCase()) : []

/** @param services names by id */
const accessOf = (row: Row, services: ReadonlyMap<number, string>): readonly AccessRow[] => {
  const id = number(row.service_id)
  const service = id === undefined ? null : services.get(id)
  if (service === undefined) return []
  const filter = filterOf(row)
  const deny = denyOf(row)
  return [
    {
      service,
      component: String(row.component ?? ''),
      verbMask: filter === 'unreadable' ? 0 : Number(row.verb_mask),
      requestorMask: Number(row.requestor_mask),
      ...(filter !== undefined && filter !== 'unreadable' && { filter }),
      ...(deny.length > 0 && { deny }),
    },
  ]
}

/** Roles by id. One that says the same stays the same object: the kernel compiles it once, and plans are kept by it. */
export const rolesOf = (
  roles: readonly Row[],
  access: readonly Row[],
  services: ReadonlyMap<number, string>,
  before: ReadonlyMap<number, Role>,
): ReadonlyMap<number, Role> => {
  const byRole = Map.groupBy(access, (row) => Number(row.role_id))
  return new Map(
    roles.map((row) => {
      const id = Number(row.id)
      const role: Role = {
        id,
        name: String(row.name),
        active: row.is_active === true,
        access: (byRole.get(id) ?? []).flatMap((one) => accessOf(one, services)),
      }
      const known = before.get(id)
      return [id, known && JSON.stringify(known) === JSON.stringify(role) ? known : role]
    }),
  )
}

/** Which role a user has in each app; in the order of their rows. */
export type Assignments = ReadonlyMap<number, ReadonlyMap<number, number>>

export const assignmentsOf = (rows: readonly Row[]): Assignments =>
  new Map(
    [...Map.groupBy(rows, (row) => Number(row.user_id))].map(([user, own]) => [
      user,
      new Map(own.map((row) => [Number(row.app_id), Number(row.role_id)])),
    ]),
  )
