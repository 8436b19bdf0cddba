import fc from 'fast-check'
import { serialize } from 'pg-protocol'
import { expect, test } from 'vitest'
import { type Bound, Outbox } from '../src/outbox.ts'

const bound = (statement: string, values: readonly Bound[]): Buffer => {
  const outbox = new Outbox()
  outbox.bind(statement, values)
  return outbox.take()
}
/** The same by pg's own serializer. */
const byPg = (statement: string, values: readonly Bound[]): Buffer => serialize.bind({ statement, values: [...values] })

/** A Bind message taken apart, as the server does it (PostgreSQL manual, "Message Formats"). */
const parsed = (message: Buffer) => {
  expect(message[0]).toBe(0x42)
  expect(message.readInt32BE(1)).toBe(message.length - 1)
  let at = 5
  const text = () => {
    const end = message.indexOf(0, at)
    const found = message.toString('utf8', at, end)
    at = end + 1
    return found
  }
  const past = (bytes: number) => {
    at += bytes
    return at - bytes
  }
  const int16 = () => message.readUInt16BE(past(2))
  const portal = text()
  const statement = text()
  const formats = Array.from({ length: int16() }, int16)
  const values = Array.from({ length: int16() }, (_, index) => {
    const length = message.readInt32BE(past(4))
    if (length < 0) return null
    const start = past(length)
    const bytes = Buffer.from(message.subarray(start, at))
    return (formats[index] ?? 0) === 1 ? bytes : bytes.toString('utf8')
  })
  const results = Array.from({ length: int16() }, int16)
  expect(at).toBe(message.length)
  return { portal, statement, values, results: results.every((format) => format === 0) }
}

const texts = fc.string({ unit: 'binary', maxLength: 80 }).filter((text) => !text.includes('\0') && text.isWellFormed())
const values = fc.array(
  fc.oneof(texts, fc.constant(null), fc.uint8Array({ maxLength: 100 }).map(Buffer.from.bind(Buffer))),
  { maxLength: 40 },
)

test('values are bound as the server reads them, of every kind and length', () => {
  fc.assert(
    fc.property(texts, values, (statement, given) => {
      const message = parsed(bound(statement, given as Bound[]))
      expect(message).toEqual({ portal: '', statement, values: given, results: true })
      expect(parsed(byPg(statement, given as Bound[])).values).toEqual(given)
    }),
  )
})

test('messages stand one behind the other until they are taken, and what was taken stays as it was', () => {
  const outbox = new Outbox()
  expect(outbox.isEmpty).toBe(true)
  outbox.add(serialize.sync())
  outbox.bind('s', ['a'])
  outbox.add(serialize.flush())
  const taken = outbox.take()
  expect(outbox.isEmpty).toBe(true)
  const before = Buffer.from(taken)
  outbox.bind('other', ['b'.repeat(3_000)])
  expect(taken.equals(before)).toBe(true)
  expect(taken).toEqual(Buffer.concat([serialize.sync(), bound('s', ['a']), serialize.flush()]))
})

test('a message larger than the buffer does not cut those before it', () => {
  const outbox = new Outbox()
  outbox.bind('first', ['1'])
  outbox.bind('second', ['ä'.repeat(100_000), null, Buffer.alloc(70_000, 7)])
  outbox.bind('third', [])
  const first = bound('first', ['1'])
  const third = bound('third', [])
  const all = outbox.take()
  expect(all.subarray(0, first.length)).toEqual(first)
  expect(all.subarray(all.length - third.length)).toEqual(third)
  expect(parsed(all.subarray(first.length, all.length - third.length)).values).toEqual([
    'ä'.repeat(100_000),
    null,
    Buffer.alloc(70_000, 7),
  ])
})

test('as many values as can be counted are bound', () => {
  const many = Array.from({ length: 65_535 }, (_, n) => String(n))
  expect(parsed(bound('', many)).values).toEqual(many)
})
