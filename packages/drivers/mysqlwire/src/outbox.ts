/** Commands to the server, one behind the other in one buffer, until they are sent together. */
import mysql, { type TypedParameterValue } from 'mysql2'

const SIZE = 4_096
/** A larger buffer is let go of when it was sent. */
const LARGEST = 65_536
/** Length and number of a packet. */
const HEADER = 4
/** A packet that is full is followed by more of the same command. */
const FULL = 0xff_ffff

const COMMAND = { prepare: 0x16, execute: 0x17, close: 0x19 }
const TYPE = {
  tiny: 0x01,
  float: 0x04,
  double: 0x05,
  null: 0x06,
  longlong: 0x08,
  newdecimal: 0xf6,
  blob: 0xfc,
  text: 0xfd,
}
const UNSIGNED = 0x80

/** What is bound: whole numbers as such, other numbers as double precision, and objects as JSON. */
export type Parameter =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | object
  | TypedParameterValue
  | null
  | undefined

/** The class of what `mysql2` makes, so that no JSON can pass for it. */
const TypedParameter = mysql.TypedParameter.TINY(0).constructor as new () => TypedParameterValue
const isTyped = (value: object): value is TypedParameterValue => value instanceof TypedParameter

/** A parameter in one of the protocol's types. */
interface Typed {
  readonly type: number
  readonly unsigned?: boolean
  readonly value: unknown
}

const typed = (value: Parameter): Typed => {
  if (value === null || value === undefined) return { type: TYPE.null, value: null }
  switch (typeof value) {
    case 'string':
      return { type: TYPE.text, value }
    case 'number':
      return { type: Number.isSafeInteger(value) ? TYPE.longlong : TYPE.double, value }
    case 'bigint':
      return { type: TYPE.longlong, value }
    case 'boolean':
      return { type: TYPE.tiny, value: value ? 1 : 0 }
    default:
      if (value instanceof Uint8Array) return { type: TYPE.blob, value }
      return isTyped(value) ? value : { type: TYPE.text, value: JSON.stringify(value) }
  }
}

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

  prepare(sql: string): void {
    const start = this.#begin(COMMAND.prepare, sql.length * 3)
    this.#length += this.#bytes.write(sql, this.#length)
    this.#end(start)
  }
  execute(statement: number, parameters: readonly Parameter[]): void {
    const values = parameters.map(typed)
    const start = this.#begin(COMMAND.execute, 10 + values.length * 3)
    try {
      this.#parameters(statement, values)
    } catch (error) {
      this.#length = start
      throw error
    }
    this.#end(start)
  }
  #parameters(statement: number, values: readonly Typed[]): void {
    const count = values.length
    this.#int32(statement)
    this.#byte(0)
    this.#int32(1)
    if (count > 0) {
      const bitmap = this.#length
      this.#bytes.fill(0, bitmap, bitmap + ((count + 7) >> 3))
      this.#length += (count + 7) >> 3
      this.#byte(1)
      for (const { type, unsigned } of values) {
        this.#byte(type)
        this.#byte(unsigned ? UNSIGNED : 0)
      }
      for (let index = 0; index < count; index++) {
        const { type, value } = values[index]!
        if (value === null) this.#bytes[bitmap + (index >> 3)]! |= 1 << (index & 7)
        else this.#value(type, value)
      }
    }
  }
  close(statement: number): void {
    const start = this.#begin(COMMAND.close, 4)
    this.#int32(statement)
    this.#end(start)
  }

  #value(type: number, value: unknown): void {
    this.#reserve(8)
    if (type === TYPE.longlong) this.#long(value as number | bigint)
    else if (type === TYPE.double) this.#length = this.#bytes.writeDoubleLE(value as number, this.#length)
    else if (type === TYPE.float) this.#length = this.#bytes.writeFloatLE(value as number, this.#length)
    else if (type === TYPE.tiny) this.#byte(value as number)
    else if (value instanceof Uint8Array) this.#counted(value)
    else this.#text(String(value))
  }
  #long(value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.#length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length)
      return
    }
    this.#int32(value | 0)
    this.#int32(Math.floor(value / 2 ** 32))
  }
  #text(text: string): void {
    if (text.length > SHORT || !this.#ascii(text)) this.#counted(Buffer.from(text))
  }
  /** A short text, unless it has other letters. */
  #ascii(text: string): boolean {
    const { length } = text
    this.#reserve(length + 1)
    const bytes = this.#bytes
    let at = this.#length
    bytes[at++] = length
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code >= FIRST_NOT_ASCII) return false
      bytes[at++] = code
    }
    this.#length = at
    return true
  }
  /** Bytes, and how many there are before them. */
  #counted(bytes: Uint8Array): void {
    const { length } = bytes
    this.#reserve(length + 9)
    if (length < 0xfb) this.#byte(length)
    else if (length <= 0xffff) {
      this.#byte(0xfc)
      this.#length = this.#bytes.writeUInt16LE(length, this.#length)
    } else if (length <= FULL) {
      this.#byte(0xfd)
      this.#length = this.#bytes.writeUIntLE(length, this.#length, 3)
    } else {
      this.#byte(0xfe)
      this.#length = this.#bytes.writeBigUInt64LE(BigInt(length), this.#length)
    }
    this.#bytes.set(bytes, this.#length)
    this.#length += length
  }
  #byte(value: number): void {
    this.#bytes[this.#length++] = value
  }
  #int32(value: number): void {
    const bytes = this.#bytes
    const at = this.#length
    bytes[at] = value
    bytes[at + 1] = value >> 8
    bytes[at + 2] = value >> 16
    bytes[at + 3] = value >> 24
    this.#length = at + 4
  }
  /** @returns where the command's packet begins */
  #begin(command: number, room: number): number {
    this.#reserve(HEADER + 1 + room)
    const start = this.#length
    this.#length += HEADER
    this.#byte(command)
    return start
  }
  #end(start: number): void {
    const length = this.#length - start - HEADER
    if (length >= FULL) this.#cut(start, length)
    else this.#header(start, length, 0)
  }
  #header(at: number, length: number, number: number): void {
    this.#bytes.writeUIntLE(length, at, 3)
    this.#bytes[at + 3] = number
  }
  /** A command that is too long for one packet. */
  #cut(start: number, length: number): void {
    const payload = Buffer.from(this.#bytes.subarray(start + HEADER, start + HEADER + length))
    this.#length = start
    for (let from = 0, number = 0; from <= length; from += FULL, number++) {
      const part = payload.subarray(from, from + FULL)
      this.#reserve(HEADER + part.length)
      this.#header(this.#length, part.length, number & 0xff)
      this.#length += HEADER
      this.#length += part.copy(this.#bytes, this.#length)
    }
  }
  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}

/** Up to here, a loop is faster than asking the runtime to encode. */
const SHORT = 32
const FIRST_NOT_ASCII = 0x80
