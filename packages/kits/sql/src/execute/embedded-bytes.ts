/**
 * Lists of embedded records (`compile/embed.ts`) in a driver's buffer → JSON, cell by cell where they lie: what
 * `embedded.ts` does by objects.
 */
import type { Embed, Field } from '@gw/records'
import type { Codec } from '../wire.ts'
import { type ByteWriter, CELL_ROOM, type CellWrite, NULL, type Phrase, phrase } from './byte-writer.ts'
import { cellWrite } from './cell-bytes.ts'
import { keysOf } from './rows.ts'

const [LIST, LIST_END, COMMA, RECORD_END] = [0x5b, 0x5d, 0x2c, 0x7d]
const [QUOTE, BACKSLASH, SPACE, N] = [0x22, 0x5c, 0x20, 0x6e]

/** The records of one embed. */
interface Form {
  readonly single: boolean
  /** Of the cells, and of the lists behind them. */
  readonly keys: readonly Phrase[]
  readonly cells: readonly CellWrite[]
  readonly lists: readonly Form[]
  /** What a record takes beside its cells' own bytes. */
  readonly room: number
}

/** `undefined` where the keys' order is another than the cells'. */
const formOf = ({ fields, embeds, single }: Embed, codecOf: (field: Field) => Codec): Form | undefined => {
  const keys = keysOf([...fields, ...embeds])?.map(phrase)
  const lists = embeds.map((embed) => formOf(embed, codecOf))
  if (!keys || lists.includes(undefined)) return undefined
  return {
    single,
    keys,
    cells: fields.map((field) => cellWrite(codecOf(field))),
    lists: lists as Form[],
    room: keys.reduce((sum, { length }) => sum + length + CELL_ROOM, CELL_ROOM),
  }
}

/** Reads one list's text, and writes its records. */
class Reading {
  readonly #writer: ByteWriter
  readonly #bytes: Buffer
  readonly #end: number
  #at: number

  constructor(writer: ByteWriter, bytes: Buffer, start: number, end: number) {
    this.#writer = writer
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  list(form: Form): void {
    const { single } = form
    const writer = this.#writer
    let count = 0
    let sole = 0
    this.#expect(LIST)
    if (!single) writer.byte(LIST)
    while (this.#next() !== LIST_END) {
      if (count++ > 0) this.#expect(COMMA)
      if (count > 1 && !single) writer.byte(COMMA)
      this.#record(form)
      if (count === 1) sole = writer.length
    }
    this.#at++
    if (!single) writer.byte(LIST_END)
    else if (count === 0) writer.phrase(NULL)
    else writer.cut(sole)
  }
  #record({ keys, cells, lists, room }: Form): void {
    const writer = this.#writer
    writer.extend(room)
    if (lists.length > 0) this.#expect(LIST)
    this.#expect(LIST)
    for (let index = 0; index < cells.length; index++) {
      if (index > 0) this.#expect(COMMA)
      writer.phrase(keys[index]!)
      this.#cell(cells[index]!)
    }
    this.#expect(LIST_END)
    for (let index = 0; index < lists.length; index++) {
      this.#expect(COMMA)
      writer.phrase(keys[cells.length + index]!)
      this.list(lists[index]!)
    }
    if (lists.length > 0) this.#expect(LIST_END)
    writer.byte(RECORD_END)
  }
  #cell(write: CellWrite): void {
    const bytes = this.#bytes
    if (this.#next() === N) {
      this.#at += 'null'.length
      this.#writer.phrase(NULL)
      return
    }
    const start = this.#at
    this.#expect(QUOTE)
    let escaped = false
    let at = start + 1
    for (; at < this.#end && bytes[at] !== QUOTE; at++)
      if (bytes[at] === BACKSLASH) {
        escaped = true
        at++
      }
    if (escaped) {
      const plain = Buffer.from(JSON.parse(bytes.toString('utf8', start, at + 1)) as string)
      write(this.#writer, plain, 0, plain.length)
    } else write(this.#writer, bytes, start + 1, at)
    this.#at = at + 1
  }
  /** The byte behind blanks. */
  #next(): number | undefined {
    while (this.#at < this.#end && this.#bytes[this.#at]! <= SPACE) this.#at++
    return this.#at < this.#end ? this.#bytes[this.#at] : undefined
  }
  #expect(byte: number): void {
    if (this.#next() !== byte) throw new Error('The database sent related records in another form than asked for.')
    this.#at++
  }
}

/** @returns `undefined` where they have to become objects on the way */
export const embeddedWrite = (embed: Embed, codecOf: (field: Field) => Codec): CellWrite | undefined => {
  const form = formOf(embed, codecOf)
  return form && ((writer, bytes, start, end) => new Reading(writer, bytes, start, end).list(form))
}
