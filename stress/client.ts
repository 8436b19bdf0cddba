/** Calls to a gateway in another process, by hand: with readers as slow, and as rude, as a proof wants them. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Gateway } from './gateway.ts'

export interface Answer {
  readonly status: number
  readonly body: any
}
/** A call under way, whose `request` can be destroyed: its client has then left. */
export interface Begun {
  readonly request: ClientRequest
  /** The answer unread. */
  readonly answer: Promise<IncomingMessage>
}
export interface Client {
  /** Sends the head, and nothing of a body yet. */
  begin(method: string, path: string, headers?: Readonly<Record<string, string>>): Begun
  /** A call with its answer read. @param body is sent as JSON */
  call(method: string, path: string, body?: unknown): Promise<Answer>
  /** Sends a request and gives its answer unread. */
  open(path: string, accept?: string): Promise<{ readonly request: ClientRequest; readonly answer: IncomingMessage }>
  /** Sends a body chunk by chunk, as fast as it is taken. */
  send(path: string, type: string, chunks: Iterable<string>): Promise<Answer>
  close(): void
}

export const clientOf = ({ url, key }: Pick<Gateway, 'url' | 'key'>): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const begin: Client['begin'] = (method, path, headers = {}) => {
    const sending = request(`${url}/api/v2/shop/${path}`, {
      method,
      agent,
      headers: { 'x-dreamfactory-api-key': key, ...headers },
    })
    // Whoever leaves is told so, too.
    sending.on('error', () => undefined)
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sending.once('response', resolve).once('error', reject)
    })
    answer.catch(() => undefined)
    return { request: sending, answer }
  }
  const read = async (incoming: IncomingMessage): Promise<Answer> => {
    let text = ''
    for await (const chunk of incoming) text += chunk
    return { status: incoming.statusCode!, body: text === '' ? undefined : JSON.parse(text) }
  }
  return {
    begin,
    async call(method, path, body) {
      const begun = begin(method, path, body === undefined ? {} : { 'content-type': 'application/json' })
      begun.request.end(body === undefined ? undefined : JSON.stringify(body))
      return read(await begun.answer)
    },
    async open(path, accept = 'application/x-ndjson') {
      const begun = begin('GET', path, { accept })
      begun.request.end()
      return { request: begun.request, answer: await begun.answer }
    },
    async send(path, type, chunks) {
      const begun = begin('POST', path, { 'content-type': type })
      // An answer before the end of the body is one that refuses it.
      await Promise.race([begun.answer, write(begun.request, chunks)])
      begun.request.end()
      return read(await begun.answer)
    },
    close: () => agent.destroy(),
  }
}

/** Writes as fast as it is taken, while somebody takes it. */
export const write = async (sending: ClientRequest, chunks: Iterable<string>): Promise<void> => {
  const closed = new Promise((resolve) => sending.once('close', resolve))
  for (const chunk of chunks) {
    if (sending.destroyed) return
    if (!sending.write(chunk)) await Promise.race([closed, new Promise((resolve) => sending.once('drain', resolve))])
  }
}

/** Lines of an answer, read as fast as they come. */
export const countLines = async (answer: IncomingMessage, onLines: (lines: number) => void): Promise<number> => {
  let lines = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1
    onLines(lines)
  }
  return lines
}

/** Reads at most so many bytes a second for some time. */
export const readSlowly = async (answer: IncomingMessage, rate: number, milliseconds: number): Promise<number> => {
  const begun = performance.now()
  let bytes = 0
  for await (const chunk of answer.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    const ahead = (bytes / rate) * 1000 - (performance.now() - begun)
    if (ahead > 0) await pause(ahead)
    if (performance.now() - begun > milliseconds) break
  }
  return bytes
}
