/** A table as one grant shows it: the fields that exist for the caller. Made once per table and grant. */
import type { Grant } from '@gw/core'
import type { Field, Table } from './catalog.ts'
import { lookedAt } from './extras/functions.ts'
import { compileRowFilters, type RowFilters } from './rowfilter.ts'

export interface Scope {
  /** Unique in this process; stands for table and grant in cache keys. */
  readonly id: number
  readonly table: Table
  /** Without the denied ones, in table order. */
  readonly fields: readonly Field[]
  /** A field by API or native name, any case; a denied one is unknown. */
  find(name: string): Field | undefined
  /** As `find`, for a value to be stored: concealed fields are known, too. */
  findStored(name: string): Field | undefined
  /** The key's fields; empty where there is no key, or where one of its fields is denied. */
  readonly key: readonly Field[]
  readonly filters: RowFilters
  /** Denied fields that a new record would need. */
  readonly lacking: readonly Field[]
}

/** Whether a source fills a field by itself when a new record leaves it out. */
export const isRequired = (field: Field): boolean =>
  !field.nullable && field.default === undefined && !field.autoIncrement && !field.generated

const scopes = new WeakMap<Table, WeakMap<Grant, Scope>>()
let scopeCount = 0

/** API names last, so that they win over another field's native name. */
const namesOf = (fields: readonly Field[]): ReadonlyMap<string, Field> => {
  const byName = new Map(fields.map((field) => [field.native.toLowerCase(), field]))
  for (const field of fields) byName.set(field.name.toLowerCase(), field)
  return byName
}

const makeScope = (table: Table, grant: Grant): Scope => {
  const denied = new Set(grant.deny.map((name) => name.toLowerCase()))
  const named = ({ name, native }: Field): boolean => denied.has(name.toLowerCase()) || denied.has(native.toLowerCase())
  const hidden = new Set(table.fields.filter(named).map(({ native }) => native))
  // What is computed of a denied field would tell of it.
  const isDenied = (field: Field): boolean =>
    named(field) || (field.functions !== undefined && lookedAt(field.functions).some((native) => hidden.has(native)))
  const hasConcealed = table.fields.some(({ concealed }) => concealed)
  const stored = denied.size === 0 ? table.fields : table.fields.filter((field) => !isDenied(field))
  const fields = hasConcealed ? stored.filter(({ concealed }) => !concealed) : stored
  const byName = namesOf(fields)
  const storedByName = hasConcealed ? namesOf(stored) : byName
  const key = table.primaryKey.map((name) => byName.get(name.toLowerCase()))
  return {
    id: ++scopeCount,
    table,
    fields,
    find: (name) => byName.get(name.toLowerCase()),
    findStored: (name) => storedByName.get(name.toLowerCase()),
    key: key.every((field) => field !== undefined) ? key : [],
    filters: compileRowFilters(table, grant.filters),
    lacking: table.fields.filter((field) => isDenied(field) && isRequired(field)),
  }
}

/**
 * The scope of a table under a grant; the same objects give the same scope.
 * @throws GwError `internal` where the role's filter can't be understood
 */
export const scopeOf = (table: Table, grant: Grant): Scope => {
  const known = scopes.get(table)
  const byGrant = known ?? new WeakMap<Grant, Scope>()
  if (!known) scopes.set(table, byGrant)
  let scope = byGrant.get(grant)
  if (!scope) {
    scope = makeScope(table, grant)
    byGrant.set(grant, scope)
  }
  return scope
}
