/** A table as a caller may use it by one verb. */
import type { Call, Method } from '@gw/core'
import type { Field, Table } from './catalog.ts'
import type { View } from './plan/planner.ts'
import { resolveRowFilters } from './rowfilter.ts'
import { type Scope, scopeOf } from './scope.ts'

/** @throws GwError `forbidden`, or what the caller's credentials call for, where they may not */
export const viewOf = (call: Pick<Call, 'access' | 'caller'>, table: Table, method: Method): View => {
  const scope = scopeOf(table, call.access(`_table/${table.name}`, method))
  return { scope, rows: resolveRowFilters(scope.filters, call.caller) }
}

/** Fields by name; `undefined` where the caller may not see all of them. */
export const seen = ({ find }: Scope, names: readonly string[]): readonly Field[] | undefined => {
  const fields = names.map(find)
  return fields.every((field) => field !== undefined) ? (fields as Field[]) : undefined
}
