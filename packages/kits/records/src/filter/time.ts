/** The functions of time that a filter or a record may name: an allow-list where the original passed SQL through. */
import type { IntervalUnit, Operand } from '../plan.ts'

export type TimeOperand = Extract<Operand, { kind: 'time' }>

/** For error messages: what may stand in parentheses. */
export const TIME_FUNCTIONS =
  'NOW(), CURRENT_TIMESTAMP, CURRENT_DATE and CURRENT_TIME, each with + or - INTERVAL n UNIT (second, minute, hour, day, week, month, year)'

const OF = { NOW: 'timestamp', CURRENT_TIMESTAMP: 'timestamp', CURRENT_DATE: 'date', CURRENT_TIME: 'time' } as const
// Every repeated blank is followed by something that isn't one, so that matching stays linear.
const EXPRESSION =
  /(NOW\s*\(\s*\)|CURRENT_(?:TIMESTAMP|DATE|TIME)(?:\s*\(\s*\))?)(?:\s*([+-])\s*INTERVAL\s+(?:'(\d{1,6})\s+([a-z]+)'|'(\d{1,6})'\s*([a-z]+)|(\d{1,6})\s+([a-z]+)))?/iy
const UNIT = /^(second|minute|hour|day|week|month|year)s?$/i

/** Reads a function of time at a position; `undefined` where there is none. */
export const timeAt = (text: string, at: number): { operand: TimeOperand; end: number } | undefined => {
  EXPRESSION.lastIndex = at
  const found = EXPRESSION.exec(text)
  if (!found) return undefined
  const of = OF[found[1]!.replace(/[\s()]+/g, '').toUpperCase() as keyof typeof OF]
  const end = EXPRESSION.lastIndex
  const sign = found[2]
  if (!sign) return { operand: { kind: 'time', of }, end }
  const unit = UNIT.exec(found[4] ?? found[6] ?? found[8] ?? '')?.[1]?.toLowerCase() as IntervalUnit | undefined
  if (!unit) return undefined
  const amount = Number(found[3] ?? found[5] ?? found[7]) * (sign === '-' ? -1 : 1)
  return { operand: { kind: 'time', of, plus: { amount: amount || 0, unit } }, end }
}
