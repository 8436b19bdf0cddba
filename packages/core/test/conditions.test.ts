/** Entity tags and preferences, as far as the kernel keeps them for every service. */
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type Call,
  defineServiceType,
  encoded,
  endpoint,
  type Preferences,
  preferencesIn,
  rows,
} from '../src/contract.ts'
import { entityTag, isMatched, isTagList, knownAs, variantOf } from '../src/entity-tag.ts'
import { type Opened, openGateway, service } from './fixtures/gateway.ts'

let opened: Opened | undefined
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
})

const LONG = 'x'.repeat(3_000)
const type = defineServiceType({
  contract: 1,
  name: 'things',
  label: 'Things',
  description: 'Things.',
  group: 'Test',
  config: z.strictObject({}),
  create: () => ({
    endpoints: [
      endpoint({
        id: 'getThing',
        method: 'GET',
        path: '/things/{id}',
        summary: 'One thing.',
        tagged: 'always',
        handle: ({ params }: Call<any>) =>
          params.id === 'bytes' ? encoded(Buffer.from(`{"text":"${LONG}"}`)) : { text: LONG },
      }),
      endpoint({
        id: 'getThings',
        method: 'GET',
        path: '/things',
        summary: 'Things.',
        tagged: 'asked',
        handle: () => rows({ items: [{ id: 1 }] }),
      }),
      endpoint({
        id: 'changeThing',
        method: 'PATCH',
        path: '/things/{id}',
        summary: 'Changes a thing.',
        keeps: ['if-match'],
        handle(call) {
          call.sendHeader?.('preference-applied', 'something')
          return { matched: call.header('if-match') ?? null }
        },
      }),
      endpoint({
        id: 'runThing',
        method: 'GET',
        path: '/run',
        summary: 'May write.',
        keeps: [],
        handle: () => ({ done: true }),
      }),
      endpoint({
        id: 'many',
        method: 'POST',
        path: '/many',
        summary: 'A step.',
        keeps: ['if-match'],
        async handle(call) {
          const step = await call.step('things/1', { method: 'PATCH' })
          return step.content(await step.endpoint.handle(await step.open({})))
        },
      }),
    ],
  }),
})
const open = async (more: object = {}) => {
  opened = await openGateway([type as never], { services: [service('things', 'things')], ...more })
  return opened.call
}
const tagOf = ({ headers }: Response) => headers.get('etag')

describe('an answer with an entity tag', () => {
  it('has the same tag as bytes and as an object, to GET and to HEAD, and another one in every other form', async () => {
    const call = await open()
    const plain = await call('/things/things/object')
    const tag = entityTag(await plain.text())
    const same = [plain, await call('/things/things/bytes'), await call('/things/things/bytes', { method: 'HEAD' })]
    expect(same.map(tagOf)).toEqual([tag, tag, tag])
    const forms = [{ accept: 'application/xml' }, { 'accept-encoding': 'br' }, { 'accept-encoding': 'gzip' }]
    const others = await Promise.all(forms.map((headers) => call('/things/things/bytes', { headers })))
    expect(others.map(tagOf)).toEqual(['xml', 'br', 'gzip'].map((form) => variantOf(tag, form)))
    for (const other of others.map(tagOf)) expect(isMatched(other!, tag)).toBe(true)
    // A compressed answer is still the same one; XML is not the JSON that the caller has.
    const again = { headers: { 'accept-encoding': 'br', 'if-none-match': tagOf(others[1]!)! } }
    const known = await call('/things/things/bytes', again)
    expect([known.status, await known.text(), known.headers.get('content-type')]).toEqual([304, '', null])
    expect(tagOf(known)).toBe(tagOf(others[1]!))
    expect((await call('/things/things/bytes', { headers: { 'if-none-match': tagOf(others[0]!)! } })).status).toBe(200)
  })
  it('has none where nobody asks for a list’s, or where a script looks at it', async () => {
    const call = await open()
    expect(tagOf(await call('/things/things'))).toBeNull()
    expect(tagOf(await call('/things/things', { headers: { 'if-none-match': '"x"' } }))).toMatch(/^"/)
    await opened!.gateway.stop()
    const watched = await open({ interceptors: [{ matches: () => true }] })
    expect(tagOf(await watched('/things/things/object'))).toBeNull()
  })
})

describe('a write with a condition', () => {
  it('is refused where its endpoint does not keep it', async () => {
    const call = await open()
    const send = async (headers: Record<string, string>) =>
      (await call('/things/things/1', { method: 'PATCH', headers })).status
    expect(await send({ 'if-match': '"x"' })).toBe(200)
    expect(await send({ 'if-none-match': '*' })).toBe(501)
    expect(await send({ prefer: 'tx=rollback' })).toBe(501)
    expect(await send({ prefer: 'handling=strict, max-affected=1' })).toBe(501)
    expect(await send({ prefer: 'max-affected=1' })).toBe(200)
    expect(await send({ prefer: 'tx=undo' })).toBe(400)
  })
  it('is refused as a GET that may write, and passed over as one that may not', async () => {
    const call = await open()
    const headers = { prefer: 'tx=rollback', 'if-match': '"x"' }
    expect((await call('/things/run', { headers })).status).toBe(501)
    expect((await call('/things/run', { headers: { 'if-match': '"x"', 'if-none-match': '"x"' } })).status).toBe(200)
    expect((await call('/things/things', { headers })).status).toBe(200)
  })
  it('keeps it and its headers from its steps', async () => {
    const call = await open()
    const own = await call('/things/things/1', { method: 'PATCH', headers: { 'if-match': '"x"' } })
    expect([await own.json(), own.headers.get('preference-applied')]).toEqual([{ matched: '"x"' }, 'something'])
    const many = await call('/things/many', { method: 'POST', headers: { 'if-match': '"x"' } })
    expect([await many.json(), many.headers.get('preference-applied')]).toEqual([{ matched: null }, null])
  })
})

describe('entity tags', () => {
  const tag = entityTag('{"a":1}')
  it('are compared strongly for writes and weakly for reads', () => {
    expect([isMatched(`W/${tag}`, tag), knownAs(`W/${tag}`, tag)]).toEqual([false, tag])
    expect([isMatched(`"x",${tag}`, tag), isMatched('*', tag), isMatched('"x"', tag), isMatched('', tag)]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
  it.each(['*', ' * ', '"a"', 'W/"a", "b"', '"a,b"'])('are read in %s', (header) => {
    expect(isTagList(header)).toBe(true)
  })
  it.each(['', 'a', '"a', '"a" "b"', '*, "a"', 'w/"a"'])('are not read in %s', (header) => {
    expect(isTagList(header)).toBe(false)
  })
  it('of others say nothing of their forms', () => {
    expect(variantOf('"1"', 'br')).toBeUndefined()
  })
})

describe('preferences', () => {
  it.each<[string, Preferences]>([
    ['', {}],
    ['respond-async, wait=10', {}],
    ['return=minimal', { return: 'minimal' }],
    ['Return="Representation"; foo=bar', { return: 'representation' }],
    ['return=minimal, return=representation', { return: 'minimal' }],
    ['tx=rollback', { rollback: true }],
    ['tx = "rollback"', { rollback: true }],
    ['tx=commit', {}],
    ['max-affected=5', {}],
    ['max-affected=x', {}],
    ['handling=strict, max-affected=0', { maxAffected: 0 }],
    ['handling=lenient, max-affected=5', {}],
  ])('are read in %s', (header, expected) => {
    expect(preferencesIn(header)).toEqual(expected)
  })
  it.each([
    'tx',
    'tx=undo',
    'tx=rollback x',
    'handling=strict, max-affected=-1',
    'handling=strict, max-affected',
    `tx=rollback, ${'x'.repeat(1_000)}`,
  ])('that would keep something from happening are not passed over in %s', (header) => {
    expect(() => preferencesIn(header)).toThrow(/Prefer|preference/)
  })
})
