/**
 * JSON text as UTF-8 bytes, written into one buffer that grows. Room is reserved for a row at a time: `byte`, `phrase`
 * and what copies cells do not look for it.
 */

import { type Encoded, encoded } from '@gw/core'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_PRINTABLE = 0x20
const [MINUS, POINT, ZERO] = [0x2d, 0x2e, 0x30]
/** What a whole number takes at most. */
const INTEGER_ROOM = 20
/** Bytes written at a time by `phrase`. */
const WORD = 4

/** A text that is written again and again: as words, because a word costs as much as a byte. */
export interface Phrase {
  readonly words: Int32Array
  readonly length: number
}

export const phrase = (text: string): Phrase => {
  const bytes = Buffer.from(text)
  const padded = Buffer.alloc(Math.ceil(bytes.length / WORD) * WORD)
  bytes.copy(padded)
  return {
    words: Int32Array.from({ length: padded.length / WORD }, (_, at) => padded.readInt32LE(at * WORD)),
    length: bytes.length,
  }
}

/** Writes a cell that is not NULL. The writer has room for its bytes and `CELL_ROOM` more; who needs more makes it. */
export type CellWrite = (writer: ByteWriter, bytes: Buffer, start: number, end: number) => void

/** For quotes, or `null` and `false` in place of less. */
export const CELL_ROOM = 8
export const NULL: Phrase = phrase('null')

export class ByteWriter {
  #bytes: Buffer
  #view: DataView
  #length = 0
  /** Up to here nobody has to ask for room. */
  #reserved = 0

  /** @param size Bytes to begin with; what the last answer of the same plan took is a good guess. */
  constructor(size: number) {
    this.#bytes = allocate(size)
    this.#view = viewOf(this.#bytes)
  }
  get length(): number {
    return this.#length
  }
  /** What was written. The writer must not be used afterwards. */
  finish(): Encoded {
    return encoded(this.#bytes.subarray(0, this.#length), { owned: isLarge(this.#bytes.length) })
  }
  /** Takes back what was written behind the first `length` bytes. */
  cut(length: number): void {
    this.#length = length
  }

  /** Makes room for so many more bytes. */
  reserve(more: number): void {
    this.#reserved = this.#length + more
    // What is behind a phrase's end is written, too.
    if (this.#reserved + WORD > this.#bytes.length) this.#grow(this.#reserved + WORD)
  }
  /** Makes room for so many bytes beside those that are reserved already. */
  extend(more: number): void {
    this.reserve(Math.max(this.#reserved - this.#length, 0) + more)
  }
  #grow(needed: number): void {
    const outgrown = this.#bytes
    const grown = allocate(Math.max(outgrown.length * 2, needed))
    outgrown.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
    if (isLarge(outgrown.length)) (outgrown.buffer as ArrayBuffer).transfer(0)
    this.#view = viewOf(grown)
  }

  /** One byte, within what is reserved. */
  byte(value: number): void {
    this.#bytes[this.#length++] = value
  }
  /** Within what is reserved. */
  phrase({ words, length }: Phrase): void {
    const view = this.#view
    let at = this.#length
    for (let word = 0; word < words.length; word++) {
      view.setInt32(at, words[word]!, true)
      at += WORD
    }
    this.#length += length
  }
  /** Bytes as they are, within what is reserved. */
  raw(source: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes
    let at = this.#length
    for (let from = start; from < end; from++) bytes[at++] = source[from]!
    this.#length = at
  }
  /** Bytes that need no escape, in quotes; within what is reserved, which must have room for the quotes. */
  quoted(source: Uint8Array, start: number, end: number): void {
    this.#bytes[this.#length++] = QUOTE
    this.raw(source, start, end)
    this.#bytes[this.#length++] = QUOTE
  }
  /** UTF-8 as a JSON string: the same bytes as JSON.stringify gives for its text. Room as for `quoted`. */
  string(source: Buffer, start: number, end: number): void {
    const bytes = this.#bytes
    let at = this.#length
    bytes[at++] = QUOTE
    for (let from = start; from < end; from++) {
      const byte = source[from]!
      if (byte < FIRST_PRINTABLE || byte === QUOTE || byte === BACKSLASH) {
        this.text(JSON.stringify(source.toString('utf8', start, end)))
        return
      }
      bytes[at++] = byte
    }
    bytes[at++] = QUOTE
    this.#length = at
  }
  /** A whole number. */
  integer(value: number): void {
    this.extend(INTEGER_ROOM)
    let rest = Math.abs(value)
    if (value < 0) this.#bytes[this.#length++] = MINUS
    let end = this.#length + 1
    for (let power = 10; power <= rest; power *= 10) end++
    for (let at = end - 1; at >= this.#length; at--) {
      const left = Math.floor(rest / 10)
      this.#bytes[at] = ZERO + (rest - left * 10)
      rest = left
    }
    this.#length = end
  }
  /** What `print` writes by itself, within what is reserved. @param print returns where it ends */
  printed(
    print: (bytes: Buffer, start: number, end: number, into: Buffer, at: number) => number,
    source: Buffer,
    start: number,
    end: number,
  ): void {
    this.#length = print(source, start, end, this.#bytes, this.#length)
  }
  /** Takes back the zeros at the end of a fraction, and a point that nothing follows. @param from where the text begins */
  trimFraction(from: number): void {
    const bytes = this.#bytes
    let point = this.#length - 1
    while (point >= from && bytes[point] !== POINT) point--
    if (point < from) return
    while (bytes[this.#length - 1] === ZERO) this.#length--
    if (bytes[this.#length - 1] === POINT) this.#length--
  }
  /** Text that may be anything, of any length: it makes room for itself. */
  text(text: string): void {
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    const after = Math.max(this.#reserved - this.#length, 0)
    this.reserve(text.length * 3 + after)
    this.#length += this.#bytes.write(text, this.#length)
    this.#reserved = this.#length + after
  }
}

/** Beyond half of Node's pool, memory is not shared with other buffers: see `Encoded.owned`. */
const isLarge = (size: number): boolean => size > Buffer.poolSize / 2
const allocate = (size: number): Buffer => (isLarge(size) ? Buffer.allocUnsafeSlow(size) : Buffer.allocUnsafe(size))

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length)
