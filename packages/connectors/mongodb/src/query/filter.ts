/**
 * Conditions → MongoDB's query operators. Made of the plan's fields and of values that are made here: nothing that a
 * client sent becomes an operator.
 */
import {
  type Comparison,
  type Condition,
  clockValue,
  type Field,
  type Operand,
  patternSource,
  type Values,
} from '@gw/records'
import { queryFor, type RelatedKeys } from '@gw/records/documents'
import type { Document, Filter } from 'mongodb'
import { meanings } from '../values/write.ts'

type Query = Filter<Document>

// biome-ignore format: reads as a table
const OPERATORS: Readonly<Record<Exclude<Comparison, '=' | '!='>, string>> = { '<': '$lt', '<=': '$lte', '>': '$gt', '>=': '$gte' }
const NOTHING: Query = { $nor: [{}] }

const any = (queries: readonly Query[]): Query =>
  queries.length === 1 ? queries[0]! : queries.length === 0 ? NOTHING : { $or: [...queries] }
const all = (queries: readonly Query[]): Query => (queries.length === 1 ? queries[0]! : { $and: [...queries] })
const none = (query: Query): Query => ({ $nor: [query] })

/** @param related what the conditions on related records came to */
export const filterFor = (
  condition: Condition | undefined,
  values: Values,
  related: RelatedKeys = new Map(),
): Query => {
  const operandOf = (field: Field, operand: Operand): unknown =>
    operand.kind === 'slot' ? (values[operand.slot] ?? null) : clockValue(operand, field)
  const meant = (field: Field, operand: Operand): readonly unknown[] => meanings(field, operandOf(field, operand))
  return queryFor<Query>(condition, {
    everything: {},
    nothing: NOTHING,
    all,
    any,
    none,
    isNull: ({ native }) => ({ [native]: null }),
    isUnknown: (operand) => operand.kind === 'slot' && (values[operand.slot] ?? null) === null,
    compare(field, op, operand) {
      const { native } = field
      const candidates = meant(field, operand)
      if (candidates.includes(null)) return NOTHING
      if (op === '=') return { [native]: candidates.length === 1 ? { $eq: candidates[0] } : { $in: [...candidates] } }
      if (op === '!=') return { $and: [{ [native]: { $nin: [...candidates] } }, { [native]: { $ne: null } }] }
      return any(candidates.map((value): Query => ({ [native]: { [OPERATORS[op]]: value } })))
    },
    like({ field, value }) {
      const pattern = operandOf(field, value)
      // Case counts as little as the wire contract has it (§10.1).
      return pattern === null ? NOTHING : { [field.native]: { $regex: patternSource(String(pattern)), $options: 'is' } }
    },
    oneOf: (field, operands) => ({
      [field.native]: { $in: operands.flatMap((one) => meant(field, one)).filter((value) => value !== null) },
    }),
    document(one) {
      const { native } = one.field
      if (one.kind === 'exists') return { [native]: { $exists: true } }
      const operand = operandOf(one.field, one.value)
      if (one.kind === 'size') return { [native]: { $size: Number(operand) } }
      return { [native]: { $regex: String(operand), ...(one.flags && { $options: one.flags }) } }
    },
    element: ({ native }, query) => ({ [native]: { $elemMatch: query } }),
    related(one) {
      const keys = related.get(one) ?? []
      const [field, ...others] = one.fields
      if (others.length === 0) return { [field!.native]: { $in: keys.map(([key]) => key) } }
      return any(keys.map((key) => all(one.fields.map(({ native }, at): Query => ({ [native]: { $eq: key[at] } })))))
    },
  })
}
