/** Messages to the server, one behind the other in one buffer, until they are sent together. */

const SIZE = 4_096
/** A larger buffer is let go of when it was sent. */
const LARGEST = 65_536
/** Up to here, a loop is faster than asking the runtime to encode. */
const SHORT = 32
const FIRST_NOT_ASCII = 0x80

/** What a statement can have at most: they are counted by 16 bits. */
export const MOST_VALUES = 65_535

const BIND = 0x42
/** Formats of values. */
const [AS_TEXT, AS_BYTES] = [0, 1]

/** What is bound: text, bytes, or NULL. */
export type Bound = string | Buffer | null

const isBytes = (value: Bound): boolean => typeof value === 'object' && value !== null

/** Bytes of a value at most: its length, and three of UTF-8 for each unit of UTF-16. */
const roomOf = (value: Bound): number => (value === null ? 4 : 4 + value.length * 3)

export class Outbox {
  #bytes = Buffer.allocUnsafe(SIZE)
  #length = 0

  get isEmpty(): boolean {
    return this.#length === 0
  }
  /** All of it; the outbox is empty afterwards. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    if (this.#bytes.length > LARGEST) this.#bytes = Buffer.allocUnsafe(SIZE)
    return taken
  }

  /** A message that is made already. */
  add(message: Buffer): void {
    this.#reserve(message.length)
    this.#length += message.copy(this.#bytes, this.#length)
  }
  /** Bind, to the portal without a name; results come as text. */
  bind(statement: string, values: readonly Bound[]): void {
    let room = 16 + statement.length * 3 + values.length * 2
    for (const value of values) room += roomOf(value)
    this.#reserve(room)
    this.#byte(BIND)
    const start = this.#length
    this.#length += 4
    this.#byte(0)
    this.#text(statement)
    this.#byte(0)
    const binary = values.some(isBytes)
    this.#int16(binary ? values.length : 0)
    if (binary) for (const value of values) this.#int16(isBytes(value) ? AS_BYTES : AS_TEXT)
    this.#int16(values.length)
    for (const value of values) this.#value(value)
    this.#int16(0)
    this.#int32(start, this.#length - start)
  }

  #value(value: Bound): void {
    const start = this.#length
    this.#length += 4
    if (value === null) this.#int32(start, -1)
    else {
      if (typeof value === 'string') this.#text(value)
      else this.#length += value.copy(this.#bytes, this.#length)
      this.#int32(start, this.#length - start - 4)
    }
  }
  #text(text: string): void {
    if (text.length > SHORT || !this.#ascii(text)) this.#length += this.#bytes.write(text, this.#length)
  }
  #ascii(text: string): boolean {
    const bytes = this.#bytes
    const start = this.#length
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code >= FIRST_NOT_ASCII) return false
      bytes[start + at] = code
    }
    this.#length = start + text.length
    return true
  }
  #byte(value: number): void {
    this.#bytes[this.#length++] = value
  }
  #int16(value: number): void {
    this.#byte(value >>> 8)
    this.#byte(value)
  }
  #int32(at: number, value: number): void {
    const bytes = this.#bytes
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
  }
  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
