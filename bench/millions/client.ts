/** Calls to a gateway in another process, by hand: with readers as slow, and as rude, as the run wants them. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export interface Client {
  call(method: string, path: string, body?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Sends a request and gives its answer unread. */
  open(path: string, accept?: string): Promise<{ readonly request: ClientRequest; readonly answer: IncomingMessage }>
  /** Sends a body chunk by chunk, as fast as it is taken. */
  send(path: string, type: string, chunks: Iterable<string>): Promise<Answer>
  close(): void
}
export interface Answer {
  readonly status: number
  readonly body: any
}

export const clientOf = (url: string, key: string): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const begin = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
    const sending = request(`${url}/api/v2/shop/${path}`, {
      method,
      agent,
      headers: { 'x-dreamfactory-api-key': key, ...headers },
    })
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sending.once('response', resolve).once('error', reject)
    })
    answer.catch(() => undefined)
    return { sending, answer }
  }
  const read = async (incoming: IncomingMessage): Promise<Answer> => {
    let text = ''
    for await (const chunk of incoming) text += chunk
    return { status: incoming.statusCode!, body: text === '' ? undefined : JSON.parse(text) }
  }
  return {
    async call(method, path, body, headers = {}) {
      const { sending, answer } = begin(
        method,
        path,
        body ? { 'content-type': 'application/json', ...headers } : headers,
      )
      sending.end(body)
      return read(await answer)
    },
    async open(path, accept = 'application/x-ndjson') {
      const { sending, answer } = begin('GET', path, { accept })
      sending.on('error', () => undefined)
      sending.end()
      return { request: sending, answer: await answer }
    },
    async send(path, type, chunks) {
      const { sending, answer } = begin('POST', path, { 'content-type': type })
      for (const chunk of chunks)
        if (!sending.write(chunk)) await new Promise((resolve) => sending.once('drain', resolve))
      sending.end()
      return read(await answer)
    },
    close: () => agent.destroy(),
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
