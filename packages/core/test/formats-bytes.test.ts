import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import * as zlib from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { GwError } from '../src/errors.ts'
import { readBytes } from '../src/formats/index.ts'

const web = (body: RequestInit['body'] | null, headers: Record<string, string> = {}): { request: Request } => ({
  request: new Request('http://gw.test/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit),
})

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A real server that answers with the length it read, or the code of the error. */
const server = async (limit: number): Promise<{ port: number; wasRead: () => boolean | null | undefined }> => {
  let flowing: boolean | null | undefined
  const http = createServer((incoming, outgoing) => {
    // Any look at the web request would be a second reading of the same stream.
    const source = {
      incoming,
      get request(): Request {
        throw new Error('the web request was looked at')
      },
    }
    readBytes(source, limit).then(
      (bytes) => outgoing.end(`${bytes.length}:${bytes.subarray(0, 20)}`),
      (error) => {
        // Once the answer has ended, Node throws the rest of the request away by itself.
        flowing = incoming.readableFlowing
        const known = GwError.is(error)
        outgoing.writeHead(known ? 418 : 500, known ? { ...error.headers } : {}).end(String(error.code))
      },
    )
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  closers.push(() => {
    http.closeAllConnections()
    http.close()
  })
  return { port: (http.address() as AddressInfo).port, wasRead: () => flowing }
}

const send = async (
  port: number,
  method: string,
  headers: Record<string, string>,
  body: Buffer | string,
): Promise<{ status: number | undefined; text: string; connection: string | undefined }> => {
  const request = httpRequest({ host: '127.0.0.1', port, method, headers })
  request.on('error', () => {})
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, text, connection: response.headers.connection }
}

describe('readBytes from a Node stream', () => {
  it('reads a body on GET, announced by length or sent in chunks', async () => {
    const { port } = await server(100)
    expect((await send(port, 'GET', { 'content-length': '5' }, 'hello')).text).toBe('5:hello')
    expect((await send(port, 'GET', { 'transfer-encoding': 'chunked' }, 'hello')).text).toBe('5:hello')
  })

  it('is empty at once where no body was announced', async () => {
    const { port } = await server(100)
    expect((await send(port, 'GET', {}, '')).text).toBe('0:')
  })

  it('refuses by content-length before anything is read', async () => {
    const { port, wasRead } = await server(100)
    const answer = await send(port, 'POST', { 'content-length': '101' }, Buffer.alloc(101))
    expect(answer).toMatchObject({ status: 418, text: 'too_large', connection: 'close' })
    expect(wasRead()).toBeNull()
  })

  it('stops reading a chunked body at the limit, and still answers', async () => {
    const { port } = await server(1000)
    expect(await send(port, 'POST', { 'transfer-encoding': 'chunked' }, Buffer.alloc(1000))).toMatchObject({
      status: 200,
    })
    const answer = await send(port, 'POST', { 'transfer-encoding': 'chunked' }, Buffer.alloc(300_000))
    expect(answer).toMatchObject({ status: 418, text: 'too_large' })
  })

  it('ends with an error when the client goes away in the middle', async () => {
    const outcome = new Promise<unknown>((resolve) => {
      const http = createServer((incoming) => {
        readBytes({ incoming, request: undefined as never }, 1000).then(resolve, resolve)
      })
      http.listen(0, '127.0.0.1', () => {
        const socket = connect((http.address() as AddressInfo).port, '127.0.0.1')
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf', () => socket.destroy())
      })
      closers.push(() => http.close())
    })
    expect(await outcome).toMatchObject({ code: 'invalid_request' })
  })

  it('decompresses, with the limit on what comes out', async () => {
    const { port } = await server(1000)
    const bomb = zlib.gzipSync(Buffer.alloc(10_000_000))
    expect(bomb.length).toBeGreaterThan(1000)
    const small = zlib.gzipSync(Buffer.alloc(100_000))
    expect(small.length).toBeLessThan(1000)
    expect((await send(port, 'POST', { 'content-encoding': 'gzip' }, small)).text).toBe('too_large')
    expect((await send(port, 'POST', { 'content-encoding': 'gzip' }, zlib.gzipSync('hello'))).text).toBe('5:hello')
  })
})

describe('readBytes from a web request', () => {
  it('reads the whole body', async () => {
    expect((await readBytes(web('héllo'), 100)).toString()).toBe('héllo')
    expect(await readBytes({ request: new Request('http://gw.test/') }, 100)).toHaveLength(0)
  })

  it('stops pulling a stream that exceeds the limit', async () => {
    let pulled = 0
    let cancelled = false
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(600))
      },
      cancel() {
        cancelled = true
      },
    })
    await expect(readBytes(web(body), 1000)).rejects.toMatchObject({ code: 'too_large' })
    expect(pulled).toBeLessThan(5)
    expect(cancelled).toBe(true)
  })

  it.each([
    ['gzip', zlib.gzipSync('{"a":1}')],
    ['x-gzip', zlib.gzipSync('{"a":1}')],
    ['deflate', zlib.deflateSync('{"a":1}')],
    ['deflate', zlib.deflateRawSync('{"a":1}')],
    ['br', zlib.brotliCompressSync('{"a":1}')],
    ['GZIP, br', zlib.brotliCompressSync(zlib.gzipSync('{"a":1}'))],
    ['identity', Buffer.from('{"a":1}')],
  ])('undoes %s', async (coding, bytes) => {
    expect((await readBytes(web(new Uint8Array(bytes), { 'content-encoding': coding }), 1000)).toString()).toBe(
      '{"a":1}',
    )
  })

  it.each([
    ['gzip', zlib.gzipSync(Buffer.alloc(1_000_000))],
    ['deflate', zlib.deflateSync(Buffer.alloc(1_000_000))],
    ['br', zlib.brotliCompressSync(Buffer.alloc(1_000_000))],
    ['gzip, gzip', zlib.gzipSync(zlib.gzipSync(Buffer.alloc(1_000_000)))],
  ])('refuses a bomb in %s', async (coding, bytes) => {
    expect(bytes.length).toBeLessThan(2000)
    await expect(readBytes(web(new Uint8Array(bytes), { 'content-encoding': coding }), 2000)).rejects.toMatchObject({
      code: 'too_large',
    })
  })

  it.each(['compress', 'toString', 'gzip, gzip, gzip'])('refuses the coding %s', async (coding) => {
    await expect(readBytes(web('x', { 'content-encoding': coding }), 100)).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  it('refuses bytes that are not what their coding says', async () => {
    const promise = readBytes(web('plain', { 'content-encoding': 'gzip' }), 100)
    await expect(promise).rejects.toMatchObject({ code: 'invalid_request' })
  })

  it('gives up when the signal aborts', async () => {
    const controller = new AbortController()
    const reason = new Error('gone')
    const promise = readBytes(web(new ReadableStream({ pull: () => new Promise(() => {}) })), 100, controller.signal)
    controller.abort(reason)
    await expect(promise).rejects.toBe(reason)
    await expect(readBytes(web('x'), 100, controller.signal)).rejects.toBe(reason)
  })
})
