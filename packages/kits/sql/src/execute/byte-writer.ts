/** JSON text as UTF-8 bytes, written into one buffer that grows. */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_PRINTABLE = 0x20
/** Up to here a loop is faster than asking the runtime to copy. */
const SHORT = 48

export class ByteWriter {
  #bytes: Buffer
  #length = 0

  /** @param size Bytes to begin with; what the last answer of the same plan took is a good guess. */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }
  get length(): number {
    return this.#length
  }
  /** What was written. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Makes room; returns the buffer to write into. */
  #room(more: number): Buffer {
    if (this.#length + more > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more))
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
    }
    return this.#bytes
  }
  /** One byte. */
  byte(value: number): void {
    this.#room(1)[this.#length++] = value
  }
  /** Text that may be anything. */
  text(text: string): void {
    // A UTF-16 unit takes three bytes of UTF-8 at most.
    this.#length += this.#room(text.length * 3).write(text, this.#length)
  }
  /** Bytes as they are. */
  raw(source: Buffer, start: number, end: number): void {
    const bytes = this.#room(end - start)
    if (end - start > SHORT) this.#length += source.copy(bytes, this.#length, start, end)
    else {
      let at = this.#length
      for (let from = start; from < end; from++) bytes[at++] = source[from]!
      this.#length = at
    }
  }
  /** UTF-8 as a JSON string: the same bytes as JSON.stringify gives for its text. */
  string(source: Buffer, start: number, end: number): void {
    const bytes = this.#room(end - start + 2)
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
  /** Bytes that need no escape, in quotes. */
  quoted(source: Buffer, start: number, end: number): void {
    this.byte(QUOTE)
    this.raw(source, start, end)
    this.byte(QUOTE)
  }
}
