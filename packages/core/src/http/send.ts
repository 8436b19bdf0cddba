/** Answers on their way to the socket. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Answer, FramedBytes, TextAnswer, toResponse } from '../formats/index.ts'
import { lazily } from '../lazy.ts'
import { isOwned, release } from '../owned-body.ts'

/** The globals stay Node's own; a request without a Host header, as HTTP/1.0 allows, is one to this machine. */
export const LISTENING = { overrideGlobalObjects: false, hostname: 'localhost' } as const

/** Between Node's server and web responses. Loaded late, because Node loads its `fetch` for it. */
export const bridge = lazily<typeof import('@hono/node-server')>('@hono/node-server')

/** Whether there may be a body that nobody has read: it has to be got out of the way. */
const isUnread = ({ method, readableEnded }: IncomingMessage): boolean =>
  method !== 'GET' && method !== 'HEAD' && !readableEnded

/**
 * Sends an answer. A text goes out with its headers in one write; for streams, and past bodies that were not read,
 * the library knows the way.
 */
export const send = (answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): void | Promise<void> => {
  if (!(answer instanceof TextAnswer) && isOwned(answer) && !isUnread(incoming)) return sendPieces(answer, outgoing)
  if (!(answer instanceof TextAnswer) || isUnread(incoming))
    return bridge().getRequestListener(() => toResponse(answer), LISTENING)(incoming, outgoing)
  const { status, headers, body } = answer
  if (body !== undefined)
    headers['content-length'] ??= String(typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength)
  outgoing.writeHead(status, headers)
  soon({ outgoing, socket: incoming.socket, body })
}

/** The last resort: an answer whose sending fails is a failure, and one that has begun breaks off. */
export const abandon = (outgoing: ServerResponse): void => {
  if (outgoing.headersSent) return void outgoing.destroy()
  outgoing.writeHead(500, { 'content-type': 'application/json', connection: 'close' })
  outgoing.end('{"error":{"code":500,"context":null,"message":"The answer could not be sent.","status_code":500}}')
}

interface Sending {
  readonly outgoing: ServerResponse
  readonly socket: Socket
  readonly body: TextAnswer['body']
}

/** Milliseconds that an answer waits for others at most, while handlers run. */
const WAIT = 1

let ready: Sending[] = []
let since = 0

/**
 * Answers of one turn of the event loop leave together, at its end. Writing to a socket wakes whoever waits behind it,
 * which costs the kernel more than all the rest of a short write; who is still awake from the one before costs nothing.
 */
const soon = (sending: Sending): void => {
  const now = performance.now()
  if (ready.length === 0) {
    since = now
    setImmediate(sendReady)
  }
  ready.push(sending)
  if (now - since >= WAIT) sendReady()
}

const sendReady = (): void => {
  const answers = ready
  ready = []
  for (const { outgoing, socket, body } of answers) {
    try {
      if (body instanceof FramedBytes) sendFramed(body, socket, outgoing)
      else outgoing.end(body)
    } catch {
      // What is no bytes after all takes nothing from those that leave with it.
      outgoing.destroy()
    }
  }
}

/** Up to so many bytes, copying them is cheaper than sending them apart. */
const SHORT = 4_096

const sendFramed = (body: FramedBytes, socket: Socket, outgoing: ServerResponse): void => {
  if (body.bytes.byteLength <= SHORT) {
    outgoing.end(body.joined())
    return
  }
  outgoing.cork()
  outgoing.write(body.opening)
  outgoing.write(body.bytes)
  // What breaks off may still be on its way: its memory is the collector's.
  outgoing.end(body.closing, () => {
    if (!socket.destroyed) body.free()
  })
}

/** Settles when the piece is on its way, and rejects where nobody takes it any more. */
const written = (outgoing: ServerResponse, piece: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    outgoing.write(piece, (error) => (error ? reject(error) : resolve()))
  })

/** One piece after the other; each is given back when it has left. Whoever leaves ends it at its source. */
const sendPieces = async ({ status, headers, body }: Response, outgoing: ServerResponse): Promise<void> => {
  outgoing.writeHead(status, Object.fromEntries(headers))
  const reader = body?.getReader()
  const leave = () => void reader?.cancel().catch(() => undefined)
  outgoing.once('close', leave)
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) break
      await written(outgoing, value)
      release(value)
    }
    outgoing.removeListener('close', leave)
    outgoing.end()
  } catch {
    // The answer breaks off, which its client sees; its source has said why.
    outgoing.destroy()
  }
}
