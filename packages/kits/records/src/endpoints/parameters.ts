/** The parameters of the endpoints: read by hand where it is fast, described with zod where it is documented. */
import { GwError, type Schema } from '@gw/core'
import { z } from 'zod'
import { parseQuery, type RecordsParams } from '../params/query.ts'

const text = (description: string, ...examples: string[]) =>
  z
    .string()
    .optional()
    .meta({ description, ...(examples.length > 0 && { examples }) })
const whole = (description: string) => z.int().optional().meta({ description })
const flag = (description: string) => z.boolean().optional().meta({ description })

const shared = {
  fields: text('The fields to answer with, separated by commas; * for all.', 'id,name'),
  id_field: text('The fields that identify records, instead of the key.', 'email'),
  id_type: text("The type of id_field's values.", 'string'),
}
const reading = {
  related: text(
    'Relations to read with each record, separated by commas; * for all; dots for relations of relations. Each has options of its own, in parameters named {relation}.fields, .order, .filter, .limit (for each record) and .group.',
    'orders_by_customer_id',
    'orders_by_customer_id.order_lines_by_order_id',
  ),
}
const selecting = {
  ids: text('Identifiers of records, separated by commas.', '1,2,3'),
  filter: text(
    'Which records: comparisons joined with AND, OR and NOT. Operators: = != < <= > >= IN, LIKE, CONTAINS, STARTS WITH, ENDS WITH, BETWEEN, IS NULL.',
    "(name = 'Ada') AND (credit > 10)",
  ),
}
const many = {
  continue: flag('Go on after a record that fails.'),
  rollback: flag('Undo everything where one record fails.'),
}
const nested = {
  related: text(
    'Relations to answer with each record, as when reading. Records of other tables are written along where they stand in a record under the name of a relation.',
    'orders_by_customer_id',
  ),
  allow_related_delete: flag(
    'Delete related records that are let go of (their reference is sent as null) and can not be without it.',
  ),
}
const answering = {
  related: text('Relations to answer with each record, as they were before it.', 'orders_by_customer_id'),
}
const asList = { as_list: flag('Answer bare identifiers.') }

/** Which parameters each endpoint documents. */
const DOCUMENTED = {
  list: z.object({
    ...shared,
    ...selecting,
    ...reading,
    limit: whole("The page's size; at most, and by default, the service's max_records."),
    offset: whole('How many records to skip.'),
    order: text('The order: fields with asc or desc, and nulls first or nulls last.', 'name desc nulls last, id'),
    cursor: text(
      'Instead of offset: empty for the first page, then meta.next_cursor of the page before. Pages neither skip nor repeat records when others come and go. The key completes the order; nulls come last.',
    ),
    group: text(
      'Answer one record for each group of records with the same values of these fields. Then fields may hold SUM(field), COUNT(field), AVG(field), MIN(field), MAX(field) and COUNT(*), answered as SUM_field and COUNT_ALL; order may name them so. Counts stay those of the records.',
      'status',
    ),
    having: text('Which groups: a filter over the fields of group and over aggregates.', 'COUNT_ALL > 1'),
    include_count: flag('Add meta.count, the number of all records that match.'),
    count_only: flag('Answer with that number alone.'),
    include_schema: flag('Add meta.schema, the description of the table.'),
    stream: flag(
      'Answer every record that matches, or limit of them, as they are read: for exports of any size, best as NDJSON or CSV. Not together with related, group, ids, cursor, include_count, count_only or include_schema.',
    ),
    continue: flag('With ids: answer those that are there in the error as well.'),
    refresh: flag("Read the source's structure anew first."),
    ...asList,
  }),
  record: z.object({ ...shared, ...reading }),
  recordWrite: z.object({ ...shared, ...nested }),
  recordRemove: z.object({ ...shared, ...answering }),
  create: z.object({
    ...shared,
    ...many,
    ...nested,
    stream: flag(
      'Read a body of NDJSON or CSV while it arrives, whatever its size, and answer how many records were written.',
    ),
    ...asList,
  }),
  change: z.object({ ...shared, ...selecting, ...many, ...nested, ...asList }),
  remove: z.object({
    ...shared,
    ...selecting,
    limit: whole('With a filter: remove at most so many.'),
    force: flag('Remove every record, where nothing else selects any.'),
    ...many,
    ...answering,
    ...asList,
  }),
  names: z.object({
    fields: text('The properties of each item; * for all, none for the name alone.', '*'),
    include_access: flag('Add the verbs that the caller may use on each.'),
    ids: text('Only these names, separated by commas.'),
    schema: text('Only what is in this database schema.'),
    refresh: flag("Read the source's structure anew first."),
    ...asList,
  }),
  root: z.object({
    as_access_list: flag('Answer the component names that roles are made of.'),
    fields: text('The properties of each item; * for all, none for the name alone.', '*'),
    include_access: flag('Add the verbs that the caller may use on each.'),
    refresh: flag("Read the source's structure anew first."),
    ...asList,
  }),
  described: z.object({ refresh: flag("Read the source's structure anew first.") }),
  fieldList: z.object({
    ids: text('Names of fields to describe, separated by commas.'),
    fields: text('Which properties of each; * for all.', 'name,type'),
    refresh: flag("Read the source's structure anew first."),
    ...asList,
  }),
  define: z.object({
    fields: text('Which properties of the description to answer with; * for all. Without it, the name.', '*'),
    check_exist: flag('Refuse a table that exists, instead of adding to it.'),
  }),
  drop: z.object({ ids: text('Names of what to drop, separated by commas.', 'todo,done') }),
} as const

/** One text for people, one reader for requests: parameters never make a request invalid by themselves. */
const queryOf = (documented: z.ZodType): Schema<Record<string, unknown>, RecordsParams> => ({
  '~standard': {
    version: 1,
    vendor: 'gw',
    validate(value) {
      try {
        return { value: parseQuery((value ?? {}) as Record<string, unknown>) }
      } catch (error) {
        if (GwError.is(error)) return { issues: [{ message: error.message }] }
        throw error
      }
    },
    jsonSchema: documented['~standard'].jsonSchema,
  },
})

export const queries = {
  list: queryOf(DOCUMENTED.list),
  record: queryOf(DOCUMENTED.record),
  recordWrite: queryOf(DOCUMENTED.recordWrite),
  recordRemove: queryOf(DOCUMENTED.recordRemove),
  create: queryOf(DOCUMENTED.create),
  change: queryOf(DOCUMENTED.change),
  remove: queryOf(DOCUMENTED.remove),
  names: queryOf(DOCUMENTED.names),
  root: queryOf(DOCUMENTED.root),
  described: queryOf(DOCUMENTED.described),
  fieldList: queryOf(DOCUMENTED.fieldList),
  define: queryOf(DOCUMENTED.define),
  drop: queryOf(DOCUMENTED.drop),
} as const

type PathParams = Readonly<Record<string, string>>

const pathOf = (documented: z.ZodType): Schema<PathParams, PathParams> => ({
  '~standard': {
    version: 1,
    vendor: 'gw',
    validate: (value) => ({ value: value as PathParams }),
    jsonSchema: documented['~standard'].jsonSchema,
  },
})

const table_name = z.string().meta({ description: "The table's name, any case." })
export const tablePath = pathOf(z.object({ table_name }))
export const relationPath = pathOf(
  z.object({ table_name, related_name: z.string().meta({ description: "The relation's name, any case." }) }),
)
export const recordPath = pathOf(
  z.object({ table_name, id: z.string().meta({ description: 'The value of the key, or of id_field.' }) }),
)
export const itemPath = pathOf(z.object({ id: z.string().meta({ description: 'The value of the key.' }) }))
export const fieldPath = pathOf(
  z.object({ table_name, field_name: z.string().meta({ description: "The field's name, any case." }) }),
)
