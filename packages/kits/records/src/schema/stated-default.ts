/** A default as the wire contract tells it (§6.3): a plain value, or an expression; made of the source's own text. */
import type { Field, FieldType } from '../catalog.ts'

const NUMERIC: ReadonlySet<FieldType> = new Set(['integer', 'bigint', 'decimal', 'float', 'double'])
/** A text in quotes, perhaps with a cast: `'new'::character varying`. */
const QUOTED = /^'((?:[^']|'')*)'(?:::[^']*)?$/
const NOW = /^\(?(?:current_timestamp|now|localtimestamp)(?:\(\d*\))?\)?(?:::[\w ]+)?$/i
const NUMBER = /^\(?(-?\d+(?:\.\d+)?)\)?(?:::[\w ]+)?$/
const TRUE = /^(?:true|t|1|b'1')$/i
const FALSE = /^(?:false|f|0|b'0')$/i

export const CURRENT_TIMESTAMP = { expression: 'CURRENT_TIMESTAMP' } as const

/** `null` where there is none; what is no plain value stays as the source wrote it. */
export const statedDefault = ({ default: stated, type }: Field): unknown => {
  if (stated === undefined) return null
  const text = stated.trim()
  const quoted = QUOTED.exec(text)
  const bare = quoted ? quoted[1]!.replaceAll("''", "'") : text
  if (type === 'boolean') return TRUE.test(bare) ? true : FALSE.test(bare) ? false : bare
  if (NUMERIC.has(type)) {
    const digits = NUMBER.exec(bare)?.[1]
    const number = Number(digits)
    return digits === undefined || (Number.isInteger(number) && !Number.isSafeInteger(number)) ? bare : number
  }
  return !quoted && NOW.test(text) ? CURRENT_TIMESTAMP : bare
}
