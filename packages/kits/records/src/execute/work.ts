/** One call on one table: what all operations on records start from. */
import { type Call, GwError } from '@gw/core'
import type { Catalog, Field, Table } from '../catalog.ts'
import type { ExtrasStore } from '../extras/store.ts'
import type { SlotCast } from '../filter/bind.ts'
import { filterValues } from '../filter/bind.ts'
import { isJsonFilter, jsonFilter } from '../filter/json.ts'
import { filterOf } from '../filter/parse.ts'
import { relatedFilter } from '../filter/related.ts'
import type { ParsedFilter } from '../filter/tree.ts'
import type { Lookup } from '../lookups.ts'
import { readBody, refuseUnsupported } from '../params/body.ts'
import { checkCursor } from '../params/cursor.ts'
import { identifiers } from '../params/fields.ts'
import { checkGrouping } from '../params/group.ts'
import type { RecordsParams } from '../params/query.ts'
import type { Planner, ReadShape, ReturnShape, View } from '../plan/planner.ts'
import { localFields, type Related, relatedOf } from '../related/tree.ts'
import { resolveRowFilters } from '../rowfilter.ts'
import { scopeOf } from '../scope.ts'
import type { RecordsOptions, RecordsSource, RunOptions } from '../source.ts'
import { sourceFor } from '../steps/inside.ts'
import { viewOf } from '../view.ts'

/** What the endpoints of one service share. */
export interface Kit {
  readonly source: RecordsSource
  readonly options: RecordsOptions
  readonly planner: Planner
  /** What is remembered beside the source; absent: nothing is. */
  readonly extras?: ExtrasStore | undefined
}

export interface Work extends Kit, View {
  readonly call: Call
  readonly catalog: Catalog
  readonly params: RecordsParams
  readonly records: readonly unknown[] | undefined
  /** The relations to read with the records. */
  readonly related: readonly Related[] | undefined
  /** What a write may answer of the records it wrote, where it answers relations. */
  readonly reading: View | undefined
  /** What identifies records in this call; empty where nothing does. */
  readonly identifiers: readonly Field[]
  readonly run: RunOptions
  /** The lookups that a client may use. */
  readonly lookup: Lookup
}

/** The table of a path. */
export const tableNamed = (catalog: Catalog, name: string): Table => {
  const table = catalog.byName.get(name.toLowerCase())
  if (table) return table
  throw new GwError('not_found', `Table "${name}" does not exist in the database.`)
}

/** Reads a call: parameters, body, and the table as the caller's grant shows it. */
export const openWork = (kit: Kit, call: Call<Readonly<Record<string, string>>, RecordsParams, unknown>): Work => {
  const source = sourceFor(call) ?? kit.source
  const catalog = source.catalog()
  const scope = scopeOf(tableNamed(catalog, call.params.table_name!), call.grant)
  if (scope.fields.length === 0) throw new GwError('forbidden', 'Denied access to all of the fields.')
  const { params, records } = readBody(call.method, call.query, call.body)
  refuseUnsupported(params, call.method)
  const reading = params.related && call.method !== 'GET' ? viewOf(call, scope.table, 'GET') : undefined
  const lists = call.method === 'GET' && call.params.id === undefined && params.ids === undefined && !records
  checkGrouping(params, lists)
  checkCursor(params, lists)
  return {
    ...kit,
    source,
    call,
    catalog,
    scope,
    rows: resolveRowFilters(scope.filters, call.caller),
    params,
    records,
    related: relatedOf(call, catalog, reading?.scope ?? scope, params),
    reading,
    identifiers: identifiers(params, scope),
    run: params.refresh
      ? { signal: call.signal, caller: call.caller, asker: call, fresh: true }
      : { signal: call.signal, caller: call.caller, asker: call },
    lookup: (name) => call.caller.lookup(name),
  }
}

/**
 * The filter of a call. Only text can be one, or JSON where the source has documents: anything else would silently
 * select every row.
 */
const filterIn = ({ params: { filter }, source }: Pick<Work, 'params' | 'source'>): ParsedFilter | undefined => {
  if (filter === undefined || filter === null) return undefined
  if (source.capabilities.documents && isJsonFilter(filter)) return jsonFilter(filter)
  if (typeof filter === 'string') return filterOf(filter)
  throw new GwError('invalid_request', "The filter must be a text, for example name = 'Ada'.")
}

/** The filter of a read, which may also say something of related records. */
export const filterFor = (work: Work): ParsedFilter | undefined => {
  const filter = filterIn(work)
  const related = filter && relatedFilter(work, work.scope, filter.tree)
  return related ? { ...filter, related } : filter
}

/** The values of a filter's slots; none where there is no filter. */
export const filterSlots = (
  { params, lookup }: Work,
  filter: ParsedFilter | undefined,
  casts: readonly SlotCast[],
): readonly unknown[] => {
  if (!filter) return []
  const values = filterValues(filter.values, casts, params.params ?? {}, lookup)
  return filter.related ? [...values, ...filter.related.values] : values
}

/** What a write answers with: `fields`, or what identifies the records. */
export const returned = ({ params, identifiers, related }: Work): ReturnShape => ({
  // A list of bare identifiers needs them, whatever `fields` says.
  fields: params.asList ? undefined : params.fields,
  otherwise: identifiers,
  // Relations are read by them.
  ...(related && { extra: identifiers }),
})

/** What a read by identifiers answers with; as `returned`, but for all fields by default. */
export const shown = ({ params, identifiers, related }: Work): Pick<ReadShape, 'fields' | 'only' | 'extra'> =>
  params.asList && identifiers.length > 0
    ? { only: identifiers }
    : { fields: params.fields, extra: localFields(related) }

/** The wire contract's answer (§8.2) for a record that isn't there, or isn't the caller's to see. */
export const notFound = (label: string): GwError =>
  new GwError('not_found', `Record with identifier '${label}' not found.`)
