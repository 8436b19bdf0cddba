/** What can be said of a table's records without sending them: how many, a few of them, values that repeat. */
import type { Field } from '../catalog.ts'
import type { Kit } from '../execute/work.ts'
import type { View } from '../plan/planner.ts'
import { EVERYTHING } from '../plan/target.ts'
import type { Row, RunOptions } from '../source.ts'

/** The wire contract's bounds (§1.4). */
const SAMPLES = 3
const MOST_VALUES = 20
/** In larger tables, values are not searched for: each field would be a walk through all records. */
const SEARCHED = 10_000
/** Longer values of a sample are cut, in characters. */
const LONGEST = 200

export interface Facts {
  readonly row_count: number
  readonly sample_data?: readonly Row[]
  readonly enum_values?: Readonly<Record<string, readonly unknown[]>>
}

const shortened = (value: unknown): unknown => {
  if (typeof value === 'string') return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : ''
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : value
}

const sampleOf = async (kit: Kit, view: View, run: RunOptions): Promise<readonly Row[]> => {
  const { scope, rows } = view
  const only = scope.fields.filter(({ type }) => type !== 'binary')
  const names = scope.key.map(({ name }) => name)
  const order = names.some((name) => name.includes(',')) ? undefined : names.join()
  const { plan } = kit.planner.read(view, { only, order })
  const found = await kit.source.read(plan, [...rows.values, SAMPLES], run)
  return found.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shortened(value)])))
}

/** Fields whose values may be a choice of a few. */
const isChoice = ({ name, type, unique, primaryKey, reference, functions }: Field): boolean =>
  (type === 'string' || type === 'text') && !unique && !primaryKey && !reference && !functions && !name.includes(',')

const valuesOf = async (kit: Kit, view: View, field: Field, run: RunOptions): Promise<readonly unknown[]> => {
  const { name } = field
  const { plan } = kit.planner.group(view, {
    group: name,
    fields: name,
    order: name,
    offset: false,
    target: EVERYTHING,
  })
  const found = await kit.source.group!(plan, [...view.rows.values, MOST_VALUES + 1], run)
  return found.map((row) => row[name])
}

const choicesOf = async (
  kit: Kit,
  view: View,
  count: number,
  run: RunOptions,
): Promise<Readonly<Record<string, readonly unknown[]>>> => {
  const choices: Record<string, readonly unknown[]> = {}
  const searches = kit.source.group && kit.source.capabilities.grouping && count > 0 && count <= SEARCHED
  for (const field of view.scope.fields) {
    const listed = field.picklist ?? field.choices
    if (listed) choices[field.name] = listed
    else if (searches && isChoice(field)) {
      const values = await valuesOf(kit, view, field, run)
      const said = values.filter((value) => value !== null)
      // Where each record has a value of its own, there is no choice.
      if (values.length <= MOST_VALUES && values.length < count && said.length > 0) choices[field.name] = said
    }
  }
  return choices
}

/** Of the records that the caller may see, and of the fields. */
export const factsOf = async (kit: Kit, view: View, stock: boolean, run: RunOptions): Promise<Facts> => {
  const { plan } = kit.planner.count(view, EVERYTHING)
  const count = await kit.source.count(plan, view.rows.values, run)
  if (stock) return { row_count: count }
  return {
    row_count: count,
    sample_data: count === 0 ? [] : await sampleOf(kit, view, run),
    enum_values: await choicesOf(kit, view, count, run),
  }
}
