/** One field's definition: what was given → a column, checked. */
import { GwError } from '@gw/core'
import { cast, truthy } from '../cast.ts'
import type { Field, FieldType } from '../catalog.ts'
import {
  type ColumnDefinition,
  type ColumnReference,
  type ColumnType,
  type DefaultValue,
  isColumnType,
  REFERENCE_ACTIONS,
  type ReferenceAction,
} from './definition.ts'
import { type Given, sameValue } from './keys.ts'
import { CURRENT_TIMESTAMP, statedDefault } from './stated-default.ts'

/** Finds what a reference points at; throws where there is no such thing, or none that the caller may know of. */
export type Resolve = (table: string, field: string | undefined) => Pick<ColumnReference, 'schema' | 'table' | 'column'>

const COUNTED: ReadonlySet<ColumnType> = new Set(['id', 'bigid', 'mediumid', 'smallid'])
const STAMPED: ReadonlySet<ColumnType> = new Set(['timestamp_on_create', 'timestamp_on_update'])
/** The largest length or precision that any source knows. */
const LARGEST = 2_147_483_647
const LONGEST_DEFAULT = 4_000

const refuse = (name: string, what: string): never => {
  throw new GwError('invalid_request', `Field '${name}': ${what}`)
}

const typeIn = (name: string, type: unknown): ColumnType | undefined => {
  if (type === undefined || type === null || type === '') return undefined
  if (typeof type === 'string' && isColumnType(type)) return type
  return refuse(
    name,
    `there is no type ${JSON.stringify(String(type).slice(0, 40))}. Use a simple type such as string.`,
  )
}

const wholeIn = (name: string, key: string, value: unknown): number | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value.trim()) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= LARGEST) return number
  return refuse(name, `'${key}' must be a whole number.`)
}

const flagIn = (name: string, key: string, value: unknown): boolean | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  return typeof value === 'object' ? refuse(name, `'${key}' must be true or false.`) : truthy(value)
}

const actionIn = (name: string, key: string, value: unknown): ReferenceAction | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  const action = typeof value === 'string' ? value.trim().toUpperCase().replace(/\s+/g, ' ') : ''
  return (
    REFERENCE_ACTIONS.find((known) => known === action) ??
    refuse(name, `'${key}' must be one of ${REFERENCE_ACTIONS.join(', ')}.`)
  )
}

/** What a default is read as. */
const BASE: Readonly<Partial<Record<ColumnType, FieldType>>> = {
  id: 'integer',
  bigid: 'bigint',
  mediumid: 'integer',
  smallid: 'integer',
  reference: 'integer',
  user_id: 'integer',
  user_id_on_create: 'integer',
  user_id_on_update: 'integer',
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'decimal',
  money: 'decimal',
  float: 'double',
  double: 'double',
  boolean: 'boolean',
  json: 'json',
  jsonb: 'json',
  object: 'json',
  uuid: 'uuid',
  timeuuid: 'uuid',
}
const MOMENTS: ReadonlySet<ColumnType> = new Set([
  'datetime',
  'datetimetz',
  'timestamp',
  'timestamptz',
  'timestamp_on_create',
  'timestamp_on_update',
  'date',
  'time',
  'timetz',
])

/** NUL ends a statement's text in some databases, and lone surrogates have no form in UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSENDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

const defaultIn = (name: string, type: ColumnType, value: unknown): DefaultValue | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, 'expression')) {
    const { expression } = value as { expression?: unknown }
    if (typeof expression !== 'string' || !/^\s*(?:current_timestamp|now)\s*(?:\(\s*\))?\s*$/i.test(expression))
      return refuse(name, `the only expression for a default is {"expression": "CURRENT_TIMESTAMP"}.`)
    return MOMENTS.has(type) ? { kind: 'now' } : refuse(name, 'CURRENT_TIMESTAMP is a default of dates and times only.')
  }
  if (type === 'binary' || type === 'array') return refuse(name, `a field of type ${type} can have no default.`)
  const base = BASE[type] ?? 'string'
  const read = cast({ name, type: base, nullable: true } as Field, value) as string | number | boolean
  if (typeof read === 'string') {
    if (read.length > LONGEST_DEFAULT) return refuse(name, 'the default is too long.')
    if (UNSENDABLE.test(read) || !read.isWellFormed())
      return refuse(name, 'the default holds characters that no database takes.')
  }
  return { kind: 'value', value: read }
}

const referenceIn = (name: string, given: Given, resolve: Resolve): ColumnReference | undefined => {
  const { ref_table: table, ref_field: field } = given
  const wanted = flagIn(name, 'is_foreign_key', given.is_foreign_key)
  if (table === undefined || table === null || table === '' || wanted === false) {
    if (wanted) refuse(name, "a reference needs 'ref_table', and 'ref_field' where it is not the key.")
    return undefined
  }
  if (typeof table !== 'string') return refuse(name, "'ref_table' must be a text.")
  const column = Array.isArray(field) && field.length === 1 ? field[0] : (field ?? undefined)
  if (column !== undefined && typeof column !== 'string') return refuse(name, "'ref_field' must be one field's name.")
  return {
    ...resolve(table, column === '' ? undefined : column),
    onUpdate: actionIn(name, 'ref_on_update', given.ref_on_update),
    onDelete: actionIn(name, 'ref_on_delete', given.ref_on_delete),
  }
}

export interface NewColumn {
  readonly column: ColumnDefinition
  readonly primaryKey: boolean
}

/** What has a default is not required, and that does not make it nullable. */
const nullableIn = (name: string, given: Given, fallback: boolean, hasDefault: boolean): boolean => {
  const said = flagIn(name, 'allow_null', given.allow_null)
  if (said !== undefined) return said
  const required = flagIn(name, 'required', given.required)
  return required === undefined || (hasDefault && !required) ? fallback : !required
}

/** A new field. */
export const newColumn = (name: string, given: Given, resolve: Resolve): NewColumn => {
  const dbType = given.db_type
  if (dbType !== undefined && dbType !== null && typeof dbType !== 'string') refuse(name, "'db_type' must be a text.")
  const reference = referenceIn(name, given, resolve)
  const stated = typeIn(name, given.type) ?? (reference && !dbType ? 'reference' : undefined)
  if (!stated && !dbType) refuse(name, "it needs a 'type', for example string.")
  const type = stated ?? 'string'
  if (type === 'reference' && !reference) refuse(name, "a reference needs 'ref_table'.")
  const counted = COUNTED.has(type)
  const primaryKey = flagIn(name, 'is_primary_key', given.is_primary_key) ?? counted
  const now: DefaultValue | undefined = STAMPED.has(type) ? { kind: 'now' } : undefined
  const autoIncrement = (flagIn(name, 'auto_increment', given.auto_increment) ?? false) || counted
  const initial = defaultIn(name, type, given.default) ?? now
  if (autoIncrement && initial) refuse(name, 'a field that is counted up can have no default.')
  const unique = flagIn(name, 'is_unique', given.is_unique) ?? false
  return {
    primaryKey,
    column: {
      name,
      type,
      ...(stated ? {} : { dbType: dbType as string }),
      ...sizesIn(name, given),
      fixedLength: flagIn(name, 'fixed_length', given.fixed_length) ?? false,
      multibyte: flagIn(name, 'supports_multibyte', given.supports_multibyte) ?? false,
      nullable: !primaryKey && !autoIncrement && nullableIn(name, given, false, initial !== undefined),
      default: initial,
      autoIncrement,
      unique: unique && !primaryKey,
      index: (flagIn(name, 'is_index', given.is_index) ?? false) && !primaryKey && !unique,
      reference,
    },
  }
}

const sizesIn = (name: string, given: Given) => ({
  length: wholeIn(name, 'length', given.length),
  precision: wholeIn(name, 'precision', given.precision),
  scale: wholeIn(name, 'scale', given.scale),
})

const SIZES = ['type', 'db_type', 'length', 'precision', 'scale', 'fixed_length', 'supports_multibyte'] as const
const REFERENCE = ['is_foreign_key', 'ref_table', 'ref_field', 'ref_on_update', 'ref_on_delete'] as const

/** Which groups of keys are said. */
export const says = (given: Given) => ({
  type: SIZES.some((key) => given[key] !== undefined),
  reference: REFERENCE.some((key) => given[key] !== undefined),
})

/**
 * A field that exists, with what is given different (`differing`). The source's own type stays where nothing is said
 * about it: `dbType` is then the catalogue's.
 * @param described the field as the API describes it
 */
export const changedColumn = (field: Field, given: Given, described: Given, resolve: Resolve): ColumnDefinition => {
  const { name, native } = field
  for (const key of ['is_primary_key', 'auto_increment'] as const)
    if (given[key] !== undefined)
      throw new GwError('not_supported', `Field '${name}': '${key}' can not be changed once there is a table.`)
  // What is described of a reference says nothing against one that is asked for.
  const whole: Given = { ...described, is_foreign_key: undefined, ...given }
  const said = says(given)
  const dbType = given.db_type
  if (dbType !== undefined && typeof dbType !== 'string') refuse(name, "'db_type' must be a text.")
  const stated = typeIn(name, given.type)
  if (stated && COUNTED.has(stated))
    throw new GwError('not_supported', `Field '${name}': a field that exists can not be made the key.`)
  const type = stated ?? (isColumnType(field.type) ? field.type : 'string')
  const fresh = stated !== undefined || dbType !== undefined
  const initial =
    given.default === undefined
      ? stated && STAMPED.has(stated)
        ? ({ kind: 'now' } as const)
        : currentDefault(field)
      : defaultIn(name, type, given.default)
  const unique = flagIn(name, 'is_unique', given.is_unique) ?? field.unique
  const reference = said.reference ? referenceIn(name, whole, resolve) : undefined
  if (said.reference && !reference && !field.reference) refuse(name, "a reference needs 'ref_table'.")
  return {
    name: native,
    type,
    ...(typeof dbType === 'string' && !stated ? { dbType } : {}),
    ...(said.type
      ? sizesIn(name, fresh ? given : whole)
      : { length: undefined, precision: undefined, scale: undefined }),
    fixedLength: flagIn(name, 'fixed_length', (fresh ? given : whole).fixed_length) ?? false,
    multibyte: flagIn(name, 'supports_multibyte', (fresh ? given : whole).supports_multibyte) ?? false,
    nullable: nullableIn(name, given, field.nullable, initial !== undefined),
    default: initial,
    autoIncrement: field.autoIncrement,
    unique,
    index: flagIn(name, 'is_index', given.is_index) ?? field.index !== undefined,
    reference,
  }
}

const currentDefault = (field: Field): DefaultValue | undefined => {
  const stated = statedDefault(field)
  if (stated === null) return undefined
  if (sameValue(stated, CURRENT_TIMESTAMP)) return { kind: 'now' }
  return { kind: 'value', value: stated as string }
}

/** Whether a default is the one that a field has. */
export const hasDefault = (field: Field, wanted: DefaultValue | undefined): boolean => {
  const current = currentDefault(field)
  // Exact numbers are texts on one side and numbers on the other.
  return current?.kind === 'value' && wanted?.kind === 'value'
    ? String(current.value) === String(wanted.value)
    : current?.kind === wanted?.kind
}
