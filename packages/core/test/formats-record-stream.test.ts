import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GwError } from '../src/errors.ts'
import { isRecordType, recordsIn } from '../src/formats/index.ts'

interface Sent {
  readonly type?: string
  readonly encoding?: string
  readonly limit?: number
  readonly signal?: AbortSignal
}

/** A body that arrives in these chunks. */
const bodyOf = (chunks: readonly Uint8Array[]): Request => {
  const rest = [...chunks]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = rest.shift()
      if (next) controller.enqueue(next)
      else controller.close()
    },
  })
  return new Request('http://x/', { method: 'POST', body, duplex: 'half' } as RequestInit)
}

const read = (chunks: readonly (Uint8Array | string)[], sent: Sent = {}) => {
  const { type = 'application/x-ndjson', encoding, limit = 1_000, signal = new AbortController().signal } = sent
  const headers: Record<string, string | undefined> = { 'content-type': type, 'content-encoding': encoding }
  const request = bodyOf(chunks.map((chunk) => Buffer.from(chunk as string)))
  return recordsIn({ request }, (name) => headers[name], { limit, signal }).records
}

const all = async (records: AsyncIterable<readonly unknown[]>) => {
  const found: unknown[] = []
  for await (const batch of records) found.push(...batch)
  return found
}

/** What came before a failure, and the failure. */
const failing = async (records: AsyncIterable<readonly unknown[]>) => {
  const found: unknown[] = []
  try {
    for await (const batch of records) found.push(...batch)
  } catch (error) {
    if (GwError.is(error)) return { found, code: error.code, message: error.message }
    throw error
  }
  throw new Error('It did not fail.')
}

const TEXTS = ['application/x-ndjson', 'text/csv'] as const

describe('records of a streamed body', () => {
  test.each(TEXTS)('%s is the same wherever its chunks end', async (type) => {
    const cell = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ a: cell, b: cell }), { minLength: 1 }),
        fc.infiniteStream(fc.nat(7)),
        async (rows, cuts) => {
          const text =
            type === 'text/csv'
              ? `a,b\r\n${rows.map(({ a, b }) => `${quoted(a)},${quoted(b)}\r\n`).join('')}`
              : rows.map((row) => `${JSON.stringify(row)}\n`).join('')
          const bytes = Buffer.from(text)
          const chunks: Buffer[] = []
          for (let at = 0; at < bytes.length; ) {
            const length = 1 + cuts.next().value!
            chunks.push(bytes.subarray(at, at + length))
            at += length
          }
          expect(await all(read(chunks, { type }))).toEqual(rows)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('blank lines and a last line without its end are fine', async () => {
    expect(await all(read(['{"a":1}\n\n  \r\n{"a"', ':2}\r\n{"a":3}']))).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
    expect(await all(read(['\ufeffa,b\n1,x\n\n2,y'], { type: 'text/csv' }))).toEqual([
      { a: '1', b: 'x' },
      { a: '2', b: 'y' },
    ])
    expect(await all(read([]))).toEqual([])
    expect(await all(read([], { type: 'text/csv' }))).toEqual([])
  })

  test('what stands before a fault is given first, and the fault names its line', async () => {
    const ndjson = await failing(read(['{"a":1}\n{"a":2}\n{"a":\n{"a":4}\n']))
    expect(ndjson.found).toEqual([{ a: 1 }, { a: 2 }])
    expect(ndjson).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('line 3') })
    const csv = await failing(read(['a,b\n1,2\n3,4\n5\n6,7\n'], { type: 'text/csv' }))
    expect(csv.found).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ])
    expect(csv).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('line 4') })
    expect(await failing(read(['a,a\n1,2\n'], { type: 'text/csv' }))).toMatchObject({ code: 'invalid_request' })
    expect(await failing(read(['{"__proto__":{}}\n']))).toMatchObject({ code: 'invalid_request' })
    expect(await failing(read([Buffer.from([0x22, 0xff, 0x22])]))).toMatchObject({ code: 'invalid_request' })
  })

  test('a record may not be larger than the limit, the body may', async () => {
    const row = `${JSON.stringify({ a: 'x'.repeat(900) })}\n`
    expect(await all(read(Array.from({ length: 50 }, () => row)))).toHaveLength(50)
    const long = { a: 'x'.repeat(2_000) }
    for (const chunks of [[`${row}${JSON.stringify(long)}\n`], [row, ...JSON.stringify(long).match(/.{1,300}/g)!]])
      expect(await failing(read(chunks))).toMatchObject({ code: 'too_large', found: [{ a: 'x'.repeat(900) }] })
    expect(await failing(read(['a\n1\n', 'x'.repeat(1_500), 'x'.repeat(1_500)], { type: 'text/csv' }))).toMatchObject({
      code: 'too_large',
      found: [{ a: '1' }],
    })
  })

  test('content codings are undone, and wrong ones are refused', async () => {
    const packed = gzipSync('{"a":1}\n{"a":2}\n')
    expect(await all(read([packed.subarray(0, 9), packed.subarray(9)], { encoding: 'gzip' }))).toEqual([
      { a: 1 },
      { a: 2 },
    ])
    expect(await failing(read(['nonsense'], { encoding: 'gzip' }))).toMatchObject({ code: 'invalid_request' })
    expect(await failing(read([packed.subarray(0, 20)], { encoding: 'gzip' }))).toMatchObject({
      code: 'invalid_request',
    })
    expect(await failing(read(['x'], { encoding: 'zip' }))).toMatchObject({ code: 'invalid_request' })
    expect(
      await all(read([Buffer.from('{"a":"é"}', 'latin1')], { type: 'application/x-ndjson; charset=latin1' })),
    ).toEqual([{ a: 'é' }])
  })

  test('nothing is read before it is asked for, and an abort ends the wait for more', async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1
          if (pulled <= 3) controller.enqueue(Buffer.from('{"a":1}\n'))
          else return new Promise(() => undefined)
        },
      },
      { highWaterMark: 0 },
    )
    const request = new Request('http://x/', { method: 'POST', body, duplex: 'half' } as RequestInit)
    const leaving = new AbortController()
    const options = { limit: 100, signal: leaving.signal }
    const { records } = recordsIn(
      { request },
      (name) => (name === 'content-type' ? 'application/x-ndjson' : undefined),
      options,
    )
    const iterator = records[Symbol.asyncIterator]()
    expect(pulled).toBe(0)
    for (const expected of [1, 2, 3]) {
      await iterator.next()
      expect(pulled).toBe(expected)
    }
    const waiting = iterator.next()
    leaving.abort(new GwError('unavailable', 'left'))
    await expect(waiting).rejects.toMatchObject({ message: 'left' })
  })

  test('only the two formats whose records stand alone can be streamed', () => {
    for (const type of ['application/x-ndjson', 'text/csv; charset=utf-8', 'application/jsonl', 'TEXT/CSV'])
      expect(isRecordType(type)).toBe(true)
    for (const type of ['application/json', 'application/xml', '', undefined, 'constructor'])
      expect(isRecordType(type)).toBe(false)
  })
})

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
