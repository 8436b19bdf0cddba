/** Cells as texts and back: what is typed becomes what the API takes for a field's type. */
import type { TableField } from '../../api/records.ts'

const WHOLE = /^(?:id|reference|integer|bigint|smallint|year)$/
const REAL = /^(?:decimal|float|double|money)$/
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

export const isNumeric = ({ type }: TableField): boolean => WHOLE.test(type) || REAL.test(type)
export const isLong = ({ type }: TableField): boolean => type === 'text' || type === 'json'

/** What a cell shows. */
export const shown = (value: unknown): string => (isObject(value) ? JSON.stringify(value) : String(value))
/** What stands in its editor. */
export const typed = (value: unknown): string => (value === null || value === undefined ? '' : shown(value))

/**
 * What is sent for a text. Numbers that a double can not hold travel as texts, which the API takes as well.
 * @throws SyntaxError where a JSON field does not hold JSON
 */
export const parsed = ({ type }: TableField, text: string): unknown => {
  if (type === 'boolean') return text === 'true'
  if (type === 'json') return JSON.parse(text)
  if (WHOLE.test(type) && /^[+-]?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : text
  if (REAL.test(type) && text !== '' && String(Number(text)) === text) return Number(text)
  return text
}
