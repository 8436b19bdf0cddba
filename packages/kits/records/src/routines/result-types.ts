/** The types that `returns` and `schema` cast results to (the wire contract §7.2). */

export const RESULT_TYPES = [
  'int',
  'integer',
  'decimal',
  'double',
  'float',
  'boolean',
  'bool',
  'string',
  'time',
  'date',
  'datetime',
  'timestamp',
  'json',
] as const
export type ResultType = (typeof RESULT_TYPES)[number]

/** The most digits that a double gives back as they were. */
const EXACT_DIGITS = 15

const asNumber = (value: unknown): number | undefined => {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

const integer = (value: unknown): unknown => {
  const number = asNumber(value)
  if (number === undefined) return value
  const whole = Math.trunc(number) + 0
  return Number.isSafeInteger(whole) ? whole : value
}

/** A number only where no digit is lost. */
const decimal = (value: unknown): unknown => {
  const digits = String(value)
    .replace(/[^0-9]/g, '')
    .replace(/^0+/, '').length
  return digits <= EXACT_DIGITS ? (asNumber(value) ?? value) : value
}

const FALSE = /^(?:false|0|no|off|n|f|)$/i
const boolean = (value: unknown): unknown => (typeof value === 'object' ? value : !FALSE.test(String(value).trim()))

const MOMENT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})/

const part =
  (pick: (date: string, time: string) => string) =>
  (value: unknown): unknown => {
    const found = typeof value === 'string' ? MOMENT.exec(value) : null
    return found ? pick(found[1]!, found[2]!) : value
  }

const json = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const float = (value: unknown): unknown => asNumber(value) ?? value
const moment = part((date, time) => `${date} ${time}`)

const CASTS: Readonly<Record<ResultType, (value: unknown) => unknown>> = {
  int: integer,
  integer,
  decimal,
  double: float,
  float,
  boolean,
  bool: boolean,
  string: (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)),
  time: part((_, time) => time),
  date: part((date) => date),
  datetime: moment,
  timestamp: moment,
  json,
}

/** A value of a result as a type; what can't be one stays as it is, and null stays null. */
export const castResult = (type: ResultType, value: unknown): unknown =>
  value === null || value === undefined ? null : CASTS[type](value)
