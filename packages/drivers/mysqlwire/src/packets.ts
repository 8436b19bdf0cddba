/** What stands at the beginning of the server's packets. */

export const [OK, ERROR] = [0x00, 0xff]
const [COUNTED, END] = [0xfb, 0xfe]
/** A packet that begins like an end, and is longer, is something else. */
const END_LENGTH = 9
/** In the server's status: there is another result behind this one. */
export const MORE_RESULTS = 0x08

/** Whether a list of definitions or rows has come to its end. */
export const isEnd = (bytes: Buffer, start: number, end: number): boolean =>
  bytes[start] === END && end - start < END_LENGTH

/** A number of up to eight bytes, whose first says how many follow. @returns it, and where it ends */
export const counted = (bytes: Buffer, at: number): readonly [value: number | string, end: number] => {
  const first = bytes[at]!
  if (first < COUNTED) return [first, at + 1]
  if (first !== END) {
    const width = first === 0xfc ? 2 : 3
    return [bytes.readUIntLE(at + 1, width), at + 1 + width]
  }
  const value = bytes.readBigUInt64LE(at + 1)
  return [Number.isSafeInteger(Number(value)) ? Number(value) : String(value), at + 9]
}
