/** Groups of rows in memory: what `group by` and its aggregates come to. */
import type { Field } from '../catalog.ts'
import type { GroupColumn, GroupPlan } from '../plan.ts'
import type { Row } from '../source.ts'
import { compareValues, toWire } from './values.ts'

interface Exact {
  readonly units: bigint
  readonly scale: number
}

/** A number's decimal digits, as they are written. */
const exact = (value: unknown): Exact => {
  const [, sign = '', whole = '0', fraction = '', power = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(String(value)) ?? []
  const scale = fraction.length - Number(power)
  const units = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}` || '0')
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale }
}

const sum = (values: readonly unknown[]): Exact => {
  const numbers = values.map(exact)
  const scale = Math.max(...numbers.map((number) => number.scale))
  const units = numbers.reduce((total, each) => total + each.units * 10n ** BigInt(scale - each.scale), 0n)
  return { units, scale }
}

const written = ({ units, scale }: Exact): string => {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '')
  return units < 0n ? `-${text}` : text
}

/** Digits behind the point of an average. */
const AVERAGE_SCALE = 16

const average = (values: readonly unknown[]): Exact => {
  const { units, scale } = sum(values)
  return { units: (units * 10n ** BigInt(AVERAGE_SCALE)) / BigInt(values.length), scale: scale + AVERAGE_SCALE }
}

const extreme = (values: readonly unknown[], direction: 1 | -1): unknown =>
  values.reduce((best, value) => (compareValues(value, best) * direction > 0 ? value : best))

const computed = (field: Field, { aggregate, source }: GroupColumn, rows: readonly Row[]): unknown => {
  if (!source) return rows.length
  const values = rows.map((row) => row[source.name] ?? null).filter((value) => value !== null)
  if (aggregate === 'count') return values.length
  if (values.length === 0) return null
  if (aggregate === 'min') return extreme(values, -1)
  if (aggregate === 'max') return extreme(values, 1)
  if (field.type === 'decimal') return toWire(field, written(aggregate === 'sum' ? sum(values) : average(values)))
  const total = values.reduce((result: number, value) => result + Number(value), 0)
  return aggregate === 'sum' ? total : total / values.length
}

/** One row for each group, with every column of the plan. Null is a value like others: its rows are one group. */
export const groupRows = ({ by, columns }: GroupPlan, rows: readonly Row[]): readonly Row[] => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify(by.map(({ name }) => row[name] ?? null))
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()].map((group) =>
    Object.fromEntries(
      columns.map((column) => [
        column.field.name,
        column.aggregate ? computed(column.field, column, group) : (group[0]![column.source!.name] ?? null),
      ]),
    ),
  )
}
