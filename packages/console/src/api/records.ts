/** Tables of a service and their rows, as the records API has them. */
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { errorOf, request, send } from './client.ts'

export type Cell = unknown
export type Row = Readonly<Record<string, Cell>>

export interface TableName {
  readonly name: string
  readonly label?: string
  readonly is_view?: boolean
}

export interface TableField {
  readonly name: string
  readonly alias: string | null
  readonly label: string
  readonly description: string | null
  readonly type: string
  readonly db_type: string | null
  readonly length: number | null
  readonly default: unknown
  readonly required: boolean
  readonly allow_null: boolean
  readonly auto_increment: boolean
  readonly is_primary_key: boolean
  readonly is_unique: boolean
  readonly is_index: boolean
  readonly is_foreign_key: boolean
  readonly ref_table: string | null
  readonly ref_field: string | null
  readonly picklist: readonly string[] | null
  readonly validation: unknown
  readonly is_virtual: boolean
}

export interface Relation {
  readonly name: string
  readonly alias: string | null
  readonly label: string
  readonly type: 'belongs_to' | 'has_one' | 'has_many' | 'many_many'
  readonly field: string
  readonly is_virtual: boolean
  /** Another service, where it is of one. */
  readonly ref_service: string | null
  readonly ref_table: string
  readonly ref_field: string
}

export interface TableSchema {
  readonly name: string
  readonly alias: string | null
  readonly label: string
  readonly description: string | null
  readonly is_view: boolean
  readonly primary_key: readonly string[] | null
  readonly field: readonly TableField[]
  readonly related: readonly Relation[]
}

/** What the API calls a field or a table: its alias, where it has one. */
export const calledOf = ({ alias, name }: { readonly alias: string | null; readonly name: string }): string =>
  alias ?? name

const segment = (text: string): string => encodeURIComponent(text)
export const tablePath = (service: string, table: string): string => `${segment(service)}/_table/${segment(table)}`
export const schemaPath = (service: string, table = ''): string =>
  `${segment(service)}/_schema${table && `/${segment(table)}`}`

export const tablesOptions = (service: string) =>
  queryOptions({
    queryKey: ['tables', service],
    queryFn: async ({ signal }) =>
      (
        await request<{ readonly resource: readonly TableName[] }>(schemaPath(service), {
          query: { fields: 'name,label,is_view' },
          signal,
        })
      ).resource,
  })
export const useTables = (service: string) => useQuery(tablesOptions(service))

export const schemaOptions = (service: string, table: string) =>
  queryOptions({
    queryKey: ['schema', service, table],
    queryFn: ({ signal }) => request<TableSchema>(schemaPath(service, table), { signal }),
  })
export const useSchema = (service: string, table: string) => useQuery(schemaOptions(service, table))

export interface RowsQuery {
  readonly service: string
  readonly table: string
  readonly filter?: string | undefined
  readonly order?: string | undefined
}

/** Rows of one request. */
export const PAGE = 100

interface Page {
  readonly resource: readonly Row[]
  readonly meta?: { readonly count?: number }
}

const rowsKey = ({ service, table }: RowsQuery) => ['rows', service, table] as const

export const countOptions = (asked: RowsQuery) =>
  queryOptions({
    queryKey: [...rowsKey(asked), 'count', asked.filter ?? ''],
    queryFn: async ({ signal }) => {
      const query = { ...(asked.filter && { filter: asked.filter }), count_only: true }
      return Number(await request<number | string>(tablePath(asked.service, asked.table), { query, signal }))
    },
  })

export const pageOptions = (asked: RowsQuery, page: number) =>
  queryOptions({
    queryKey: [...rowsKey(asked), 'page', asked.filter ?? '', asked.order ?? '', page],
    queryFn: async ({ signal }) => {
      const query = {
        ...(asked.filter && { filter: asked.filter }),
        ...(asked.order && { order: asked.order }),
        limit: PAGE,
        ...(page > 0 && { offset: page * PAGE }),
      }
      return (await request<Page>(tablePath(asked.service, asked.table), { query, signal })).resource
    },
  })

/** Changes of rows; whatever was read of the table is read again. */
export const useRowChanges = (service: string, table: string, key: readonly string[]) => {
  const client = useQueryClient()
  const path = tablePath(service, table)
  const keys = key.length > 0 ? { id_field: key.join(',') } : {}
  const onSuccess = () => client.invalidateQueries({ queryKey: rowsKey({ service, table }) })
  const change = (method: 'POST' | 'PATCH' | 'DELETE') => (rows: readonly Row[]) =>
    request<Page>(path, {
      method,
      query: { ...keys, ...(method !== 'DELETE' && { fields: '*' }) },
      body: { resource: rows },
    })
  return {
    insert: useMutation({ mutationFn: change('POST'), onSuccess }),
    /** Rows with their keys and what has changed of them. */
    update: useMutation({ mutationFn: change('PATCH'), onSuccess }),
    /** Rows of which the keys count. */
    remove: useMutation({ mutationFn: change('DELETE'), onSuccess }),
  }
}

export type ExportFormat = 'csv' | 'ndjson' | 'json'
const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
}

/**
 * Everything that passes the filter, as a file. A link could not send the header that our session needs.
 * @param onProgress bytes so far
 * @throws ApiError what the gateway refused
 */
export const exportRows = async (
  { service, table, filter, order }: RowsQuery,
  format: ExportFormat,
  onProgress: (bytes: number) => void,
): Promise<Blob> => {
  const query = { ...(filter && { filter }), ...(order && { order }), stream: true }
  const response = await send(tablePath(service, table), { query, headers: { accept: TYPES[format] } })
  if (!response.ok || !response.body) throw errorOf(await response.json().catch(() => undefined), response.status)
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) break
    pieces.push(value)
    bytes += value.byteLength
    onProgress(bytes)
  }
  return new Blob(pieces, { type: TYPES[format] })
}

/** Whole descriptions of several tables at once. */
export const schemasOptions = (service: string, tables: readonly string[]) =>
  queryOptions({
    queryKey: ['relations', service, tables],
    queryFn: async ({ signal }) =>
      (
        await request<{ readonly resource: readonly TableSchema[] }>(schemaPath(service), {
          query: { ids: tables.join(',') },
          signal,
        })
      ).resource,
    enabled: tables.length > 0,
  })
