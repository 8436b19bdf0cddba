/** Answers on their way to the socket. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Answer, TextAnswer, toResponse } from '../formats/index.ts'

/** The globals stay Node's own; a request without a Host header, as HTTP/1.0 allows, is one to this machine. */
export const LISTENING = { overrideGlobalObjects: false, hostname: 'localhost' } as const

/** Whether there may be a body that nobody has read: it has to be got out of the way. */
const isUnread = ({ method, readableEnded }: IncomingMessage): boolean =>
  method !== 'GET' && method !== 'HEAD' && !readableEnded

/**
 * Sends an answer. A text goes out with its headers in one write; for streams, and past bodies that were not read,
 * the library knows the way.
 */
export const send = (answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): void | Promise<void> => {
  if (!(answer instanceof TextAnswer) || isUnread(incoming))
    return getRequestListener(() => toResponse(answer), LISTENING)(incoming, outgoing)
  const { status, headers, text } = answer
  if (text !== undefined) headers['content-length'] ??= String(Buffer.byteLength(text))
  outgoing.writeHead(status, headers)
  outgoing.end(text)
}
