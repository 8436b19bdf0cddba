/**
 * Cells of a binary protocol, where the driver read them → JSON. What a codec and a form have no way of their own for
 * goes by the value that `SqlExecutor.run` would give, so that the bytes are the same whatever the type.
 */
import { type Codec, plainCodec } from '../wire.ts'
import { anyTextCodec, exactCodec, momentCodec, truthCodec, wholeCodec } from '../wire-binary.ts'
import { type CellWrite, phrase } from './byte-writer.ts'
import { cellWrite } from './cell-bytes.ts'

/** How a driver's cells of one column are read. The same object for the same form, so that what is made of it can be kept. */
export interface CellForm {
  /**
   * - `text`: UTF-8
   * - `integer`: of any size
   * - `moment`: see `print`
   */
  readonly kind: 'text' | 'integer' | 'moment' | 'other'
  /** The cell as `SqlExecutor.run` gives it. */
  value(bytes: Buffer, start: number, end: number): unknown
  /** Of a moment: writes that text, at most 32 bytes of ASCII that need no escape, from `at` on. @returns where it ends */
  print?(bytes: Buffer, start: number, end: number, into: Buffer, at: number): number
}

const [TRUE, FALSE] = [phrase('true'), phrase('false')]
/** Bytes of a moment, with its quotes. */
const MOMENT_ROOM = 34
const QUOTE = 0x22

const byValue =
  (codec: Codec, form: CellForm): CellWrite =>
  (writer, bytes, start, end) =>
    writer.text(codec.json(form.value(bytes, start, end)))

/** Texts are written as those of a protocol of texts. */
const TEXTS: ReadonlySet<Codec> = new Set([anyTextCodec, exactCodec, plainCodec])

const wholeWrite =
  (form: CellForm): CellWrite =>
  (writer, bytes, start, end) => {
    const value = form.value(bytes, start, end)
    if (typeof value === 'number') writer.integer(value)
    else writer.text(wholeCodec.json(value))
  }
const truthWrite =
  (form: CellForm): CellWrite =>
  (writer, bytes, start, end) =>
    writer.phrase(Number(form.value(bytes, start, end)) !== 0 ? TRUE : FALSE)

/** @param short whether zeros at the end of a second's fraction are left out */
const momentWrite =
  (print: NonNullable<CellForm['print']>, short: boolean): CellWrite =>
  (writer, bytes, start, end) => {
    writer.extend(MOMENT_ROOM)
    writer.byte(QUOTE)
    const from = writer.length
    writer.printed(print, bytes, start, end)
    if (short) writer.trimFraction(from)
    writer.byte(QUOTE)
  }

/** How cells of a form are written by a codec. Cells without a form are the UTF-8 of their text: see `cellWrite`. */
export const formWrite = (codec: Codec, form: CellForm): CellWrite => {
  const { kind, print } = form
  if (kind === 'text' && TEXTS.has(codec)) return cellWrite(codec)
  if (kind === 'integer' && codec === wholeCodec) return wholeWrite(form)
  if (kind === 'integer' && codec === truthCodec) return truthWrite(form)
  if (print && (codec === momentCodec || codec === plainCodec)) return momentWrite(print, codec === momentCodec)
  return byValue(codec, form)
}
