/** Tables as the wire contract describes them (§6.2 to §6.4), as far as the caller may see them. */
import { type Call, type Grant, GwError, METHODS, type Method } from '@gw/core'
import type { Catalog, Field, ForeignKey, Table } from './catalog.ts'
import { allRelationsOf, type Relation } from './relations.ts'
import { statedDefault } from './schema/stated-default.ts'
import { isRequired, type Scope, scopeOf } from './scope.ts'

type Asker = Pick<Call, 'access'>

/** The grant for a component and verb; `undefined` where there is none. */
export const granted = (call: Asker, component: string, method: Method): Grant | undefined => {
  try {
    return call.access(component, method)
  } catch (error) {
    if (GwError.is(error)) return undefined
    throw error
  }
}

/** The verbs that the caller may use on a component. */
export const verbsOn = (call: Asker, component: string): readonly Method[] =>
  METHODS.filter((method) => granted(call, component, method))

/** Whether the caller may use any verb on a component. */
export const mayUse = (call: Asker, component: string): boolean =>
  METHODS.some((method) => granted(call, component, method))

export const MASK: Readonly<Record<Method, number>> = { GET: 1, POST: 2, PUT: 4, PATCH: 8, DELETE: 16 }

/** `order_items` as people write it: "Order Items". */
export const labelOf = (name: string): string =>
  name
    .split(/[\s_.-]+/)
    .filter((word) => word !== '')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join(' ')

/** English, as far as a table's name needs it. */
const pluralOf = (label: string): string => {
  if (/s$/i.test(label)) return label
  if (/[^aeiou]y$/i.test(label)) return `${label.slice(0, -1)}ies`
  return /(?:x|z|ch|sh)$/i.test(label) ? `${label}es` : `${label}s`
}

/** What an alias is to the source's own name; `null` where the API has no name of its own. */
const aliasOf = ({ name, native }: { name: string; native: string }, schema?: string): string | null =>
  name === native || name === `${schema}.${native}` ? null : name

/** The type that a field is described with (the wire contract §6.8). */
export const simpleType = (field: Field): string => {
  if (field.meaning) return field.meaning
  if (field.primaryKey && field.autoIncrement && field.type === 'integer') return 'id'
  return field.type === 'integer' && field.reference ? 'reference' : field.type
}

const describeField = (field: Field, effectiveNames: boolean): Record<string, unknown> => ({
  alias: aliasOf(field),
  name: effectiveNames ? field.name : field.native,
  label: field.label ?? labelOf(field.name),
  description: field.description ?? null,
  native: [],
  type: simpleType(field),
  db_type: field.dbType,
  length: field.length ?? null,
  precision: field.precision ?? null,
  scale: field.scale ?? null,
  default: statedDefault(field),
  required: isRequired(field),
  allow_null: field.nullable,
  fixed_length: /^(?:n?char|character|bpchar)\b(?!\s+varying)/i.test(field.dbType),
  supports_multibyte: /^n(?:var)?char/i.test(field.dbType),
  auto_increment: field.autoIncrement,
  is_primary_key: field.primaryKey,
  is_unique: field.unique,
  is_index: field.primaryKey || field.unique || field.index !== undefined || field.reference !== undefined,
  is_foreign_key: field.reference !== undefined,
  ref_table: field.reference?.table ?? null,
  ref_field: field.reference?.field ?? null,
  ref_on_update: field.reference?.onUpdate ?? null,
  ref_on_delete: field.reference?.onDelete ?? null,
  picklist: field.picklist ?? field.choices ?? null,
  validation: field.validation ?? null,
  db_function: field.functions?.told ?? null,
  is_virtual: field.virtual === true,
  is_aggregate: false,
})

const describeRelation = (relation: Relation): Record<string, unknown> => {
  const { extras, virtual, service, junction } = relation
  return {
    alias: extras?.alias ?? null,
    name: relation.name,
    label: extras?.label ?? labelOf(relation.name),
    description: extras?.description ?? null,
    native: [],
    type: relation.type,
    field: relation.fields.join(),
    is_virtual: virtual !== undefined,
    ref_service_id: null,
    ref_service: service ?? null,
    ref_table: relation.table,
    ref_field: relation.references.join(),
    ref_on_update: relation.onUpdate ?? null,
    ref_on_delete: relation.onDelete ?? null,
    junction_service_id: null,
    junction_service: (junction && virtual?.junction?.service) ?? null,
    junction_table: junction?.table ?? null,
    junction_field: junction?.fields.join() ?? null,
    junction_ref_field: junction?.references.join() ?? null,
    always_fetch: extras?.always_fetch ?? false,
    flatten: extras?.flatten ?? false,
    flatten_drop_prefix: extras?.flatten_drop_prefix ?? false,
  }
}

const single = (names: readonly string[]): string | readonly string[] => (names.length === 1 ? names[0]! : names)

const describeConstraint = (table: Table, target: Table | undefined, key: ForeignKey): Record<string, unknown> => ({
  constraint_type: 'foreign key',
  constraint_schema: table.schema ?? null,
  constraint_name: key.name,
  table_schema: table.schema ?? null,
  table_name: table.name,
  column_name: single(key.columns),
  referenced_table_schema: target?.schema ?? null,
  referenced_table_name: key.table,
  referenced_column_name: single(key.references),
  update_rule: key.onUpdate ?? null,
  delete_rule: key.onDelete ?? null,
})

/** Whether the caller can read all of some fields of a table: others they are not told about either. */
export const canRead = (call: Asker, catalog: Catalog, table: string, fields: readonly string[]): boolean => {
  const found = catalog.byName.get(table.toLowerCase())
  const grant = found && granted(call, `_table/${found.name}`, 'GET')
  if (!found || !grant) return false
  const { find } = scopeOf(found, grant)
  return fields.every((field) => find(field) !== undefined)
}

/** The relations that a caller may know of: both ends, and what is between them, are theirs to read. */
export const shownRelations = (
  { table, find }: Pick<Scope, 'table' | 'find'>,
  catalog: Catalog,
  call: Asker,
): readonly Relation[] =>
  [...allRelationsOf(table, catalog).values()].filter(
    ({ fields, table: other, references, junction, service }) =>
      fields.every((name) => find(name) !== undefined) &&
      (service !== undefined ||
        (canRead(call, catalog, other, references) &&
          (!junction || canRead(call, catalog, junction.table, [...junction.fields, ...junction.references])))),
  )

/**
 * Whether a caller may hear of a relation at all: not where a field of it is denied to them in all that they may do with
 * its table. A closed table is no secret here: what is done to it is refused.
 */
export const isTold = (relation: Relation, { find }: Pick<Scope, 'find'>, catalog: Catalog, call: Asker): boolean => {
  const { fields, table, references, junction, service } = relation
  if (!fields.every((name) => find(name) !== undefined)) return false
  return (
    service !== undefined ||
    (mayName(call, catalog, table, references) &&
      (!junction || mayName(call, catalog, junction.table, [...junction.fields, ...junction.references])))
  )
}

/** Whether a caller may hear of a table and of these fields of it: some verb is granted that shows them all. */
export const mayHear = (call: Asker, table: Table, fields: readonly string[]): boolean =>
  METHODS.some((method) => {
    const grant = granted(call, `_table/${table.name}`, method)
    return grant !== undefined && fields.every((field) => scopeOf(table, grant).find(field))
  })

/** Whether some verb shows all of these fields, or none is granted. */
const mayName = (call: Asker, catalog: Catalog, name: string, fields: readonly string[]): boolean => {
  const table = catalog.byName.get(name.toLowerCase())
  if (!table) return true
  const grants = METHODS.flatMap((method) => granted(call, `_table/${table.name}`, method) ?? [])
  return grants.length === 0 || grants.some((grant) => fields.every((field) => scopeOf(table, grant).find(field)))
}

export interface DescribeOptions {
  /** Names as the API knows them (`meta.schema`), instead of the source's own (`_schema`). */
  readonly effectiveNames?: boolean
}

/** One table. Relations and constraints only show tables and fields that the caller can read. */
export const describeTable = (
  { table, fields, find }: Scope,
  catalog: Catalog,
  call: Asker,
  { effectiveNames = false }: DescribeOptions = {},
): Record<string, unknown> => {
  const sees = (names: readonly string[]): boolean => names.every((name) => find(name) !== undefined)
  const keys = table.foreignKeys.filter((key) => sees(key.columns) && canRead(call, catalog, key.table, key.references))
  const relations = shownRelations({ table, find }, catalog, call)
  const hidden = new Set(table.foreignKeys.filter((key) => !keys.includes(key)).flatMap((key) => key.columns))
  const label = table.label ?? labelOf(table.name)
  const access = verbsOn(call, `_schema/${table.name}`).reduce((mask, verb) => mask | MASK[verb], 0)
  return {
    alias: aliasOf(table, table.schema),
    name: effectiveNames || aliasOf(table, table.schema) === null ? table.name : table.native,
    label,
    description: table.description ?? null,
    native: [],
    plural: table.plural ?? pluralOf(label),
    is_view: table.view,
    primary_key: table.primaryKey.filter((name) => find(name) !== undefined),
    name_field: table.nameField ?? null,
    field: fields.map((field) => {
      const shown = hidden.has(field.name) ? { ...field, reference: undefined } : field
      return describeField(shown, effectiveNames)
    }),
    related: relations.map(describeRelation),
    constraints:
      keys.length === 0
        ? []
        : Object.fromEntries(
            keys.map((key) => [
              key.name.toLowerCase(),
              describeConstraint(table, catalog.byName.get(key.table.toLowerCase()), key),
            ]),
          ),
    access,
  }
}

/** An item of the `_table` list (the wire contract §1.5). */
export const tableItem = (table: Table, access: readonly Method[]): Record<string, unknown> => ({
  name: table.name,
  label: table.label ?? labelOf(table.name),
  description: table.description ?? null,
  native: [],
  plural: table.plural ?? pluralOf(table.label ?? labelOf(table.name)),
  is_view: table.view,
  access,
})
