/** Conditions as the API's filter, and what a field can be compared by. */
import { calledOf, type TableField } from '../../api/records.ts'

export interface Condition {
  readonly field: string
  readonly operator: string
  readonly value: string
}

export const OPERATORS = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'contains',
  'starts with',
  'ends with',
  'is null',
  'is not null',
] as const
/** Those that stand alone. */
export const takesValue = (operator: string): boolean => !operator.startsWith('is ')

const NUMBERS = /^(?:id|reference|integer|bigint|smallint|decimal|float|double|money|year)$/
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/
/** A text in quotes, which are doubled inside (the filter grammar's own escape). */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

export const valueText = (type: string, value: string): string => {
  if (NUMBERS.test(type) && NUMBER.test(value)) return value
  if (type === 'boolean' && /^(?:true|false)$/i.test(value)) return value.toLowerCase()
  return quoted(value)
}

/** Conditions joined by `and`; those that are not complete are left out. */
export const filterText = (conditions: readonly Condition[], fields: readonly TableField[]): string =>
  conditions
    .filter(({ operator, value }) => !takesValue(operator) || value !== '')
    .map(({ field, operator, value }) => {
      const type = fields.find((one) => calledOf(one) === field)?.type ?? 'string'
      return `(${field} ${operator}${takesValue(operator) ? ` ${valueText(type, value)}` : ''})`
    })
    .join(' and ')

/** The filter for rows whose field has this value. */
export const equalTo = (field: TableField | undefined, name: string, value: unknown): string =>
  `(${name} = ${valueText(field?.type ?? 'string', String(value))})`
