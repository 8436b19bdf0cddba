/** Collections of the system API (`system/role`, …) as queries and mutations of TanStack Query. */
import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type RequestOptions, request } from './client.ts'
import type { Id } from './types.ts'

/** A collection below `system/`. */
export interface Resource<_Row> {
  /** `role`: the path below `system/`. */
  readonly name: string
  /** The field that a record is addressed by; `id` unless said. */
  readonly identifier?: string
  /** Related records that are read and written with each one: `role_service_access_by_role_id`. */
  readonly related?: readonly string[]
  /** Names of other collections whose answers change with this one. */
  readonly touches?: readonly string[]
}

export const defineResource = <Row>(resource: Resource<Row>): Resource<Row> => resource

/** Parameters of a list, as the API takes them. */
export interface ListQuery {
  readonly filter?: string
  readonly order?: string
  readonly limit?: number
  readonly offset?: number
  readonly fields?: string
  readonly include_count?: boolean
}
export interface Listed<Row> {
  readonly resource: readonly Row[]
  readonly meta?: { readonly count?: number }
}

const relatedOf = ({ related = [] }: Resource<unknown>) => (related.length > 0 ? { related: related.join(',') } : {})
const pathOf = (resource: Resource<unknown>, id?: Id) =>
  `system/${resource.name}${id === undefined ? '' : `/${encodeURIComponent(String(id))}`}`

export const listOptions = <Row>(resource: Resource<Row>, query: ListQuery = {}) =>
  queryOptions({
    queryKey: [resource.name, 'list', query],
    queryFn: ({ signal }) =>
      request<Listed<Row>>(pathOf(resource), { query: { ...relatedOf(resource), ...query }, signal }),
  })

export const recordOptions = <Row>(resource: Resource<Row>, id: Id) =>
  queryOptions({
    queryKey: [resource.name, 'record', String(id)],
    queryFn: ({ signal }) => request<Row>(pathOf(resource, id), { query: relatedOf(resource), signal }),
  })

/** All records that the caller may see. */
export const useList = <Row>(resource: Resource<Row>, query?: ListQuery) => useQuery(listOptions(resource, query))

/** One record; asks nothing while there is no id. */
export const useRecord = <Row>(resource: Resource<Row>, id: Id | undefined) =>
  useQuery({ ...recordOptions(resource, id ?? ''), enabled: id !== undefined })

/** Whatever was read of a collection, and of those that it touches, is read again. */
export const invalidate = (client: QueryClient, resource: Resource<unknown>): Promise<unknown> =>
  Promise.all(
    [resource.name, ...(resource.touches ?? [])].map((name) => client.invalidateQueries({ queryKey: [name] })),
  )

export interface Saving<Row> {
  /** `undefined`: a new record. */
  readonly id?: Id | undefined
  readonly values: Partial<Row> | Readonly<Record<string, unknown>>
  /** What the API takes beside: `{ regenerate: true }`. */
  readonly query?: RequestOptions['query']
}

/** Creates or changes a record and answers it whole. */
export const useSave = <Row>(resource: Resource<Row>) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ id, values, query }: Saving<Row>): Promise<Row> => {
      const asked = { fields: '*', ...relatedOf(resource), ...query }
      if (id !== undefined) return request<Row>(pathOf(resource, id), { method: 'PATCH', query: asked, body: values })
      const { resource: made } = await request<Listed<Row>>(pathOf(resource), {
        method: 'POST',
        query: asked,
        body: { resource: [values] },
      })
      return made[0]!
    },
    onSuccess: () => invalidate(client, resource),
  })
}

export const useRemove = <Row>(resource: Resource<Row>) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ids: readonly Id[]) =>
      ids.length === 1
        ? request(pathOf(resource, ids[0]), { method: 'DELETE' })
        : request(pathOf(resource), { method: 'DELETE', query: { ids: ids.join(',') } }),
    onSuccess: () => invalidate(client, resource),
  })
}
