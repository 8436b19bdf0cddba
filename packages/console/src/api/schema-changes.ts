/** Tables, fields and relations as they are made, changed and dropped. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { request } from './client.ts'
import { schemaPath } from './records.ts'

export interface NewField {
  readonly name: string
  readonly type: string
  readonly length?: number
  readonly allow_null?: boolean
  readonly is_unique?: boolean
  readonly default?: unknown
  readonly ref_table?: string
  readonly ref_field?: string
}
/** What the API keeps of a field beside the database. */
export interface FieldExtras {
  readonly alias?: string | null
  readonly label?: string
  readonly description?: string | null
  readonly validation?: unknown
}
export interface NewRelation {
  readonly type: 'belongs_to' | 'has_many' | 'has_one'
  readonly field: string
  /** Absent: the same service. */
  readonly ref_service_id?: number
  readonly ref_table: string
  readonly ref_field: string
}

const part = (text: string): string => encodeURIComponent(text)

/** Everything that was read of the service's tables is read again. */
export const useSchemaChanges = (service: string) => {
  const client = useQueryClient()
  const onSuccess = () =>
    Promise.all(
      ['tables', 'schema', 'rows', 'relations'].map((of) => client.invalidateQueries({ queryKey: [of, service] })),
    )
  const of = (table: string, below = '') => `${schemaPath(service, table)}${below}`
  return {
    createTable: useMutation({
      mutationFn: (table: { readonly name: string; readonly field: readonly NewField[] }) =>
        request(schemaPath(service), {
          method: 'POST',
          query: { check_exist: true },
          body: { resource: [table] },
        }),
      onSuccess,
    }),
    dropTable: useMutation({ mutationFn: (table: string) => request(of(table), { method: 'DELETE' }), onSuccess }),
    addField: useMutation({
      mutationFn: ({ table, field }: { readonly table: string; readonly field: NewField }) =>
        request(of(table, '/_field'), { method: 'POST', body: { resource: [field] } }),
      onSuccess,
    }),
    changeField: useMutation({
      mutationFn: ({
        table,
        name,
        extras,
      }: {
        readonly table: string
        readonly name: string
        readonly extras: FieldExtras
      }) => request(of(table, `/_field/${part(name)}`), { method: 'PATCH', body: { name, ...extras } }),
      onSuccess,
    }),
    dropField: useMutation({
      mutationFn: ({ table, name }: { readonly table: string; readonly name: string }) =>
        request(of(table, `/_field/${part(name)}`), { method: 'DELETE' }),
      onSuccess,
    }),
    addRelation: useMutation({
      mutationFn: ({ table, relation }: { readonly table: string; readonly relation: NewRelation }) =>
        request(of(table, '/_related'), { method: 'POST', body: { resource: [{ ...relation, is_virtual: true }] } }),
      onSuccess,
    }),
    dropRelation: useMutation({
      mutationFn: ({ table, name }: { readonly table: string; readonly name: string }) =>
        request(of(table, `/_related/${part(name)}`), { method: 'DELETE' }),
      onSuccess,
    }),
  }
}
