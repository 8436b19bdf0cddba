/** Answers on their way to the socket. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, FramedBytes, type Text, TextAnswer, toResponse } from '../formats/index.ts'
import { lazily } from '../lazy.ts'

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
  if (!(answer instanceof TextAnswer) || isUnread(incoming))
    return bridge().getRequestListener(() => toResponse(answer), LISTENING)(incoming, outgoing)
  const { status, headers, body } = answer
  if (body !== undefined)
    headers['content-length'] ??= String(typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength)
  outgoing.writeHead(status, headers)
  if (!(body instanceof FramedBytes)) soon(outgoing, body)
  else if (body.byteLength <= SHORT) soon(outgoing, body.joined())
  else sendFramed(body, incoming, outgoing)
}

/** Up to so many bytes, copying them is cheaper than sending them apart, and an answer is short. */
const SHORT = 4_096

const sendFramed = (body: FramedBytes, { socket }: IncomingMessage, outgoing: ServerResponse): void => {
  outgoing.cork()
  outgoing.write(body.opening)
  outgoing.write(body.bytes)
  // What breaks off may still be on its way: its memory is the collector's.
  outgoing.end(body.closing, () => {
    if (!socket.destroyed) body.free()
  })
}

/** Milliseconds that an answer waits for others at most, while handlers run. */
const WAIT = 1

let ready: (readonly [outgoing: ServerResponse, body: Text | undefined])[] = []
let since = 0

/**
 * Answers of one turn of the event loop leave together, at its end. Each write wakes whoever waits at the other end,
 * or the network's side of the kernel, which costs more than the write itself; one that follows at once does not.
 */
const soon = (outgoing: ServerResponse, body: Text | undefined): void => {
  const now = performance.now()
  if (ready.length === 0) {
    since = now
    setImmediate(sendReady)
  }
  ready.push([outgoing, body])
  if (now - since >= WAIT) sendReady()
}

const sendReady = (): void => {
  const answers = ready
  ready = []
  for (const [outgoing, body] of answers) outgoing.end(body)
}
