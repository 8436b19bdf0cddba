/** Rows of whatever system in one form, so that they can be compared. */
import assert from 'node:assert/strict'
import type { Row } from '../systems/target.ts'
import type { Question } from '../workloads.ts'

const number = (value: unknown): number => {
  assert.match(String(value), /^-?\d+(\.\d+)?$/, `a number is wanted, not ${JSON.stringify(value)}`)
  return Number(value)
}
const text = (value: unknown): string | null => {
  assert.ok(value === null || typeof value === 'string', `a text is wanted, not ${JSON.stringify(value)}`)
  return value
}
const flag = (value: unknown): boolean => {
  assert.ok([true, false, 0, 1].includes(value as boolean), `a boolean is wanted, not ${JSON.stringify(value)}`)
  return Boolean(value)
}
/** `2026-01-01T12:00:00.000Z`, `2026-01-01 12:00:00+00:00` → `2026-01-01 12:00:00`. Whoever adds a zone means UTC. */
const time = (value: unknown): string => (text(value) ?? '').replace('T', ' ').replace(/(\.0+)?(Z|[+-]00(:?00)?)?$/, '')

type Column = (value: unknown) => unknown
const CUSTOMER: Readonly<Record<string, Column>> = {
  first_name: text,
  last_name: text,
  email: text,
  city: text,
  credit: number,
  active: flag,
  region: text,
  created_at: time,
}
const ORDER: Readonly<Record<string, Column>> = {
  id: number,
  customer_id: number,
  total: number,
  region: text,
  ordered_at: time,
}

const inForm = (row: Row, columns: Readonly<Record<string, Column>>): Row =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column(row[name])]))

/** @throws where a column is missing or of another kind */
export const canonicalRows = ({ ask }: Question, rows: readonly Row[]): readonly Row[] =>
  rows.map((row) => ({
    // What is inserted gets a new id each time.
    ...(ask === 'insert' ? {} : { id: number(row.id) }),
    ...inForm(row, CUSTOMER),
    ...(ask === 'orders'
      ? { orders: (row.orders_by_customer_id as readonly Row[]).map((order) => inForm(order, ORDER)) }
      : {}),
  }))
