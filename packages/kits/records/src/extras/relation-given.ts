/** A relation's definition as a client gives it → what is remembered of one that is there, or one that no key says. */
import { type Call, GwError } from '@gw/core'
import type { Catalog, Table } from '../catalog.ts'
import { canRead } from '../describe.ts'
import { allRelationsOf, type Relation } from '../relations.ts'
import type { Scope } from '../scope.ts'
import { RELATION_TYPES, type RelationExtras, type RelationType, type VirtualRelation } from './document.ts'
import { tableExtrasIn } from './given.ts'

type Given = Readonly<Record<string, unknown>>
type Asker = Pick<Call, 'access' | 'service'>

export interface RelationReading {
  readonly scope: Scope
  readonly catalog: Catalog
  readonly call: Asker
}

const invalid = (message: string): GwError => new GwError('invalid_request', message)

const FLAGS = ['always_fetch', 'flatten', 'flatten_drop_prefix'] as const
// biome-ignore format: reads as a table
const KEYS: ReadonlySet<string> = new Set([
  'alias', 'name', 'label', 'description', 'native', 'type', 'field', 'is_virtual', 'ref_service_id', 'ref_service',
  'ref_table', 'ref_field', 'ref_on_update', 'ref_on_delete', 'junction_service_id', 'junction_service',
  'junction_table', 'junction_field', 'junction_ref_field', ...FLAGS,
])

/** What is remembered beside the relation itself. */
export const relationExtrasIn = (given: Given): RelationExtras => {
  const said = Object.fromEntries(
    ['alias', 'label', 'description'].flatMap((key) => (key in given ? [[key, given[key]]] : [])),
  )
  const flags = FLAGS.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key] === true || undefined]]))
  return { ...tableExtrasIn(said), ...Object.fromEntries(flags) } as RelationExtras
}

const namesIn = (key: string, value: unknown): readonly string[] => {
  const list = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value
  if (Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === 'string' && name !== ''))
    return list
  throw invalid(`A relation needs '${key}': the name of a field, or several with commas between them.`)
}

const tableIn = ({ catalog }: RelationReading, key: string, value: unknown): Table => {
  const table = typeof value === 'string' ? catalog.byName.get(value.toLowerCase()) : undefined
  if (table) return table
  throw invalid(`A relation needs '${key}', the name of a table: "${String(value).slice(0, 80)}" is none.`)
}

/** Native names of fields that the caller may read: others could be told by relating to them. */
const fieldsIn = ({ catalog, call }: RelationReading, table: Table, names: readonly string[]): readonly string[] => {
  const found = names.map((name) => table.fields.find((one) => one.name.toLowerCase() === name.toLowerCase()))
  if (
    found.every((field) => field !== undefined) &&
    canRead(
      call as Call,
      catalog,
      table.name,
      found.map((field) => field!.name),
    )
  )
    return found.map((field) => field!.native)
  throw invalid(`Table "${table.name}" has no field '${names.join()}'.`)
}

const serviceIn = (given: Given, key: string, own: string): string | undefined => {
  if (given[`${key}_id`] !== undefined && given[`${key}_id`] !== null)
    throw new GwError('not_supported', `Services have no numbers here: use '${key}' with the service's name.`)
  const name = given[key]
  if (name === undefined || name === null || name === '' || name === own) return undefined
  if (typeof name === 'string' && /^[\w.-]{1,64}$/.test(name)) return name.toLowerCase()
  throw invalid(`'${key}' must be the name of a service.`)
}

const baseOf = ({ base, name }: Table): string => base ?? name

/** A relation that no key says, checked against the tables that are there; those of other services are taken as said. */
const virtualIn = (given: Given, reading: RelationReading): VirtualRelation => {
  const { scope, call } = reading
  const { type } = given
  if (!RELATION_TYPES.includes(type as RelationType))
    throw invalid(`The type of a relation is one of ${RELATION_TYPES.join(', ')}.`)
  const fields = namesIn('field', given.field).map((name) => {
    const field = scope.find(name)
    if (field) return field.native
    throw invalid(`Table "${scope.table.name}" has no field '${name}'.`)
  })
  const references = namesIn('ref_field', given.ref_field)
  if (type !== 'many_many' && references.length !== fields.length)
    throw invalid("'field' and 'ref_field' must name equally many fields.")
  const service = serviceIn(given, 'ref_service', call.service)
  const rules = { onUpdate: given.ref_on_update ?? undefined, onDelete: given.ref_on_delete ?? undefined } as object
  if (service !== undefined) {
    if (type === 'many_many')
      throw new GwError('not_supported', 'Relations by a junction lead to tables of the same service only.')
    if (typeof given.ref_table !== 'string' || given.ref_table === '') throw invalid("A relation needs 'ref_table'.")
    return { type: type as RelationType, fields, service, table: given.ref_table, references, ...rules }
  }
  const target = tableIn(reading, 'ref_table', given.ref_table)
  const relation = {
    type: type as RelationType,
    fields,
    table: baseOf(target),
    references: fieldsIn(reading, target, references),
    ...rules,
  }
  if (type !== 'many_many') return relation
  if (serviceIn(given, 'junction_service', call.service) !== undefined)
    throw new GwError('not_supported', 'A junction has to be a table of the same service.')
  const through = tableIn(reading, 'junction_table', given.junction_table)
  const near = fieldsIn(reading, through, namesIn('junction_field', given.junction_field))
  const far = fieldsIn(reading, through, namesIn('junction_ref_field', given.junction_ref_field))
  if (near.length !== fields.length || far.length !== references.length)
    throw invalid("The junction's fields must be as many as those that they refer to.")
  return { ...relation, junction: { table: baseOf(through), fields: near, references: far } }
}

export type RelationChange =
  | { readonly kind: 'extras'; readonly relation: Relation; readonly extras: RelationExtras }
  | {
      readonly kind: 'virtual'
      readonly virtual: VirtualRelation
      readonly replaces: Relation | undefined
      readonly extras: RelationExtras
    }

/** What a definition asks for. @throws GwError `not_found` where only `existing` ones are meant and there is none */
export const relationChange = (given: Given, reading: RelationReading, existing: boolean): RelationChange => {
  const unknown = Object.keys(given).find((key) => !KEYS.has(key))
  if (unknown !== undefined) throw invalid(`Unknown key '${unknown.slice(0, 60)}' in the definition of a relation.`)
  const { scope, catalog } = reading
  const extras = relationExtrasIn(given)
  const named = typeof given.name === 'string' ? relationNamed(scope.table, catalog, given.name) : undefined
  if (named && !named.virtual) return { kind: 'extras', relation: named, extras }
  if (named && given.type === undefined) return { kind: 'extras', relation: named, extras }
  if (!named && existing)
    throw new GwError('not_found', `No requested relationships found in table '${scope.table.name}'.`)
  return { kind: 'virtual', virtual: virtualIn(given, reading), replaces: named, extras }
}

export const relationNamed = (table: Table, catalog: Catalog, name: string): Relation | undefined => {
  const wanted = name.toLowerCase()
  return [...allRelationsOf(table, catalog).values()].find((relation) => relation.name.toLowerCase() === wanted)
}
