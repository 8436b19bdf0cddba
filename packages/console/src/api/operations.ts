/** What a node tells of itself: its numbers, its log, its packages, and who changed what. */
import {
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { request } from './client.ts'
import type { Listed } from './resource.ts'

export interface Counted {
  readonly requests: number
  readonly errors_4xx: number
  readonly errors_5xx: number
  readonly limited: number
  readonly p50_ms?: number
  readonly p95_ms?: number
  readonly p99_ms?: number
}
export interface Minute extends Counted {
  readonly time: string
}
export interface ServiceActivity extends Counted {
  /** `null`: calls that led to no service. */
  readonly name: string | null
  readonly buckets: readonly Minute[]
}
export interface SlowCall {
  readonly time: string
  readonly service: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly duration_ms: number
}
export interface Activity {
  readonly node: {
    readonly id: string
    readonly version: string
    readonly node_version: string
    readonly uptime_seconds: number
    /** In bytes. */
    readonly memory: { readonly rss: number; readonly heap_used: number }
  }
  readonly minutes: number
  readonly until: string
  readonly services: readonly ServiceActivity[]
  readonly slowest: readonly SlowCall[]
}

/** How often numbers are read again, in milliseconds. */
const LIVELY = 10_000

export const useActivity = (minutes: number) =>
  useQuery(
    queryOptions({
      queryKey: ['activity', minutes],
      queryFn: ({ signal }) => request<Activity>('system/activity', { query: { minutes }, signal }),
      refetchInterval: LIVELY,
      placeholderData: (before) => before,
    }),
  )

export interface Keeping {
  readonly name: string
  readonly label: string
  readonly type: string
}
export const useCaches = () =>
  useQuery(
    queryOptions({
      queryKey: ['cache'],
      queryFn: async ({ signal }) =>
        (await request<Listed<Keeping>>('system/cache', { query: { fields: '*' }, signal })).resource,
    }),
  )

/** Forgets what a service keeps of its source; without a name, what all of them keep. */
export const useFlush = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (service?: string) =>
      request(service === undefined ? 'system/cache' : `system/cache/${encodeURIComponent(service)}`, {
        method: 'DELETE',
      }),
    onSuccess: () => client.invalidateQueries(),
  })
}

export interface Connector {
  readonly name: string
  readonly version: string | null
  readonly contract: string | null
  readonly service_types: readonly string[]
  readonly static: readonly string[]
  readonly state: 'usable' | 'unusable'
  readonly problems: readonly string[]
  readonly conformance: unknown
}
export const useConnectors = () =>
  useQuery(
    queryOptions({
      queryKey: ['connector'],
      queryFn: async ({ signal }) => (await request<Listed<Connector>>('system/connector', { signal })).resource,
      // Packages come with a start of the gateway.
      staleTime: 5 * 60_000,
    }),
  )

export interface FieldChange {
  readonly before?: unknown
  readonly after?: unknown
}
export interface AuditEntry {
  readonly id: number
  readonly time: string
  readonly action: 'create' | 'update' | 'delete'
  readonly resource: string
  readonly record_id: string | null
  readonly record_name: string | null
  readonly user_name: string | null
  readonly app_name: string | null
  readonly via: string | null
  readonly changes: Readonly<Record<string, FieldChange>> | null
}

/** Entries of one request. */
const ENTRIES = 200

/** Newest first; `filter` in the API's grammar. */
export const useAudit = (filter: string | undefined) =>
  useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: ['audit', filter ?? ''],
      initialPageParam: undefined as number | undefined,
      queryFn: async ({ pageParam, signal }) => {
        const older = pageParam === undefined ? undefined : `(id < ${pageParam})`
        const wanted = [filter, older].filter(Boolean).join(' and ')
        const query = { ...(wanted && { filter: wanted }), order: 'id desc', limit: ENTRIES }
        return (await request<Listed<AuditEntry>>('system/audit', { query, signal })).resource
      },
      getNextPageParam: (last) => (last.length === ENTRIES ? last.at(-1)!.id : undefined),
      staleTime: 0,
    }),
  )
