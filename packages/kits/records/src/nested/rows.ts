/** What nested writes do with rows of one table, and how they tell cases apart. */
import { GwError } from '@gw/core'
import { cast } from '../cast.ts'
import type { Field, Table } from '../catalog.ts'
import type { Work } from '../execute/work.ts'
import type { Row } from '../source.ts'
import type { Part } from './parts.ts'
import {
  changeOf,
  deleteRows,
  fieldsIn,
  insertRows,
  type Nesting,
  newRowOf,
  rowBy,
  updateRow,
  workOn,
} from './table.ts'

export type Values = Readonly<Record<string, unknown>>

const FAILED = {
  belongs_to: 'Failed to update belongs-to assignment.',
  has_one: 'Failed to update many to one assignment.',
  has_many: 'Failed to update many to one assignment.',
  many_many: 'Failed to update many to one map assignment.',
} as const

/** Says which relation failed before why it did (the wire contract §5.3). */
export const within = async <T>({ relation }: Part, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!GwError.is(error) || error.message.startsWith('Failed to update')) throw error
    const message = `${FAILED[relation.type]} ${relation.name}: ${error.message}`
    throw new GwError(error.code, message, { cause: error, details: error.details, retryable: error.retryable })
  }
}

/** The values of a record's key; `undefined` where it does not name all of it. */
export const keyIn = (record: Values, { scope, identifiers }: Work): readonly unknown[] | undefined => {
  const given = new Map(Object.entries(record).map(([name, value]) => [scope.find(name), value]))
  const values = identifiers.map((field) => given.get(field) ?? null)
  if (identifiers.length === 0 || values.includes(null)) return undefined
  return values.map((value, at) => cast(identifiers[at]!, value))
}

/** Whether a record says more than its key and `others`. */
export const saysMore = (record: Values, { scope, identifiers }: Work, others: readonly Field[] = []): boolean =>
  Object.keys(record).some((name) => {
    const field = scope.find(name)
    return field === undefined || (!identifiers.includes(field) && !others.includes(field))
  })

/** Whether the source makes a table's keys. */
export const isGenerated = (table: Table): boolean =>
  table.primaryKey.some((name) => table.fields.find((field) => field.name === name)?.autoIncrement)

export const pick = (row: Row, fields: readonly Field[]): readonly unknown[] =>
  fields.map(({ name }) => row[name] ?? null)
export const named = (fields: readonly Field[], values: readonly unknown[]): Values =>
  Object.fromEntries(fields.map(({ name }, at) => [name, values[at]]))

export const castAll = (fields: readonly Field[], values: readonly unknown[]): readonly unknown[] =>
  fields.map((field, at) => cast(field, values[at]))

/** A record without some of its fields. */
export const withoutFields = (record: Values, { scope }: Work, fields: readonly Field[]): Values =>
  Object.fromEntries(
    Object.entries(record).filter(([name]) => {
      const field = scope.find(name)
      return field === undefined || !fields.includes(field)
    }),
  )

/** Lets go of children of a parent: of one, or without a key of all. Those that can't be without one are deleted, if allowed. */
export const disown = async (
  nesting: Nesting,
  table: Table,
  references: readonly string[],
  parent: readonly unknown[],
  keyFields: readonly Field[],
  key: readonly unknown[],
): Promise<void> => {
  const fieldsOf = (work: Work) => fieldsIn(work, references)
  const targetIn = (work: Work) => {
    const foreign = fieldsOf(work)
    const rest = foreign.filter((field) => !keyFields.includes(field))
    const values = rest.map((field) => cast(field, parent[foreign.indexOf(field)]))
    return { fields: [...keyFields, ...rest], values: [...key, ...values] }
  }
  const nullable = references.every((name) => table.fields.find((field) => field.name === name)?.nullable)
  if (nullable && !nesting.work.options.deleteDisowned) {
    const work = workOn(nesting, table, 'PATCH')
    const { fields, values } = targetIn(work)
    const nothing = named(
      fieldsOf(work),
      references.map(() => null),
    )
    const found = await updateRow(nesting, work, fields, values, changeOf(nothing, work, []))
    if (!found && key.length > 0) throw new GwError('not_found', `Record with identifier '${key.join()}' not found.`)
    return
  }
  if (!nesting.deleteDisowned) {
    throw new GwError(
      'invalid_request',
      `Records of '${table.name}' can not be without the record they belong to. Set allow_related_delete=true to delete them.`,
    )
  }
  const work = workOn(nesting, table, 'DELETE')
  const { fields, values } = targetIn(work)
  const count = await deleteRows(nesting, work, fields, values)
  if (count === 0 && key.length > 0) throw new GwError('not_found', `Record with identifier '${key.join()}' not found.`)
}

/** The values of a row that has to be there. */
export const existing = async (
  work: Work,
  record: Values,
  key: readonly unknown[] | undefined,
  fields: readonly string[],
) => {
  const far = fieldsIn(work, fields)
  const row = key && (await rowBy(work, work.identifiers, key, far))
  if (row) return pick(row, far)
  throw new GwError('not_found', `Record with identifier '${(key ?? Object.values(record)).join()}' not found.`)
}

/** Adds a junction's row where there is none. */
export const link = async (nesting: Nesting, through: Table, ends: readonly string[], values: readonly unknown[]) => {
  const reading = workOn(nesting, through, 'GET')
  const fields = fieldsIn(reading, ends)
  if (await rowBy(reading, fields, castAll(fields, values), fields)) return
  const work = workOn(nesting, through, 'POST')
  await insertRows(nesting, work, [newRowOf(named(fieldsIn(work, ends), values), work)], fieldsIn(work, ends))
}

/** Removes a junction's rows. */
export const unlink = async (nesting: Nesting, through: Table, ends: readonly string[], values: readonly unknown[]) => {
  const work = workOn(nesting, through, 'DELETE')
  const fields = fieldsIn(work, ends)
  await deleteRows(nesting, work, fields, castAll(fields, values))
}
