/** Array literals (`{1,NULL,"a \"b\""}`) in a driver's buffer → JSON: what `arrayCodec` does, element by element. */
import { type ByteWriter, CELL_ROOM, type CellWrite, NULL } from './byte-writer.ts'

const [OPEN, CLOSE, QUOTE, BACKSLASH] = [0x7b, 0x7d, 0x22, 0x5c]
const [LIST, LIST_END, COMMA] = [0x5b, 0x5d, 0x2c]

/** Between the quotes. @returns where the second one is */
const quotedElement = (write: CellWrite, writer: ByteWriter, bytes: Buffer, start: number, end: number): number => {
  let escaped = false
  let at = start
  for (; at < end && bytes[at] !== QUOTE; at++)
    if (bytes[at] === BACKSLASH) {
      escaped = true
      at++
    }
  if (escaped) {
    const plain = Buffer.from(bytes.toString('utf8', start, at).replace(/\\(.)/gs, '$1'))
    write(writer, plain, 0, plain.length)
  } else write(writer, bytes, start, at)
  return at
}

/**
 * @param write writes an element
 * @param delimiter the character between elements
 */
export const arrayWrite = (write: CellWrite, delimiter: string): CellWrite => {
  const between = delimiter.charCodeAt(0)
  const bareElement = (writer: ByteWriter, bytes: Buffer, start: number, end: number): number => {
    let at = start
    while (at < end && bytes[at] !== between && bytes[at] !== CLOSE) at++
    if (bytes.toString('latin1', start, Math.min(at, start + 5)) === 'NULL') writer.phrase(NULL)
    else write(writer, bytes, start, at)
    return at
  }
  return (writer, bytes, start, end) => {
    // One with bounds of its own is text.
    if (bytes[start] !== OPEN) return writer.string(bytes, start, end)
    for (let at = start; at < end; at++) {
      const byte = bytes[at]
      if (byte === OPEN) writer.byte(LIST)
      else if (byte === CLOSE) writer.byte(LIST_END)
      else if (byte === between) writer.byte(COMMA)
      else {
        writer.extend(CELL_ROOM)
        at = byte === QUOTE ? quotedElement(write, writer, bytes, at + 1, end) : bareElement(writer, bytes, at, end) - 1
      }
    }
  }
}
