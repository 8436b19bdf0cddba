/**
 * Collections as they are to be: definitions of tables and fields → a JSON Schema and indexes. What documents have none
 * of is refused with a reason; see `SchemaWriter`.
 */
import { GwError } from '@gw/core'
import type { Field, Table } from '../catalog.ts'
import type { ColumnDefinition, ColumnType, FieldChange, TableDefinition } from '../schema/definition.ts'
import type { JsonSchema } from './table.ts'

export interface PropertyTypes {
  /** What the source calls itself, for reasons. */
  readonly label: string
  /** The field that is the key of every document. */
  readonly key: string
  /** The types that a property's schema allows, `null` among them. */
  declared(schema: JsonSchema): readonly string[]
}

export interface IndexDefinition {
  readonly name: string
  readonly field: string
  readonly unique: boolean
  /** Of a field that a record need not have: records without it do not count. */
  readonly sparse: boolean
}

/** A field's index by the wire contract's names (§6.5). */
export const indexOf = (
  table: string,
  { name, unique, index, nullable }: ColumnDefinition,
): IndexDefinition | undefined =>
  unique || index
    ? { name: `${unique ? 'undx' : 'ndx'}_${table}_${name}`, field: name, unique, sparse: unique && nullable }
    : undefined

const refuse = (name: string, why: string): GwError => new GwError('not_supported', `Field '${name}': ${why}`)

/** Types whose default is gw's own to fill in. */
const STAMPS: ReadonlySet<string> = new Set(['timestamp_on_create', 'timestamp_on_update'])

const check = (column: ColumnDefinition, { label, key }: PropertyTypes): void => {
  const { name, type, reference, autoIncrement, precision, scale } = column
  if (/^\$|[.\0]/.test(name))
    throw new GwError('invalid_request', `Field '${name}': ${label} takes no $ and no dot in a name.`)
  if (column.default && !(column.default.kind === 'now' && STAMPS.has(type)))
    throw refuse(name, `${label} has no defaults. A field of the type timestamp_on_create is filled in by gw.`)
  if (reference) throw refuse(name, `${label} knows of no references. Relations are made with _related.`)
  if (autoIncrement && name !== key)
    throw refuse(name, `only ${key} is filled in by ${label}, and nothing is counted up.`)
  if (precision !== undefined || scale !== undefined)
    throw refuse(name, `${label} keeps numbers as they are: they have no precision and no scale.`)
}

// biome-ignore format: reads as a table
const BSON: Readonly<Partial<Record<ColumnType, string>>> = {
  id: 'objectId', reference: 'int', user_id: 'int', user_id_on_create: 'int', user_id_on_update: 'int',
  string: 'string', text: 'string', mediumtext: 'string', longtext: 'string', time: 'string', timetz: 'string',
  tinyint: 'int', smallint: 'int', mediumint: 'int', integer: 'int', bigint: 'long',
  decimal: 'decimal', money: 'decimal', float: 'double', double: 'double', boolean: 'bool', binary: 'binData',
  json: 'object', jsonb: 'object', object: 'object', array: 'array',
  date: 'date', datetime: 'date', datetimetz: 'date', timestamp: 'date', timestamptz: 'date',
  timestamp_on_create: 'date', timestamp_on_update: 'date',
}
const STATED: ReadonlySet<string> = new Set([...Object.values(BSON)])

/** The `bsonType` of what a definition says. */
const typeOf = (column: ColumnDefinition, types: PropertyTypes): string => {
  const { name, type, dbType } = column
  const found = dbType === undefined ? BSON[type] : STATED.has(dbType) ? dbType : undefined
  if (found !== undefined) return found
  throw dbType === undefined
    ? refuse(name, `${types.label} has no type for '${type}'. A text takes what it would hold.`)
    : new GwError('invalid_request', `Field '${name}': there is no database type '${dbType.slice(0, 40)}'.`)
}

const propertyOf = (column: ColumnDefinition, type: string): JsonSchema => ({
  bsonType: column.nullable ? [type, 'null'] : type,
  ...(column.length !== undefined && type === 'string' && { maxLength: column.length }),
})

interface Parts {
  readonly properties: Record<string, JsonSchema>
  readonly required: Set<string>
}
const put = ({ properties, required }: Parts, column: ColumnDefinition, property: JsonSchema): void => {
  properties[column.name] = property
  if (column.nullable) required.delete(column.name)
  else required.add(column.name)
}
const partsOf = (schema: JsonSchema | undefined): Parts => ({
  properties: { ...schema?.properties },
  required: new Set(Array.isArray(schema?.required) ? schema.required.map(String) : []),
})
const schemaOf = (before: JsonSchema | undefined, { properties, required }: Parts): JsonSchema => {
  // MongoDB takes no empty list here.
  const { required: _, ...rest } = before ?? {}
  return { bsonType: 'object', ...rest, ...(required.size > 0 && { required: [...required] }), properties }
}

/** @throws GwError `not_supported` for what documents have none of */
export const newSchema = (definition: TableDefinition, types: PropertyTypes): JsonSchema => {
  const { columns, primaryKey, options } = definition
  const { key, label } = types
  if (options.size > 0) throw new GwError('not_supported', `${label} knows no options of tables such as ENGINE.`)
  if (primaryKey.some((name) => name !== key))
    throw new GwError(
      'not_supported',
      `The key of a collection is its '${key}', which each has: call it so, and give it an alias.`,
    )
  const parts = partsOf(undefined)
  for (const column of columns) {
    check(column, types)
    const type = typeOf(column, types)
    put(parts, column, propertyOf(column, type))
  }
  // It is there by itself.
  parts.required.delete(key)
  return schemaOf(undefined, parts)
}

/** The property of a field that changes: its type stays where nothing is said of it. */
const changedProperty = (
  { field, column, aspects }: Extract<FieldChange, { kind: 'alter' }>,
  known: JsonSchema | undefined,
  types: PropertyTypes,
): JsonSchema => {
  const stays = !aspects.has('type')
  const [first, ...others] = known ? types.declared(known).filter((one) => one !== 'null') : []
  const current =
    others.length === 0 ? (first ?? (field.type === 'any' ? undefined : field.dbType || undefined)) : undefined
  const type = stays || (column.dbType === undefined && column.type === field.type) ? current : typeOf(column, types)
  if (type === undefined && stays && known) return known
  if (type === undefined)
    throw new GwError('invalid_request', `Field '${field.name}': say its 'type' as well, it has no one type yet.`)
  const { maxLength: _, bsonType: __, type: ___, ...rest } = known ?? {}
  return { ...rest, ...propertyOf({ ...column, length: stays ? field.length : column.length }, type) }
}

/** What a change of a collection comes to. */
export interface CollectionChange {
  readonly schema: JsonSchema
  /** What every document has to be by then: fields that must be there, and types that values must have. */
  readonly demands: readonly { readonly field: string; readonly types: readonly string[]; readonly required: boolean }[]
  /** Fields that go, with what is stored in them. */
  readonly gone: readonly string[]
  readonly made: readonly IndexDefinition[]
  /** Fields whose indexes, on them alone, go or are made anew. */
  readonly unindexed: readonly string[]
}

/** @throws GwError as `newSchema` */
export const changedSchema = (
  schema: JsonSchema | undefined,
  table: Table,
  changes: readonly FieldChange[],
  types: PropertyTypes,
): CollectionChange => {
  const parts = partsOf(schema)
  const named: ColumnDefinition[] = []
  const gone: string[] = []
  const made: IndexDefinition[] = []
  const unindexed: string[] = []
  for (const change of changes) {
    if (change.kind === 'drop') {
      delete parts.properties[change.field.native]
      parts.required.delete(change.field.native)
      gone.push(change.field.native)
      unindexed.push(change.field.native)
      continue
    }
    const { column } = change
    check(change.kind === 'alter' && change.field.primaryKey ? { ...column, autoIncrement: false } : column, types)
    const isKey = column.name === types.key
    if (change.kind === 'add') {
      put(parts, column, propertyOf(column, typeOf(column, types)))
      named.push(column)
    } else if (change.aspects.has('type') || change.aspects.has('null')) {
      const property = changedProperty(change, parts.properties[column.name], types)
      if (isKey) throw refuse(change.field.name, 'the key stays as it is.')
      put(parts, column, property)
      named.push(column)
    }
    const reindexed = change.kind === 'alter' && (change.aspects.has('unique') || change.aspects.has('index'))
    if (reindexed) unindexed.push(column.name)
    const index = change.kind === 'add' || reindexed ? indexOf(table.native, column) : undefined
    if (index) made.push(index)
  }
  return {
    schema: schemaOf(schema, parts),
    demands: named.map(({ name, nullable }) => ({
      field: name,
      types: types.declared(parts.properties[name]!),
      required: !nullable,
    })),
    gone,
    made,
    unindexed,
  }
}

/** A refusal of a change that documents stand against. */
export const standsAgainst = (table: Table, field: string, required: boolean): GwError => {
  const name = table.fields.find((one: Field) => one.native === field)?.name ?? field
  return new GwError(
    'conflict',
    required
      ? `There are records in "${table.name}" without '${name}': fill it in first, or let it be null.`
      : `There are records in "${table.name}" whose '${name}' is of another type: change them first.`,
  )
}
