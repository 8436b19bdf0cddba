/** A table as one grant shows it: the fields that exist for the caller. Made once per table and grant. */
import type { Grant } from '@gw/core'
import { type Field, fieldOf, type Table } from './catalog.ts'
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
  /** Whether it may name fields that are not listed, and is told all that a record has. */
  readonly open: boolean
  /** The fields that are written, in table order; those that are not listed come last. */
  inOrder(written: { readonly size: number; has(field: Field): boolean; keys(): Iterable<Field> }): readonly Field[]
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

const isRuled = ({ primaryKey, functions, concealed, validation, stamp, generated }: Field): boolean =>
  primaryKey || generated || [functions, concealed, validation, stamp].some((rule) => rule !== undefined)

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
  const filters = compileRowFilters(table, grant.filters)
  const ruled = new Set(filters.groups.flatMap(({ tests }) => tests.map(({ field }) => field)))
  // Beside a denied field, nothing is open: what no rule knows could hold the same.
  const open = denied.size === 0 ? table.open : undefined
  /** What lies within a field that some rule is about is not reached past that rule. */
  const within = (name: string): Field | undefined => {
    const root = name.includes('.') ? fieldOf(table, name.split('.', 1)[0]!) : undefined
    return root && (ruled.has(root) || isRuled(root)) ? undefined : open?.(name)
  }
  const key = table.primaryKey.map((name) => byName.get(name.toLowerCase()))
  return {
    id: ++scopeCount,
    table,
    fields,
    open: open !== undefined,
    find: (name) => byName.get(name.toLowerCase()) ?? within(name),
    findStored: (name) => storedByName.get(name.toLowerCase()) ?? within(name),
    inOrder: (written) => {
      const listed = table.fields.filter((field) => written.has(field))
      if (listed.length === written.size) return listed
      return [...listed, ...[...written.keys()].filter((field) => field.open)]
    },
    key: key.every((field) => field !== undefined) ? key : [],
    filters,
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
