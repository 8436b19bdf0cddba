/**
 * Slots in SQL. A plan's slot becomes a marker parameter; kysely numbers and places it, and the list of parameters
 * it gives back says which value goes where. So no statement can hold a value, and none has to be counted by hand.
 */
import { createHash } from 'node:crypto'
import type { Field, Values } from '@gw/records'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { BoundStatement } from '../execute/runtime.ts'

/** Turns a wire value into what the driver binds. */
export type Binder = (value: unknown) => unknown
export type BinderOf = (field: Field) => Binder | undefined

class Marker {
  readonly record: number
  readonly slot: number
  readonly field: Field | undefined
  constructor(record: number, slot: number, field: Field | undefined) {
    this.record = record
    this.slot = slot
    this.field = field
  }
}

/** The place of a slot's value; `field` decides how the value is bound, `record` is its row in an insert of several. */
export const slot = (index: number, field?: Field, record = 0): RawBuilder<unknown> =>
  sql.val(new Marker(record, index, field))

/** A statement, ready to run with a plan's values. */
export interface Statement {
  readonly sql: string
  /** The same text always has the same name, on every connection and in every process. */
  readonly name: string
  /** With a plan's values, or those of each record. */
  with(records: readonly Values[]): BoundStatement
}

export const compileStatement = (db: Kysely<any>, query: RawBuilder<unknown>, binderOf: BinderOf): Statement => {
  const { sql: text, parameters } = query.compile(db)
  const readers = parameters.map((parameter) => reader(parameter, binderOf))
  const name = `gw_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
  return { sql: text, name, with: (records) => ({ sql: text, name, binds: readers.map((read) => read(records)) }) }
}

const reader = (parameter: unknown, binderOf: BinderOf): ((records: readonly Values[]) => unknown) => {
  if (!(parameter instanceof Marker)) return () => parameter
  const { record, slot: index, field } = parameter
  const bind = field && binderOf(field)
  if (!bind) return (records) => records[record]![index]
  return (records) => {
    const value = records[record]![index]
    return value === null || value === undefined ? null : bind(value)
  }
}
