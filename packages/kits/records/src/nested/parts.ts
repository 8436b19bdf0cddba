/** The records of other tables that stand inside a record, under the names of its relations (the wire contract §5.3). */
import { GwError } from '@gw/core'
import type { Catalog } from '../catalog.ts'
import { isTold } from '../describe.ts'
import type { Work } from '../execute/work.ts'
import { type Relation, relationsOf } from '../relations.ts'
import type { Scope } from '../scope.ts'

/** What stands under a relation's name. */
export interface Part {
  readonly relation: Relation
  readonly value: unknown
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What may be nested parts of a record, whoever calls; `undefined` where nothing is, which is nearly always. A field of
 * the same name wins, if the table lists it.
 */
export const partsOf = (record: unknown, { table, find }: Scope, catalog: Catalog): readonly Part[] | undefined => {
  if (!isObject(record)) return undefined
  let parts: Part[] | undefined
  for (const name of Object.keys(record)) {
    const own = find(name)
    if (own && !own.open) continue
    const relation = relationNamed(name, relationsOf(table, catalog))
    if (!relation) continue
    parts ??= []
    parts.push({ relation, value: record[name] })
  }
  return parts
}

/**
 * The nested parts of a record. A relation by a field that the caller is denied is as unknown as the field: what stands
 * under its name is passed over.
 */
export const partsFor = (record: unknown, { scope, catalog, call }: Pick<Work, 'scope' | 'catalog' | 'call'>) => {
  const told = partsOf(record, scope, catalog)?.filter(({ relation }) => isTold(relation, scope, catalog, call))
  return told && told.length > 0 ? (told as readonly Part[]) : undefined
}

const relationNamed = (name: string, relations: ReadonlyMap<string, Relation>): Relation | undefined => {
  const exact = relations.get(name)
  if (exact || relations.size === 0) return exact
  const lower = name.toLowerCase()
  for (const relation of relations.values()) if (relation.name.toLowerCase() === lower) return relation
  return undefined
}

/** Whether a name that no field is listed under is a relation's: what stands there is no part of the record itself. */
export const isRelationName = (name: string, { scope, catalog }: Pick<Work, 'scope' | 'catalog'>): boolean =>
  relationNamed(name, relationsOf(scope.table, catalog)) !== undefined

/** One object: what a relation to one record takes. */
export const objectIn = ({ relation, value }: Part): Readonly<Record<string, unknown>> => {
  if (isObject(value)) return value
  throw new GwError('invalid_request', `The relation '${relation.name}' takes one record.`)
}

/** A list of objects; one alone counts as a list of one. */
export const objectsIn = ({ relation, value }: Part): readonly Readonly<Record<string, unknown>>[] => {
  const list = Array.isArray(value) ? value : [value]
  if (list.every(isObject)) return list
  throw new GwError('invalid_request', `The relation '${relation.name}' takes a list of records.`)
}

/** Whether a relation is given nothing, which for `has_one` means: none any more. */
export const isEmpty = ({ value }: Part): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0)
