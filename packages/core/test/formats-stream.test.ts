import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import * as zlib from 'node:zlib'
import { getRequestListener } from '@hono/node-server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as formats from '../src/formats/index.ts'
import { encoded, rows } from '../src/reply.ts'

const options = (accept = 'application/json') => ({ query: {}, headers: new Headers({ accept }) })
const respond = async (...asked: Parameters<typeof formats.respond>): Promise<Response> =>
  formats.toResponse(await formats.respond(...asked))
const compress = async (...asked: Parameters<typeof formats.compress>): Promise<Response> =>
  formats.toResponse(await formats.compress(...asked))
const FORMATS = ['application/json', 'application/x-ndjson', 'text/csv', 'application/xml']

/** A source of rows of about 100 bytes that knows how many were taken from it, and how it ended. */
const source = (total: number) => {
  const state = { taken: 0, ended: false }
  const generate = async function* () {
    try {
      for (; state.taken < total; ) {
        state.taken += 1
        yield { id: state.taken, text: 'x'.repeat(80) }
      }
    } finally {
      state.ended = true
    }
  }
  return { state, items: generate() }
}

/** As many turns of the event loop as a source without brakes would need to run far ahead. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** The text of a compressed body that may still be unfinished. */
const decoded = (bytes: Buffer, coding: string | undefined): string => {
  if (bytes.length === 0 || coding === undefined) return bytes.toString()
  return coding === 'br'
    ? zlib.brotliDecompressSync(bytes, { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }).toString()
    : zlib.gunzipSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString()
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

describe('streamed rows', () => {
  it.each(FORMATS)('are not taken further ahead of the reader than three pieces in %s', async (accept) => {
    const { state, items } = source(1_000_000)
    const response = await respond(rows({ items }), options(accept))
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await settle()
    // A piece is 16,384 characters and a row is at least 90: one piece queued, one being made.
    const piece = Math.ceil(16_384 / 90) + 1
    expect(state.taken).toBeLessThanOrEqual(3 * piece)
    for (let read = 1; read <= 5; read += 1) {
      const { value } = await reader.read()
      expect(value?.byteLength).toBeGreaterThanOrEqual(16_384)
      expect(value?.byteLength).toBeLessThan(65_536)
      await settle()
      expect(state.taken).toBeLessThanOrEqual((3 + read) * piece)
    }
    await reader.cancel()
    expect(state.ended).toBe(true)
  })

  it('are braked through compression, too', async () => {
    const { state, items } = source(1_000_000)
    const response = await compress(await formats.respond(rows({ items }), options()), 'br')
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await settle()
    expect(state.taken).toBeLessThan(20_000)
    await reader.cancel()
    await settle()
    expect(state.ended).toBe(true)
  })

  it.each(FORMATS)('are complete when they span many pieces in %s', async (accept) => {
    const streamed = await respond(rows({ items: source(2000).items }), options(accept))
    const all = []
    for await (const row of source(2000).items) all.push(row)
    const whole = await respond(rows({ items: all }), options(accept))
    expect(await streamed.text()).toBe(await whole.text())
  })

  it('are delivered though the next row is long in coming', async () => {
    let release = (): void => {}
    const slow = async function* () {
      yield { id: 1 }
      await new Promise<void>((resolve) => {
        release = resolve
      })
      yield { id: 2 }
    }
    for (const coding of [undefined, 'gzip', 'br']) {
      const plain = await formats.respond(rows({ items: slow() }), options('application/x-ndjson'))
      const response = await compress(plain, coding)
      expect(response.headers.get('content-encoding')).toBe(coding ?? null)
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      let received = Buffer.alloc(0)
      while (decoded(received, coding) !== '{"id":1}\n') {
        const { value, done } = await reader.read()
        expect(done).toBe(false)
        received = Buffer.concat([received, value as Uint8Array])
      }
      release()
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        received = Buffer.concat([received, read.value])
      }
      expect(decoded(received, coding)).toBe('{"id":1}\n{"id":2}\n')
    }
  })

  it('do not pile up at a reader that stalls while they come slowly', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    closers.push(() => vi.useRealTimers())
    let taken = 0
    let release = (): void => {}
    const trickle = async function* () {
      for (;;) {
        taken += 1
        yield { id: taken }
        await new Promise<void>((resolve) => {
          release = resolve
        })
      }
    }
    const response = await respond(rows({ items: trickle() }), options('application/x-ndjson'))
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    // Row 1 lingers and is sent unread; row 2 arrives, and then nothing more is asked for.
    await settle()
    vi.advanceTimersByTime(100)
    release()
    await settle()
    const before = taken
    for (let turn = 0; turn < 10; turn += 1) {
      release()
      await settle()
    }
    expect(before).toBe(2)
    expect(taken).toBe(2)
    await reader.cancel().catch(() => {})
  })

  it('that fail before the first row fail before there is a response', async () => {
    const failing = async function* () {
      if (state.taken === 0) throw new Error('no connection')
      yield { id: 1 }
    }
    const { state } = source(0)
    await expect(respond(rows({ items: failing() }), options())).rejects.toThrow('no connection')
  })

  it.each([undefined, 'gzip', 'br'])('that fail later error the body (coding: %s)', async (coding) => {
    const failing = async function* () {
      for (let id = 1; id < 2000; id += 1) yield { id, text: 'x'.repeat(80) }
      throw new Error('connection lost')
    }
    const response = await compress(await formats.respond(rows({ items: failing() }), options()), coding)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let received = 0
    await expect(
      (async () => {
        for (let read = await reader.read(); !read.done; read = await reader.read()) received += read.value.byteLength
      })(),
    ).rejects.toThrow('connection lost')
    expect(received).toBeGreaterThan(0)
  })

  it('that fail later tell why to whom it concerns, and nobody else', async () => {
    const failing = async function* () {
      yield { id: 1 }
      throw new Error('password of the source')
    }
    const told: unknown[] = []
    const response = await respond(rows({ items: failing() }), { ...options(), onFailure: (error) => told.push(error) })
    const failure = await response.text().then(String, (error) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(String(failure.stack) + failure.cause).not.toContain('password')
    expect(told).toMatchObject([{ message: 'password of the source' }])
  })

  it('with a row that cannot be written error the body and let the source go', async () => {
    const state = { ended: false }
    const broken = async function* () {
      try {
        yield { id: 1 }
        yield { id: 2n }
        yield { id: 3 }
      } finally {
        state.ended = true
      }
    }
    const response = await respond(rows({ items: broken() }), options())
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(state.ended).toBe(true)
  })

  it('end when the signal aborts, and never begin when it already has', async () => {
    const { state, items } = source(1_000_000)
    const controller = new AbortController()
    const response = await respond(rows({ items }), { ...options(), signal: () => controller.signal })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    controller.abort(new Error('timed out'))
    await expect(
      (async () => {
        for (;;) if ((await reader.read()).done) return
      })(),
    ).rejects.toThrow('timed out')
    await settle()
    expect(state.ended).toBe(true)

    const late = source(10)
    await expect(
      (async () => respond(rows({ items: late.items }), { ...options(), signal: () => controller.signal }))(),
    ).rejects.toThrow('timed out')
    expect(late.state.taken).toBe(0)
  })
})

// Last in the file: the server's lighter `Response` class stays in place once it is.
describe.each([false, true])(
  "streamed rows over a real connection (server's own Response class: %s)",
  (overrideGlobalObjects) => {
    beforeEach(() => {
      // The server prints what breaks an answer.
      vi.spyOn(console, 'error').mockImplementation(() => {})
      closers.push(() => vi.restoreAllMocks())
    })

    const serve = async (make: () => Promise<Response>): Promise<number> => {
      const http = createServer(getRequestListener(make, { overrideGlobalObjects }))
      http.listen(0, '127.0.0.1')
      await once(http, 'listening')
      closers.push(() => {
        http.closeAllConnections()
        http.close()
      })
      return (http.address() as AddressInfo).port
    }
    const open = async (port: number): Promise<IncomingMessage> => {
      const [response] = await once(get({ host: '127.0.0.1', port }), 'response')
      return response as IncomingMessage
    }

    it.each([undefined, 'gzip', 'br'])('break the connection when the source fails (coding: %s)', async (coding) => {
      const failing = async function* () {
        for (let id = 1; id < 3000; id += 1) yield { id, text: 'x'.repeat(80) }
        throw new Error('secret of the source')
      }
      const port = await serve(async () =>
        compress(await formats.respond(rows({ items: failing() }), options('text/csv')), coding),
      )
      const response = await open(port)
      expect(response.statusCode).toBe(200)
      let received = ''
      response.on('data', (piece) => {
        received += piece
      })
      const [error] = await once(response, 'error')
      expect(error).toMatchObject({ code: 'ECONNRESET' })
      expect(response.complete).toBe(false)
      expect(received).not.toContain('secret')
    })

    it('let the source go when the client hangs up', async () => {
      const { state, items } = source(100_000_000)
      const port = await serve(async () => respond(rows({ items }), options()))
      const response = await open(port)
      await once(response, 'data')
      response.destroy()
      while (!state.ended) await settle()
      expect(state.taken).toBeLessThan(1_000_000)
    })

    it('arrive whole', async () => {
      const port = await serve(async () =>
        compress(await formats.respond(rows({ items: source(5000).items }), options()), 'gzip'),
      )
      const body = JSON.parse(zlib.gunzipSync(await buffer(await open(port))).toString())
      expect(body.resource).toHaveLength(5000)
      expect(body.resource[4999].id).toBe(5000)
    })

    it('arrive whole as texts, too', async () => {
      const body = encoded(JSON.stringify(['ä'.repeat(1000)]))
      for (const coding of [undefined, 'gzip']) {
        const port = await serve(async () => compress(await formats.respond(rows({ items: body }), options()), coding))
        const response = await open(port)
        const bytes = await buffer(response)
        expect(response.headers['content-length']).toBe(String(bytes.length))
        expect(response.headers['content-type']).toBe('application/json')
        expect((coding ? zlib.gunzipSync(bytes) : bytes).toString()).toBe(`{"resource":${body.json}}`)
      }
    })
  },
)
