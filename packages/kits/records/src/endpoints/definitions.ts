/** JSON Schemas of definitions and descriptions, for documentation. */
import { COLUMN_TYPES, REFERENCE_ACTIONS } from '../schema/definition.ts'
import { documentedAs } from './shapes.ts'

const text = (description: string) => ({ type: 'string', description })
const flag = (description: string) => ({ type: 'boolean', description })
const whole = (description: string) => ({ type: ['integer', 'null'], minimum: 0, description })
const action = (when: string) => ({ enum: [...REFERENCE_ACTIONS, null], description: `What happens ${when}.` })

const FIELD_PROPERTIES = {
  name: text('The name of the field.'),
  type: { type: 'string', enum: [...COLUMN_TYPES, 'pk', 'fk'], description: 'The simple type.' },
  db_type: text("The database's own type, instead of a simple one."),
  length: whole('Characters, or bytes.'),
  precision: whole('Digits in all.'),
  scale: whole('Digits behind the point.'),
  default: { description: 'A value, or {"expression": "CURRENT_TIMESTAMP"}.' },
  allow_null: flag('Whether it may be null. Default: false.'),
  fixed_length: flag('A text of fixed length.'),
  auto_increment: flag('Numbered by the database.'),
  alias: { type: ['string', 'null'], description: 'The name in the API, instead of its own.' },
  label: { type: ['string', 'null'], description: 'For people.' },
  description: { type: ['string', 'null'], description: 'For people.' },
  picklist: { description: 'The values to choose from.' },
  validation: { description: 'Rules on what is written, e.g. {"email": {}, "int": {"range": {"min": 1}}}.' },
  is_primary_key: flag('Part of the key.'),
  is_unique: flag('No two records have the same value.'),
  is_index: flag('Has an index.'),
  is_foreign_key: flag('Refers to another table.'),
  ref_table: { type: ['string', 'null'], description: 'The table it refers to.' },
  ref_field: { type: ['string', 'null'], description: 'The field it refers to. Default: the key.' },
  ref_on_update: action('when the value referred to changes'),
  ref_on_delete: action('when the record referred to is deleted'),
}
const FIELD = {
  title: 'FieldDefinition',
  type: 'object',
  properties: FIELD_PROPERTIES,
  examples: [{ name: 'title', type: 'string', length: 80, is_unique: true }],
}
const TABLE = {
  title: 'TableDefinition',
  type: 'object',
  properties: {
    name: text('The name of the table.'),
    field: { type: 'array', items: FIELD, description: 'The fields.' },
    primary_key: { type: 'array', items: { type: 'string' }, description: 'The fields of the key, in order.' },
    options: text('What the database is told beside, for example ENGINE=InnoDB.'),
  },
  examples: [
    {
      name: 'todo',
      field: [
        { name: 'id', type: 'id' },
        { name: 'title', type: 'string', length: 80 },
      ],
    },
  ],
}

const RELATION = {
  title: 'RelationDefinition',
  type: 'object',
  properties: {
    name: text('The name of a relation that is there.'),
    alias: text('Another name, used instead.'),
    label: text('For people.'),
    description: text('For people.'),
    always_fetch: flag('Read it with every record, asked for or not.'),
    type: { enum: ['belongs_to', 'has_one', 'has_many', 'many_many'] },
    field: text('The field of this table, or several with commas between them.'),
    ref_service: { type: ['string', 'null'], description: 'The service of the other table, where it is not this one.' },
    ref_table: text('The other table.'),
    ref_field: text('The field of the other table.'),
    junction_table: { type: ['string', 'null'], description: 'The table between, of many_many.' },
    junction_field: { type: ['string', 'null'], description: 'Its field that refers to this table.' },
    junction_ref_field: { type: ['string', 'null'], description: 'Its field that refers to the other one.' },
  },
  examples: [{ type: 'has_many', field: 'id', ref_table: 'tickets', ref_field: 'user_id' }],
}

const wrapped = (items: object) => ({
  type: 'object',
  properties: { resource: { type: 'array', items } },
  required: ['resource'],
})
const listOf = (items: object) => documentedAs({ anyOf: [wrapped(items), { type: 'array', items }, items] })
const oneOf = (item: object) => documentedAs({ anyOf: [item, wrapped(item)] })

const NAMED = { type: 'object', properties: { name: { type: 'string' } } }
const FAILED = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: { message: { type: 'string' }, code: { type: 'integer' } },
      required: ['message', 'code'],
    },
  },
  required: ['error'],
  description: 'In the place of a table that could not be made, changed or dropped, where there are several.',
}
const SUCCESS = { type: 'object', properties: { success: { type: 'boolean' } }, required: ['success'] }

export const schemaShapes = {
  tablesBody: listOf(TABLE),
  tableBody: oneOf(TABLE),
  fieldsBody: listOf(FIELD),
  fieldBody: oneOf(FIELD),
  relationsBody: listOf(RELATION),
  selection: documentedAs({
    type: 'object',
    properties: {
      ids: { type: 'array', items: { type: 'string' } },
      resource: { type: 'array', items: { anyOf: [{ type: 'string' }, NAMED] } },
    },
  }),
  /** Names, or what `fields` asks for. */
  tables: documentedAs(wrapped({ anyOf: [FAILED, NAMED, { type: 'string' }] })),
  one: documentedAs(NAMED),
  fields: documentedAs(wrapped({ anyOf: [{ type: 'object' }, { type: 'string' }] })),
  field: documentedAs({ type: 'object' }),
  success: documentedAs(SUCCESS),
} as const
