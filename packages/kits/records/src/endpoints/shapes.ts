/** JSON Schemas of a table's records, for documentation; made from the catalogue. */
import type { Grant, Reader, Schema } from '@gw/core'
import type { Catalog, Field, Table } from '../catalog.ts'
import { canRead, labelOf } from '../describe.ts'
import { isRequired, scopeOf } from '../scope.ts'

type JsonSchema = Record<string, unknown>

/** A schema that documents and lets everything pass: records are read field by field when they are used. */
export const documentedAs = (schema: JsonSchema): Schema => ({
  '~standard': {
    version: 1,
    vendor: 'gw',
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => schema, output: () => schema },
  },
})

const TYPES: Readonly<Record<Field['type'], JsonSchema>> = {
  string: { type: 'string' },
  text: { type: 'string' },
  integer: { type: 'integer' },
  // Numbers that a double can't hold are sent as text, so that no digit is lost.
  bigint: { type: ['integer', 'string'] },
  decimal: { type: ['number', 'string'] },
  float: { type: ['number', 'string'] },
  double: { type: ['number', 'string'] },
  boolean: { type: 'boolean' },
  date: { type: 'string' },
  time: { type: 'string' },
  datetime: { type: 'string' },
  timestamp: { type: 'string' },
  binary: { type: 'string', contentEncoding: 'base64' },
  json: {},
  uuid: { type: 'string', format: 'uuid' },
  array: {},
  any: {},
}
const EXAMPLES: Readonly<Partial<Record<Field['type'], string>>> = {
  date: '2024-05-06',
  time: '07:08:09',
  datetime: '2024-05-06 07:08:09',
  timestamp: '2024-05-06 07:08:09',
}

/** Whether a reader may know what a field refers to. */
interface Telling {
  tellsOf(field: Field): boolean
}

const noteOf = (field: Field, { tellsOf }: Telling): string =>
  [
    field.primaryKey ? 'Part of the key.' : '',
    field.autoIncrement ? 'Numbered by the source.' : '',
    field.generated ? 'Computed by the source.' : '',
    isRequired(field) ? 'Required for a new record.' : '',
    field.reference && tellsOf(field) ? `Refers to ${field.reference.table}.${field.reference.field}.` : '',
  ]
    .filter((note) => note !== '')
    .join(' ')

const fieldSchema = (field: Field, telling: Telling): JsonSchema => {
  // What may be told as Extended JSON is an object or not.
  const base = field.extended ? {} : TYPES[field.type]
  const type = field.nullable && base.type !== undefined ? [base.type, 'null'].flat() : base.type
  const note = noteOf(field, telling)
  const example = EXAMPLES[field.type]
  return {
    ...base,
    ...(type !== undefined && { type }),
    ...(field.type === 'string' && field.length !== undefined && { maxLength: field.length }),
    ...(example && { examples: [example] }),
    ...(field.choices && field.type === 'string' && { enum: [...field.choices, ...(field.nullable ? [null] : [])] }),
    ...(field.generated && { readOnly: true }),
    ...(note && { description: note }),
  }
}

const properties = (fields: readonly Field[], telling: Telling): JsonSchema =>
  Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field, telling)]))

/** `order_items` as the name of a schema: `OrderItems`. */
export const titleOf = (table: Table): string => labelOf(table.name).replace(/[^\p{L}\p{N}]+/gu, '') || 'Records'

const META: JsonSchema = {
  type: 'object',
  examples: [{ count: 1 }],
  description: 'Present where rows were counted or a description was asked for.',
  properties: {
    count: { type: 'integer', description: 'How many records match in all.' },
    next: { type: 'integer', description: 'The offset of the next page.' },
    schema: { type: 'object', description: 'The description of the table.' },
  },
}
const IDENTIFIERS: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] }

const listOf = (items: JsonSchema, title?: string): JsonSchema => ({
  ...(title && { title }),
  type: 'object',
  properties: {
    resource: {
      type: 'array',
      description: 'The records; with as_list=true, their bare identifiers.',
      items: { anyOf: [items, IDENTIFIERS] },
    },
    meta: META,
  },
  required: ['resource'],
})

export interface TableShapes {
  readonly record: Schema
  readonly list: Schema
  /** What POST answers: the list, or with stream=true how many records were written. */
  readonly created: Schema
  /** What DELETE answers: the list, or `{"success": true}` by force. */
  readonly removed: Schema
  /** A page, or with count_only=true a number. */
  readonly page: Schema
  readonly recordBody: Schema
  readonly listBody: Schema
  /** Names of records, and options. */
  readonly selection: Schema
}

const shapes = (record: JsonSchema, body: JsonSchema, title: string): TableShapes => {
  const list = listOf(record, title && `${title}Response`)
  const bodies = {
    ...(title && { title: `${title}Request` }),
    type: 'object',
    properties: { resource: { type: 'array', items: body, description: 'The records.' } },
    required: ['resource'],
  }
  return {
    record: documentedAs(record),
    list: documentedAs(list),
    created: documentedAs({
      anyOf: [
        list,
        {
          type: 'object',
          description: 'With stream=true.',
          properties: { count: { type: 'integer', description: 'How many records were written.' } },
          required: ['count'],
        },
      ],
    }),
    removed: documentedAs({
      anyOf: [list, { type: 'object', properties: { success: { type: 'boolean' } }, required: ['success'] }],
    }),
    page: documentedAs({ anyOf: [list, { type: 'integer', description: 'With count_only=true.' }] }),
    recordBody: documentedAs(body),
    listBody: documentedAs({ anyOf: [bodies, { type: 'array', items: body }, body] }),
    selection: documentedAs({
      type: 'object',
      description: 'Records named by their identifiers, and options that are too long for the query string.',
      properties: {
        resource: { type: 'array', items: body },
        ids: { type: 'array', items: IDENTIFIERS },
        filter: { type: 'string' },
        params: { type: 'object', description: 'Values for :name in the filter; keys include the colon.' },
      },
    }),
  }
}

/** The schemas where no table is named. */
export const anyTable: TableShapes = shapes({ type: 'object' }, { type: 'object' }, '')

const EVERYTHING: Telling = { tellsOf: () => true }

/** The schemas of a table's requests and replies, named after it: `Customers`, `CustomersRequest`, … */
const shapesFor = (table: Table, fields: readonly Field[], telling: Telling): TableShapes => {
  const title = titleOf(table)
  const record = { title, type: 'object', properties: properties(fields, telling) }
  const writable = fields.filter((field) => !field.generated)
  const body = { title: `${title}Record`, type: 'object', properties: properties(writable, telling) }
  return shapes(record, body, title)
}

const byTable = new WeakMap<Table, TableShapes>()

/** All that there is to say of a table. */
export const shapesOf = (table: Table): TableShapes => {
  const known = byTable.get(table) ?? shapesFor(table, table.fields, EVERYTHING)
  byTable.set(table, known)
  return known
}

/** What a reader with these rights may know of it: denied fields, and what fields refer to elsewhere, are left out. */
export const shapesShown = (
  table: Table,
  catalog: Catalog,
  { deny }: Grant,
  reader: Pick<Reader, 'access'>,
): TableShapes => {
  // Filters are about records, which documentation does not show.
  const { fields } = scopeOf(table, { filters: [], deny })
  const tellsOf = ({ reference }: Field) =>
    reference !== undefined && canRead(reader, catalog, reference.table, [reference.field])
  return shapesFor(table, fields, { tellsOf })
}
