/** How stored rows become what callers see, and what must not be asked about them. */
import { type Caller, GwError } from '@gw/core'
import {
  type Condition,
  type Field,
  fieldOf,
  type ReadPlan,
  type RecordsSource,
  type Row,
  type Table,
} from '@gw/records'
import type { TableRules } from './rules.ts'

type Rules = Readonly<Record<string, TableRules>>

const isSealed = (field: Field, table: Table | undefined, rules: Rules): boolean =>
  table !== undefined && (rules[table.name]?.sealed?.includes(field.name) ?? false)

const refused = (field: Field): GwError =>
  new GwError(
    'invalid_request',
    `The field '${field.name}' can not be compared, sorted or grouped by: it is stored encrypted.`,
  )

/** Every field that a condition looks at. */
const fieldsIn = (condition: Condition): readonly Field[] => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.items.flatMap(fieldsIn)
    case 'xor':
      return [...fieldsIn(condition.left), ...fieldsIn(condition.right)]
    case 'not':
    case 'none':
      return fieldsIn(condition.item)
    case 'element':
      return [condition.field, ...fieldsIn(condition.where)]
    case 'related':
      return [...condition.fields, ...fieldsIn(condition.where)]
    case 'never':
      return []
    default:
      return [condition.field]
  }
}

/** What is stored encrypted tells nothing by being compared, and nobody shall believe that it does. */
export const refuseSealed = (where: Condition | undefined, rules: Rules): void => {
  if (!where) return
  const sealed = new Set(Object.values(rules).flatMap((one) => one.sealed ?? []))
  // By name alone: a related table's fields come without their table.
  const found = fieldsIn(where).find(({ name, type }) => sealed.has(name) && (type === 'json' || type === 'text'))
  if (found) throw refused(found)
}

export interface Presenter extends Pick<RecordsSource, 'read' | 'count' | 'group'> {
  /** The fields to read so that these can be shown. */
  wanted(table: Table, fields: readonly Field[]): readonly Field[]
  shown(table: Table, fields: readonly Field[], rows: readonly Row[], caller: Caller | undefined): readonly Row[]
}

export const presenter = (source: RecordsSource, rules: Rules): Presenter => {
  const wanted = (table: Table, fields: readonly Field[]): readonly Field[] => {
    const own = rules[table.name]
    if (!own?.present || fields.length === 0) return fields
    const needed = (own.needs ?? []).map((name) => fieldOf(table, name)!)
    return [...new Set([...fields, ...needed])]
  }
  const shown: Presenter['shown'] = (table, fields, rows, caller) => {
    const present = rules[table.name]?.present
    return rows.map((row) => {
      const told = present ? present(row, caller) : row
      return Object.fromEntries(fields.map(({ name }) => [name, told[name]]))
    })
  }
  const wider = new WeakMap<ReadPlan, ReadPlan>()
  const widened = (plan: ReadPlan): ReadPlan => {
    const known = wider.get(plan)
    if (known) return known
    const sealed = plan.order.find(({ field }) => isSealed(field, plan.table, rules))
    if (sealed) throw refused(sealed.field)
    refuseSealed(plan.where, rules)
    const made = { ...plan, fields: wanted(plan.table, plan.fields) }
    wider.set(plan, made)
    return made
  }
  return {
    wanted,
    shown,
    async read(plan, values, options) {
      const rows = await source.read(widened(plan), values, options)
      return shown(plan.table, plan.fields, rows, options.caller)
    },
    async count(plan, values, options) {
      refuseSealed(plan.where, rules)
      return source.count(plan, values, options)
    },
    async group(plan, values, options) {
      refuseSealed(plan.where, rules)
      const fields = [...plan.by, ...plan.columns.flatMap((column) => column.source ?? [])]
      const sealed = fields.find((field) => isSealed(field, plan.table, rules))
      if (sealed) throw refused(sealed)
      return source.group!(plan, values, options)
    },
  }
}
