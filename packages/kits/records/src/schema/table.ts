/** A table's definition: what was given → a table, or the changes of one, checked as a whole. */
import { type Call, GwError } from '@gw/core'
import { truthy } from '../cast.ts'
import type { Catalog, Field, Table } from '../catalog.ts'
import { canRead, describeTable, labelOf } from '../describe.ts'
import { STAMPS } from '../extras/document.ts'
import type { Scope } from '../scope.ts'
import { changedColumn, hasDefault, newColumn, type Resolve, says } from './column.ts'
import type { Aspect, FieldChange, Place, SchemaWriter, TableDefinition } from './definition.ts'
import {
  definitionIn,
  differing,
  FIELD_KEYS,
  FIELD_METADATA,
  type Given,
  isEmpty,
  only,
  refuseUnknown,
  TABLE_KEYS,
  TABLE_METADATA,
  TABLE_OUTPUT,
} from './keys.ts'
import { checkName } from './names.ts'

type Asker = Pick<Call, 'access'>

/** What the definition of a table is read with. */
export interface Reading {
  readonly catalog: Catalog
  /** The catalogue as the request will leave it, as far as it is planned. */
  readonly ahead: Catalog
  readonly call: Asker
  readonly writer: SchemaWriter
}

/** What the API is to remember beside the source. */
export interface Metadata {
  readonly table: Given
  /** By the field's own name; only those with something to remember. */
  readonly fields: ReadonlyMap<string, Given>
}

const MOST_FIELDS = 1_000

const namesOf = (given: Given): readonly Given[] => {
  const { field } = given
  if (field === undefined || field === null) return []
  const list = Array.isArray(field) ? field : [field]
  if (list.length > MOST_FIELDS) throw new GwError('invalid_request', `A table may have at most ${MOST_FIELDS} fields.`)
  return list.map((one) => definitionIn(one, 'field'))
}

const nameOf = (given: Given, what: 'Table' | 'Field'): string => {
  const { name } = given
  if (typeof name !== 'string' || name === '') throw new GwError('invalid_request', `${what} name can not be empty.`)
  return name
}

/** Fields and tables that a caller may not read are no target: whether a value is there could be told by trying. */
const resolver =
  ({ ahead: catalog, call }: Reading, own?: { readonly place: Place; readonly columns: readonly string[] }): Resolve =>
  (wanted, field) => {
    if (own && wanted.toLowerCase() === own.place.name.toLowerCase()) {
      const column = own.columns.find((name) => name === field)
      if (column === undefined)
        throw new GwError('invalid_request', `A reference to the own table needs 'ref_field', the name of its key.`)
      return { schema: own.place.schema, table: own.place.native, column }
    }
    const table = catalog.byName.get(wanted.toLowerCase())
    const name = field ?? (table?.primaryKey.length === 1 ? table.primaryKey[0]! : undefined)
    if (table && name === undefined)
      throw new GwError(
        'invalid_request',
        `A reference to "${table.name}" needs 'ref_field': its key is not one field.`,
      )
    if (!table || table.view || !canRead(call, catalog, table.name, [name!]))
      throw new GwError(
        'invalid_request',
        `There is no field to refer to: "${wanted.slice(0, 80)}", '${field ?? 'its key'}'.`,
      )
    const target = table.fields.find((one) => one.name.toLowerCase() === name!.toLowerCase() || one.native === name)!
    if (!target.unique && !(table.primaryKey.length === 1 && target.primaryKey))
      throw new GwError(
        'invalid_request',
        `"${table.name}"."${target.name}" is neither the key nor unique: it can not be referred to.`,
      )
    return { schema: table.schema, table: table.native, column: target.native }
  }

/** Types of which the API keeps a part: who and when is filled in here, whatever a client sends. */
const KEPT_TYPES: ReadonlySet<unknown> = new Set(['user_id', ...STAMPS])
const keptType = (type: unknown, before?: Field): Given =>
  KEPT_TYPES.has(type) || (type !== undefined && KEPT_TYPES.has(before?.meaning)) ? { type } : {}

const metadataOf = (given: Given, name: string): Given => {
  const said = Object.fromEntries(Object.entries(only(given, FIELD_METADATA)).filter(([, value]) => !isEmpty(value)))
  if (said.label === labelOf(name)) delete said.label
  return { ...said, ...keptType(given.type) }
}

const OPTION = /^\s*(engine|charset|character\s+set|collate)\s*=?\s*([\w-]{1,40})\s*$/i

/** `ENGINE=InnoDB, CHARSET=utf8mb4`: words only, and which ones is the writer's to say. */
const optionsIn = (options: unknown): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  if (options === undefined || options === null || options === '') return found
  const parts =
    typeof options === 'string'
      ? options.replace(/\bdefault\s+(?=ch|co)/gi, '').split(/,|\s+(?=(?:engine|charset|character\s+set|collate)\b)/i)
      : []
  if (parts.length === 0) throw new GwError('invalid_request', "'options' must be a text such as ENGINE=InnoDB.")
  for (const part of parts) {
    if (part.trim() === '') continue
    const [, name, value] = OPTION.exec(part) ?? []
    if (name === undefined)
      throw new GwError(
        'invalid_request',
        "'options' may hold ENGINE, CHARSET and COLLATE with one word each, for example ENGINE=InnoDB.",
      )
    found.set(name.toLowerCase().replace(/^character\s+set$/, 'charset'), value!)
  }
  return found
}

const stringsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined

/** A table that is to be made. */
export const newTable = (
  given: Given,
  place: Place,
  reading: Reading,
): { readonly definition: TableDefinition; readonly metadata: Metadata } => {
  const { writer } = reading
  refuseUnknown(given, `"${place.name}"`, TABLE_KEYS, TABLE_METADATA, TABLE_OUTPUT)
  checkName(place.native, 'table', writer.longestName)
  refuseRelated(given, [])
  refuseConstraints(given, undefined)
  if (given.is_view) throw new GwError('invalid_request', 'A view can not be made: it would take SQL.')
  const fields = namesOf(given)
  const names = fields.map((field) => nameOf(field, 'Field'))
  if (names.length === 0) throw new GwError('invalid_request', `A new table needs at least one field (in 'field').`)
  const twice = names.find((name, at) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== at)
  if (twice !== undefined) throw new GwError('invalid_request', `Field '${twice}' is defined twice.`)
  const resolve = resolver(reading, { place, columns: names })
  const made = fields.flatMap((field, at) => {
    const name = names[at]!
    checkName(name, 'field', writer.longestName)
    refuseUnknown(field, `field '${name}'`, FIELD_KEYS, FIELD_METADATA, NATIVE)
    return truthy(field.is_virtual) ? [] : [newColumn(name, field, resolve)]
  })
  if (made.length === 0) throw new GwError('invalid_request', 'A new table needs a field that is not virtual.')
  const primaryKey = keyIn(
    given,
    made.flatMap((one) => (one.primaryKey ? [one.column.name] : [])),
    names,
  )
  const counted = made.filter(({ column }) => column.autoIncrement)
  if (counted.length > 1) throw new GwError('invalid_request', 'Only one field of a table can be counted up.')
  const metadata = new Map(fields.map((field, at): [string, Given] => [names[at]!, metadataOf(field, names[at]!)]))
  return {
    definition: { ...place, columns: made.map(({ column }) => column), primaryKey, options: optionsIn(given.options) },
    metadata: { table: tableMetadata(given, place.name), fields: withoutEmpty(metadata) },
  }
}

/** `native` is said of fields in descriptions, too. */
const NATIVE: ReadonlySet<string> = new Set(['native'])
const withoutEmpty = (fields: ReadonlyMap<string, Given>): ReadonlyMap<string, Given> =>
  new Map([...fields].filter(([, one]) => Object.keys(one).length > 0))

const tableMetadata = (given: Given, name: string): Given => {
  const said = Object.fromEntries(Object.entries(only(given, TABLE_METADATA)).filter(([, value]) => !isEmpty(value)))
  if (said.label === labelOf(name)) delete said.label
  return said
}

/** The key that is said for the table must be the fields' own, though its order counts. */
const keyIn = (given: Given, ofFields: readonly string[], names: readonly string[]): readonly string[] => {
  const { primary_key: said } = given
  if (said === undefined || isEmpty(said)) return ofFields
  const key = stringsIn(said)
  const unknown = !key || key.some((name) => !names.includes(name)) || new Set(key).size !== key.length
  const other = ofFields.length > 0 && ofFields.some((name) => !key?.includes(name))
  if (unknown || other)
    throw new GwError(
      'invalid_request',
      "'primary_key' must name fields of the table, and the same ones as is_primary_key.",
    )
  return key
}

/** Relations follow from references; virtual ones have their own endpoints. */
const refuseRelated = (given: Given, described: readonly unknown[]): void => {
  const { related } = given
  if (
    related === undefined ||
    isEmpty(related) ||
    Object.keys(differing({ related }, { related: described })).length === 0
  )
    return
  throw new GwError(
    'not_supported',
    "'related' can not be changed with the table: references make relations, and the others belong to _related.",
  )
}

/** References of several fields can not be asked for, and must not be lost without a word. */
const refuseConstraints = (given: Given, described: unknown): void => {
  const known = typeof described === 'object' && described !== null ? (described as Given) : {}
  const wanted = typeof given.constraints === 'object' && given.constraints !== null ? (given.constraints as Given) : {}
  const composite = Object.keys(differing(wanted, known)).find((name) =>
    Array.isArray((wanted[name] as Given | null)?.column_name),
  )
  if (composite !== undefined)
    throw new GwError(
      'not_supported',
      `The constraint '${composite.slice(0, 60)}' has several fields: only references of one field can be made, with 'ref_table'.`,
    )
}

export interface AlterOptions {
  /** Fields that a list of them leaves out are dropped. */
  readonly drop: boolean
  /** Fields that are not there yet are an error. */
  readonly existing?: boolean
}

/** What is to become different of a table. */
export const tableChanges = (
  given: Given,
  scope: Scope,
  reading: Reading,
  { drop, existing = false }: AlterOptions,
): { readonly changes: readonly FieldChange[]; readonly metadata: Metadata } => {
  const { table } = scope
  const { catalog, ahead, call, writer } = reading
  const described = describeTable(scope, catalog, call)
  const said = differing(given, described)
  refuseUnknown(given, `"${table.name}"`, TABLE_KEYS, TABLE_METADATA, TABLE_OUTPUT)
  refuseRelated(said, described.related as readonly unknown[])
  refuseConstraints(given, described.constraints)
  for (const key of ['primary_key', 'options'] as const)
    if (said[key] !== undefined && !isEmpty(said[key]))
      throw new GwError('not_supported', `'${key}' can not be changed once there is a table.`)
  const ofFields = new Map((described.field as readonly Given[]).map((field) => [String(field.name), field]))
  const resolve = resolver(reading)
  const metadata = new Map<string, Given>()
  const named = new Set<Field>()
  const added = new Set<string>()
  const changes = namesOf(given).flatMap((field): readonly FieldChange[] => {
    const name = nameOf(field, 'Field')
    refuseUnknown(field, `field '${name}'`, FIELD_KEYS, FIELD_METADATA, NATIVE)
    const found = scope.find(name)
    const current = found && ofFields.get(found.native)
    if (found && current) {
      if (named.has(found)) throw new GwError('invalid_request', `Field '${name}' is defined twice.`)
      named.add(found)
      const different = differing({ ...field, name: current.name }, current)
      metadata.set(found.native, { ...only(different, FIELD_METADATA), ...keptType(different.type, found) })
      if (found.virtual) refuseNative(found, different)
      return found.virtual ? [] : alteration(found, different, current, resolve)
    }
    if (table.fields.some((one) => [one.name, one.native].some((own) => own.toLowerCase() === name.toLowerCase())))
      throw new GwError('forbidden', 'Denied access to some of the requested fields.')
    if (existing) throw new GwError('not_found', `No requested fields found in table '${table.name}'.`)
    if (added.has(name.toLowerCase())) throw new GwError('invalid_request', `Field '${name}' is defined twice.`)
    added.add(name.toLowerCase())
    checkName(name, 'field', writer.longestName)
    if (truthy(field.is_virtual)) {
      metadata.set(name, metadataOf(field, name))
      return []
    }
    const { column, primaryKey } = newColumn(name, field, resolve)
    if (primaryKey || column.autoIncrement)
      throw new GwError('not_supported', `Field '${name}': a table that exists can not get another key.`)
    metadata.set(name, metadataOf(field, name))
    return [{ kind: 'add', column }]
  })
  const dropped =
    drop && given.field !== undefined && given.field !== null ? scope.fields.filter((field) => !named.has(field)) : []
  for (const { native, virtual } of dropped) if (virtual) metadata.set(native, { is_virtual: null })
  return {
    changes: [...changes, ...drops(dropped, table, ahead)],
    metadata: { table: only(said, TABLE_METADATA), fields: withoutEmpty(metadata) },
  }
}

/** The type of a virtual field follows from its function, and it has nothing else. */
const refuseNative = ({ name }: Field, given: Given): void => {
  const [key] = Object.keys(only(given, FIELD_KEYS)).filter((one) => one !== 'type')
  if (key !== undefined)
    throw new GwError('invalid_request', `Field '${name}' is virtual: it has no '${key}', only functions and names.`)
}

const alteration = (field: Field, given: Given, described: Given, resolve: Resolve): readonly FieldChange[] => {
  const native = only(given, FIELD_KEYS)
  if (Object.keys(native).length === 0) return []
  const column = changedColumn(field, native, described, resolve)
  const said = says(native)
  const aspects = new Set<Aspect>()
  if (said.type) aspects.add('type')
  if (column.nullable !== field.nullable) aspects.add('null')
  if (!hasDefault(field, column.default)) aspects.add('default')
  if (column.unique !== field.unique) aspects.add('unique')
  if (given.is_index !== undefined && column.index !== (field.index !== undefined)) aspects.add('index')
  if (said.reference) aspects.add('reference')
  if (aspects.size > 0 && field.generated)
    throw new GwError('not_supported', `Field '${field.name}' is computed by the source and can not be changed.`)
  return aspects.size === 0 ? [] : [{ kind: 'alter', field, column, aspects }]
}

/** Fields that can be dropped: nothing else may hang on them. */
export const drops = (fields: readonly Field[], table: Table, catalog: Catalog): readonly FieldChange[] => {
  const key = fields.find((field) => field.primaryKey)
  if (key)
    throw new GwError(
      'invalid_request',
      `Field '${key.name}' is part of the key of "${table.name}" and can not be dropped.`,
    )
  const own = fields.filter(({ virtual }) => !virtual)
  if (own.length > 0 && own.length === table.fields.filter(({ virtual }) => !virtual).length)
    throw new GwError('invalid_request', `A table needs a field: drop the table "${table.name}" instead.`)
  const held = fields.find((field) =>
    catalog.tables.some((other) =>
      other.foreignKeys.some(
        ({ table: target, references }) => target === table.name && references.includes(field.name),
      ),
    ),
  )
  if (held)
    throw new GwError('conflict', `Field '${held.name}' is referred to by another table and can not be dropped.`)
  return own.map((field) => ({ kind: 'drop', field }))
}
