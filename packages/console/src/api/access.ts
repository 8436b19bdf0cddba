/** Who may do what: roles, apps, people, limits, and which web pages may call. */
import { queryOptions } from '@tanstack/react-query'
import { request } from './client.ts'
import { defineResource } from './resource.ts'
import type { Audited } from './types.ts'

export interface RowCondition {
  readonly name: string
  readonly operator: string
  readonly value: unknown
}

/** What a role may do with one part of a service. Sums of bits: GET 1, POST 2, PUT 4, PATCH 8, DELETE 16; API 1, script 2. */
export interface RoleAccess {
  readonly id?: number
  /** `null`: every service. */
  readonly service_id: number | null
  readonly component: string
  readonly verb_mask: number
  readonly requestor_mask: number
  readonly filters: readonly RowCondition[] | null
  readonly filter_op: 'AND' | 'OR'
  readonly deny_fields: readonly string[] | null
}
export const VERBS = { GET: 1, POST: 2, PUT: 4, PATCH: 8, DELETE: 16 } as const
export const REQUESTORS = { api: 1, script: 2 } as const

export interface Role extends Audited {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly is_active: boolean
  readonly role_service_access_by_role_id?: readonly RoleAccess[]
  readonly app_by_role_id?: readonly unknown[]
  readonly user_to_app_to_role_by_role_id?: readonly unknown[]
}
export const roles = defineResource<Role>({
  name: 'role',
  related: ['role_service_access_by_role_id', 'app_by_role_id', 'user_to_app_to_role_by_role_id'],
  touches: ['app', 'user'],
})

export interface App extends Audited {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly is_active: boolean
  readonly role_id: number | null
  readonly api_key: string
  readonly user_to_app_to_role_by_app_id?: readonly unknown[]
}
export const apps = defineResource<App>({
  name: 'app',
  related: ['user_to_app_to_role_by_app_id'],
  touches: ['role', 'user'],
})

export interface RoleInApp {
  readonly id?: number
  readonly app_id: number | null
  readonly role_id: number | null
}
export interface Person extends Audited {
  readonly id: number
  readonly name: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly email: string
  readonly phone: string | null
  readonly is_active: boolean
  readonly confirmed: boolean
  readonly last_login_date: string | null
  readonly user_to_app_to_role_by_user_id?: readonly RoleInApp[]
}
export const users = defineResource<Person>({
  name: 'user',
  related: ['user_to_app_to_role_by_user_id'],
  touches: ['role', 'app'],
})
export const admins = defineResource<Person>({ name: 'admin' })

export interface Limit extends Audited {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly type: string
  readonly rate: number
  readonly period: string
  readonly user_id: number | null
  readonly role_id: number | null
  readonly service_id: number | null
  readonly endpoint: string | null
  readonly verb: string | null
  readonly is_active: boolean
  readonly limit_cache_by_limit_id?: readonly LimitCount[]
}
export interface LimitCount {
  readonly id: number
  readonly key: string
  readonly max: number
  readonly attempts: number
  readonly remaining: number
}
export const limits = defineResource<Limit>({ name: 'limit' })

/** Reading alone tells who has called how often: it is no part of what is written. */
const COUNTED = { related: 'limit_cache_by_limit_id' }

/** Every limit with its counts. */
export const countedLimitsOptions = queryOptions({
  queryKey: [limits.name, 'counts'],
  queryFn: async ({ signal }) =>
    (await request<{ readonly resource: readonly Limit[] }>('system/limit', { query: COUNTED, signal })).resource,
  refetchInterval: 10_000,
})

/** Who has called how often in the period that runs; asked again every few seconds while it is looked at. */
export const limitCountsOptions = (id: number) =>
  queryOptions({
    queryKey: [limits.name, 'counts', id],
    queryFn: async ({ signal }) =>
      (await request<Limit>(`system/limit/${id}`, { query: COUNTED, signal })).limit_cache_by_limit_id ?? [],
    refetchInterval: 3_000,
  })

export interface CorsRule extends Audited {
  readonly id: number
  readonly path: string
  readonly description: string | null
  readonly origin: string
  readonly header: string | null
  readonly exposed_header: string | null
  readonly method: readonly string[]
  readonly max_age: number
  readonly supports_credentials: boolean
  readonly enabled: boolean
}
export const cors = defineResource<CorsRule>({ name: 'cors' })
