/** Parts of a file (RFC 9110 §14): one as it is, several as `multipart/byteranges`. */
import { randomUUID } from 'node:crypto'
import { combineRanges, parse } from 'range-parser'
import type { ByteRange, OpenFile } from './store.ts'

/** More parts are more work than a client has a use for: it then gets the whole. */
const MOST_RANGES = 32

/** One that is none is passed over (RFC 9110 §14.2). */
const RANGES = /^bytes=\s*(?:\d+-\d*|-\d+)(?:\s*,\s*(?:\d+-\d*|-\d+))*\s*$/i

/** What is sent of a file. `undefined`: all of it; an empty list: nothing of what was asked for is in it. */
export const rangesIn = (header: string | undefined, size: number): readonly ByteRange[] | undefined => {
  if (!header || !RANGES.test(header) || header.split(',').length > MOST_RANGES) return undefined
  const { code, ranges } = parse(size, header)
  if (code === -2) return undefined
  if (code === -1 || ranges.length === 0) return []
  // Parts that overlap would make a short request a long answer.
  return combineRanges(ranges).map(({ start, end }) => ({ start, end }))
}

export interface Parts {
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: AsyncIterable<Uint8Array>
}

const contentRange = ({ start, end }: ByteRange, size: number): string => `bytes ${start}-${end}/${size}`

/** @param ranges at least one */
export const partsOf = (file: OpenFile, ranges: readonly ByteRange[], type: string): Parts => {
  const { size } = file.entry
  const [only] = ranges
  if (ranges.length === 1 && only)
    return {
      headers: {
        'content-type': type,
        'content-length': String(only.end - only.start + 1),
        'content-range': contentRange(only, size),
      },
      pieces: file.read(only),
    }
  return multipart(file, ranges, type)
}

const multipart = (file: OpenFile, ranges: readonly ByteRange[], type: string): Parts => {
  const boundary = randomUUID()
  const heads = ranges.map((range) =>
    Buffer.from(
      `\r\n--${boundary}\r\ncontent-type: ${type}\r\ncontent-range: ${contentRange(range, file.entry.size)}\r\n\r\n`,
    ),
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  const length = ranges.reduce(
    (sum, { start, end }, index) => sum + heads[index]!.length + end - start + 1,
    tail.length,
  )
  return {
    headers: { 'content-type': `multipart/byteranges; boundary=${boundary}`, 'content-length': String(length) },
    pieces: (async function* () {
      for (const [index, range] of ranges.entries()) {
        yield heads[index]!
        yield* file.read(range)
      }
      yield tail
    })(),
  }
}
