/** HTTP over a socket of this machine, as web requests and responses: bodies stream both ways, as fast as they are read. */
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { http } from '../lazy.ts'

/** Of one connection, not of what is sent over it (RFC 9110 §7.6.1). */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'date',
])

/** Headers without those of the connection that they came over. */
export const passedOn = (headers: IncomingMessage['headers']): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || OF_THE_CONNECTION.has(name) ? [] : [[name, value]],
    ),
  )

/** What arrives, a piece whenever one is asked for; who asks no more ends it at its source. */
export const bodyOf = (message: IncomingMessage): ReadableStream<Uint8Array> => {
  const pieces = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => void message.destroy(),
    },
    { highWaterMark: 0 },
  )
}

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined
  readonly signal: AbortSignal
}

const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])

const responseOf = (message: IncomingMessage, method: string): Response => {
  const { statusCode = 500 } = message
  const headers = new Headers()
  for (const [name, value] of Object.entries(passedOn(message.headers)))
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one)
  const empty = method === 'HEAD' || NO_BODY.has(statusCode)
  if (empty) message.resume()
  return new Response(empty ? null : bodyOf(message), { status: statusCode, headers })
}

export interface Client {
  send(request: Sent): Promise<Response>
  close(): void
}

/** @param socketPath where the other side listens */
export const createClient = (socketPath: string): Client => {
  const agent = new http.Agent({ keepAlive: true })
  // Of a GET or a DELETE, Node says no length by itself, and would send a body that belongs to nothing.
  const lengthOf = (body: Sent['body']): Readonly<Record<string, string>> => {
    if (body === undefined) return {}
    return body instanceof Uint8Array
      ? { 'content-length': String(body.byteLength) }
      : { 'transfer-encoding': 'chunked' }
  }
  const begun = ({ method, path, headers, body, signal }: Sent) =>
    http.request({
      socketPath,
      agent,
      method,
      path,
      headers: { host: 'localhost', ...headers, ...lengthOf(body) },
      signal,
    })
  const sendBody = async (request: ClientRequest, body: Sent['body']): Promise<void> => {
    if (body === undefined) request.end()
    else if (body instanceof Uint8Array) request.end(body)
    else await pipeline(Readable.from(body, { objectMode: false }), request)
  }
  return {
    send: (sent) =>
      new Promise((resolve, reject) => {
        const request = begun(sent)
        let answered = false
        request.on('response', (message) => {
          answered = true
          resolve(responseOf(message, sent.method))
        })
        request.on('error', (error) => reject(sent.signal.aborted ? sent.signal.reason : error))
        // Who answers before all was sent takes no more of it.
        sendBody(request, sent.body).catch((error: unknown) => {
          if (answered) return
          request.destroy()
          reject(error)
        })
      }),
    close: () => agent.destroy(),
  }
}
