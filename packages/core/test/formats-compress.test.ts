import * as zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { GwError } from '../src/errors.ts'
import { type Answer, compress, errorAnswer, respond, toResponse } from '../src/formats/index.ts'
import { encoded, rows } from '../src/reply.ts'

const options = { query: {}, headers: new Headers() }
const long = encoded(JSON.stringify('ä'.repeat(2000)))
const compressed = async (answer: Answer, coding: string, minimum?: number): Promise<Response> =>
  toResponse(await compress(answer, coding, minimum))
const bytes = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer())

describe('compress', () => {
  it.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['*', 'br'],
    ['*;q=0.5, br;q=0', 'gzip'],
    ['identity;q=0.5, gzip', 'gzip'],
  ])('answers Accept-Encoding: %s in %s', async (acceptEncoding, coding) => {
    const response = await compressed(await respond(long, options), acceptEncoding)
    expect(response.headers.get('content-encoding')).toBe(coding)
    expect(response.headers.get('vary')).toBe('accept-encoding')
    expect(response.headers.get('content-type')).toBe('application/json')
    const body = await bytes(response)
    expect(response.headers.get('content-length')).toBe(String(body.length))
    const plain = coding === 'br' ? zlib.brotliDecompressSync(body) : zlib.gunzipSync(body)
    expect(plain.toString()).toBe(long.json)
  })

  it.each([undefined, '', 'identity', 'zstd', 'gzip;q=0', 'identity, gzip;q=0.5'])(
    'leaves the answer alone for Accept-Encoding: %s',
    async (acceptEncoding) => {
      const response = await respond(long, options)
      expect(await compress(response, acceptEncoding)).toBe(response)
    },
  )

  it('counts bytes, not characters, against the minimum', async () => {
    const small = await respond(encoded(JSON.stringify('ä'.repeat(510))), options)
    expect(await compress(small, 'gzip')).toBe(small)
    const enough = await respond(encoded(JSON.stringify('ä'.repeat(511))), options)
    expect((await compressed(enough, 'gzip')).headers.get('content-encoding')).toBe('gzip')
    expect((await compressed(small, 'gzip', 100)).headers.get('content-encoding')).toBe('gzip')
  })

  it('keeps status and headers, adds to Vary, and weakens a strong validator', async () => {
    const list = rows({ items: long as never, headers: { vary: 'origin', etag: '"1"', 'x-a': 'b' } })
    const response = await compressed(await respond(list, { ...options, status: 201 }), 'gzip')
    expect(response.status).toBe(201)
    expect(response.headers.get('vary')).toBe('origin, accept-encoding')
    expect(response.headers.get('etag')).toBe('W/"1"')
    expect(response.headers.get('x-a')).toBe('b')
  })

  it('sees headers that were set after the response was made', async () => {
    const response = new Response('x'.repeat(5000), { headers: { 'content-type': 'text/html' } })
    response.headers.set('x-request-id', 'r1')
    expect((await compressed(response, 'gzip')).headers.get('x-request-id')).toBe('r1')
  })

  it('compresses errors like every other text', async () => {
    const error = errorAnswer(new GwError('invalid_request', 'x'.repeat(2000)), options)
    const response = await compressed(error, 'gzip')
    expect(response.status).toBe(400)
    expect(JSON.parse(zlib.gunzipSync(await bytes(response)).toString()).error.code).toBe(400)
  })

  it.each([
    { 'content-encoding': 'br' },
    { 'cache-control': 'private, no-transform' },
    { 'content-type': 'image/png' },
    { 'content-type': '' },
    { 'content-length': '100' },
  ])('leaves a response with %o alone', async (headers) => {
    const response = new Response('x'.repeat(5000), { headers: { 'content-type': 'text/html', ...headers } })
    expect(await compress(response, 'gzip')).toBe(response)
  })

  it.each([new Response(null, { headers: { 'content-type': 'text/html' } }), new Response('x', { status: 206 })])(
    'leaves a response without a body, or with a part of one, alone',
    async (response) => {
      expect(await compress(response, 'gzip')).toBe(response)
    },
  )

  it.each([
    'text/html; charset=utf-8',
    'text/event-stream',
    'application/x-ndjson',
    'image/svg+xml',
    'application/problem+json',
  ])('compresses a passed-through stream of %s', async (type) => {
    const response = await compressed(new Response('x'.repeat(5000), { headers: { 'content-type': type } }), 'gzip')
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('content-length')).toBeNull()
    expect(zlib.gunzipSync(await bytes(response)).toString()).toBe('x'.repeat(5000))
  })

  it('has nothing to compress in an answer to HEAD', async () => {
    const response = await respond(long, { ...options, head: true })
    expect(await compress(response, 'gzip')).toBe(response)
  })
})
