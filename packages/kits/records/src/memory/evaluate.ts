/** Conditions over rows in memory, in SQL's three-valued logic: `undefined` is "unknown". */

import type { Field } from '../catalog.ts'
import { clockValue } from '../execute/clock.ts'
import { matchesPattern } from '../pattern.ts'
import type { Comparison, Condition, Operand } from '../plan.ts'
import type { Row, Values } from '../source.ts'
import { compareValues, toWire } from './values.ts'

/** The rows of a table, for conditions on related ones. */
type RowsOf = (table: string) => readonly Row[]

type Truth = boolean | undefined

const HOLDS: Readonly<Record<Comparison, (sign: number) => boolean>> = {
  '=': (sign) => sign === 0,
  '!=': (sign) => sign !== 0,
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
}

const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth)
const every = (truths: readonly Truth[]): Truth =>
  truths.includes(false) ? false : truths.includes(undefined) ? undefined : true
const some = (truths: readonly Truth[]): Truth =>
  truths.includes(true) ? true : truths.includes(undefined) ? undefined : false

const compared = (op: Comparison, a: unknown, b: unknown): Truth =>
  a === null || b === null ? undefined : HOLDS[op](compareValues(a, b))

/** Whether a row meets a condition; only `true` selects it. */
export const evaluate = (condition: Condition, row: Row, values: Values, rowsOf: RowsOf = () => []): Truth => {
  const each = (item: Condition): Truth => evaluate(item, row, values, rowsOf)
  const operand = (field: Field, value: Operand): unknown =>
    toWire(field, value.kind === 'slot' ? values[value.slot] : clockValue(value, field))
  switch (condition.kind) {
    case 'and':
      return every(condition.items.map(each))
    case 'or':
      return some(condition.items.map(each))
    case 'xor': {
      const [left, right] = [each(condition.left), each(condition.right)]
      return left === undefined || right === undefined ? undefined : left !== right
    }
    case 'not':
      return not(each(condition.item))
    case 'never':
      return false
    case 'none':
    case 'exists':
    case 'size':
    case 'matches':
    case 'element':
      throw new TypeError(`Rows in memory are no documents: "${condition.kind}".`)
    case 'related': {
      const { fields, table, references, where } = condition
      const own = fields.map(({ name }) => row[name] ?? null)
      return rowsOf(table.name).some(
        (other) =>
          own.every((value, at) => compared('=', value, other[references[at]!.name] ?? null) === true) &&
          evaluate(where, other, values, rowsOf) === true,
      )
    }
  }
  const { field } = condition
  const stored = row[field.name] ?? null
  switch (condition.kind) {
    case 'null':
      return stored === null
    case 'compare':
      return compared(condition.op, stored, operand(field, condition.value))
    case 'between':
      return every([
        compared('>=', stored, operand(field, condition.low)),
        compared('<=', stored, operand(field, condition.high)),
      ])
    case 'in':
      return some(condition.values.map((value) => compared('=', stored, operand(field, value))))
    case 'like': {
      const pattern =
        condition.value.kind === 'slot' ? values[condition.value.slot] : clockValue(condition.value, field)
      if (stored === null || pattern === null || pattern === undefined) return undefined
      const [text, wanted] = [String(stored), String(pattern)]
      return condition.insensitive
        ? matchesPattern(text.toLowerCase(), wanted.toLowerCase())
        : matchesPattern(text, wanted)
    }
  }
}
