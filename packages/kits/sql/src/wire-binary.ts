/**
 * Forms in which drivers of a binary protocol, MySQL's for one, hand values over: numbers as numbers, integers that
 * a number can't hold as text, bits as bytes.
 */
import { type Codec, decimalCodec, finite, textCodec } from './wire.ts'

const codec = (value: Codec['value'], json: Codec['json'] = (cell) => JSON.stringify(value(cell))): Codec => ({
  value,
  json,
})

const whole = (bytes: Buffer): number | string => {
  const value = BigInt(`0x${bytes.toString('hex') || '0'}`)
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
/** Integers and bits. */
export const wholeCodec: Codec = codec(
  (cell) => (Buffer.isBuffer(cell) ? whole(cell) : cell),
  (cell) => (typeof cell === 'number' ? String(cell) : JSON.stringify(wholeCodec.value(cell))),
)

const isTrue = (cell: unknown): boolean =>
  Buffer.isBuffer(cell) ? cell.some((byte) => byte !== 0) : Number(cell) !== 0
/** Truth as a number or as bits. */
export const truthCodec: Codec = codec(isTrue, (cell) => (isTrue(cell) ? 'true' : 'false'))

export const doubleCodec: Codec = codec((cell) => finite(Number(cell)))

/** Decimals as text; a sum of floating-point numbers is a number. */
export const exactCodec: Codec = codec(
  (cell) => (typeof cell === 'number' ? finite(cell) : decimalCodec.value(cell)),
  (cell) => (typeof cell === 'number' ? doubleCodec.json(cell) : decimalCodec.json(cell)),
)

/** The significant digits within which a single-precision number has one that stands for it alone. */
const SINGLE = { from: 6, to: 9 }
/** The shortest number that is the same one in single precision: 0.1, and not 0.10000000149011612. */
const shortest = (cell: unknown): number | string => {
  const exact = Number(cell)
  for (let digits = SINGLE.from; digits < SINGLE.to; digits++) {
    const short = Number(exact.toPrecision(digits))
    if (Math.fround(short) === exact) return finite(short)
  }
  return finite(exact)
}
export const singleCodec: Codec = codec(shortest)

/** The fraction of a second without the zeros that a column's declared precision would add. */
const moment = (cell: unknown): string => {
  const text = cell as string
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
export const momentCodec: Codec = codec(moment, (cell) => `"${moment(cell)}"`)

/** What a driver takes apart (geometry, vectors) is JSON as text. */
const text = (cell: unknown): string =>
  typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : JSON.stringify(cell)
export const anyTextCodec: Codec = codec(text, (cell) => textCodec.json(text(cell)))

/** Years as four digits, which a driver hands over as numbers. */
export const yearCodec: Codec = codec((cell) => String(cell).padStart(4, '0'))

/** `a,b` → a list, for values that hold no comma themselves. */
export const listCodec: Codec = codec((cell) => (cell === '' ? [] : (cell as string).split(',')))
