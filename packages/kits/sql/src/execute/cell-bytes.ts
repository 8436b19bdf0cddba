/**
 * Cells as the UTF-8 of their text, in a driver's buffer → JSON, one way for each codec. What a codec has no way of its
 * own for goes by its text, so that the bytes are the same whatever the type.
 */
import { type Codec, decimalCodec, floatCodec, integerCodec, plainCodec, textCodec } from '../wire.ts'
import { anyTextCodec, exactCodec } from '../wire-binary.ts'
import { letterCodec } from '../wire-text.ts'
import { arrayWrite } from './array-bytes.ts'
import { type CellWrite, phrase } from './byte-writer.ts'

const [TRUE, FALSE] = [phrase('true'), phrase('false')]

/** Below it, every integer is safe as a JSON number. */
const SAFE_DIGITS = 16
/** Up to here, a decimal is what JavaScript writes for the number that it is. */
const EXACT_LENGTH = 15
/** Behind `0.`, the place by which the first digit has come in a number without an exponent. */
const FIRST_PLACE = 5

const [T, MINUS, POINT, ZERO, NINE] = [0x74, 0x2d, 0x2e, 0x30, 0x39]

/** Where a number ends without the zeros at its fraction's end; 0 where it may not be written as it is. */
const plainEnd = (bytes: Buffer, start: number, end: number): number => {
  const first = bytes[start] === MINUS ? start + 1 : start
  if (first >= end) return 0
  let point = end
  let last = first
  let leading = end
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!
    if (byte === POINT && point === end && at > first) point = at
    else if (byte < ZERO || byte > NINE) return 0
    else if (byte > ZERO || at < point) last = at + 1
    if (byte > ZERO && leading === end) leading = at
  }
  if (bytes[first] !== ZERO) return last
  // Only `0`, and `0.…` that is not too small.
  if (point - first > 1) return 0
  if (leading === end) return first === start ? last : 0
  return leading - point <= FIRST_PLACE ? last : 0
}

const byText =
  (codec: Codec): CellWrite =>
  (writer, bytes, start, end) =>
    writer.text(codec.json(bytes.toString('utf8', start, end)))

const numeric = (codec: Codec): CellWrite => {
  const otherwise = byText(codec)
  return (writer, bytes, start, end) => {
    const plain = end - start <= EXACT_LENGTH ? plainEnd(bytes, start, end) : 0
    if (plain > 0) writer.raw(bytes, start, plain)
    else otherwise(writer, bytes, start, end)
  }
}

const textWrite: CellWrite = (writer, bytes, start, end) => writer.string(bytes, start, end)

const WRITES = new Map<Codec, CellWrite>([
  [textCodec, textWrite],
  [anyTextCodec, textWrite],
  [plainCodec, (writer, bytes, start, end) => writer.quoted(bytes, start, end)],
  [letterCodec, (writer, bytes, start) => writer.phrase(bytes[start] === T ? TRUE : FALSE)],
  [
    integerCodec,
    (writer, bytes, start, end) => {
      if (end - start < SAFE_DIGITS) writer.raw(bytes, start, end)
      else writer.text(integerCodec.json(bytes.toString('latin1', start, end)))
    },
  ],
  [decimalCodec, numeric(decimalCodec)],
  [exactCodec, numeric(exactCodec)],
  [floatCodec, numeric(floatCodec)],
])

export const cellWrite = (codec: Codec): CellWrite => {
  const { array } = codec
  return WRITES.get(codec) ?? (array ? arrayWrite(cellWrite(array.elements), array.delimiter) : byText(codec))
}
