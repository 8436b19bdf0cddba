import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frames } from '../src/index.ts'

const message = (code: number, payload: Buffer): Buffer => {
  const header = Buffer.alloc(5)
  header[0] = code
  header.writeUInt32BE(payload.length + 4, 1)
  return Buffer.concat([header, payload])
}

/** What comes out of a stream cut into pieces. */
const read = (chunks: readonly Buffer[]): [number, string][] => {
  const found: [number, string][] = []
  const { take } = frames((code, bytes, start, end) => found.push([code, bytes.toString('latin1', start, end)]))
  for (const chunk of chunks) take(chunk)
  return found
}

describe('messages in a byte stream', () => {
  test('come out the same, however the stream is cut', () => {
    const payload = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 3_000, maxLength: 5_000 }))
    const messages = fc.array(fc.tuple(fc.integer({ min: 1, max: 127 }), payload), { minLength: 1, maxLength: 8 })
    const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(messages, cuts, (sent, sizes) => {
        const stream = Buffer.concat(sent.map(([code, bytes]) => message(code, Buffer.from(bytes))))
        const chunks: Buffer[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length]!
          chunks.push(stream.subarray(at, at + size))
          at += size
        }
        const wanted = sent.map(([code, bytes]) => [code, Buffer.from(bytes).toString('latin1')])
        expect(read(chunks)).toEqual(wanted)
      }),
    )
  })

  test('a length that can be none is refused', () => {
    expect(() => read([Buffer.from([0x44, 0, 0, 0, 3, 1, 2, 3])])).toThrow('message of 3 bytes')
    expect(() => read([Buffer.from([0x44, 0x7f]), Buffer.from([0xff, 0xff, 0xff, 0])])).toThrow('The server sent')
  })
})
