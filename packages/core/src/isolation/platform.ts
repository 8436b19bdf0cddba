/** Where an isolated service calls others: as the caller of the call that it makes them in. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { type Call, GwError, type Host, statusOf } from '../contract.ts'
import { http } from '../lazy.ts'
import { bodyOf, passedOn } from './http.ts'
import { HEADERS, OPERATOR } from './protocol.ts'

const refuse = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) return void response.destroy()
  const known = GwError.is(error) ? error : new GwError('internal', 'The call failed inside the gateway.')
  const status = statusOf(known)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { code: status, context: null, message: known.message, status_code: status } }))
}

const reply = async ({ status, headers, body }: Response, response: ServerResponse): Promise<void> => {
  response.writeHead(status, Object.fromEntries(headers))
  if (body) await pipeline(body as unknown as AsyncIterable<Uint8Array>, response)
  else response.end()
}

export interface PlatformOptions {
  /** The calls that are under way in the service's process, by the names that they have there. */
  callOf(name: string): Call | undefined
  /** See `Host.read`. */
  read: Host['read']
}

const readAsOperator = async (read: Host['read'], url: string, response: ServerResponse): Promise<Response> => {
  const [, service = '', path = ''] = /^\/([^/?]*)\/?(.*)$/s.exec(url) ?? []
  const ended = new AbortController()
  response.once('close', () => ended.abort())
  return read!(decodeURIComponent(service), path, ended.signal)
}

export const servePlatform = (socket: string, { callOf, read }: PlatformOptions): Promise<Server> => {
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { [HEADERS.call]: name, [HEADERS.requestor]: requestor, host: _, ...headers } = passedOn(message.headers)
    const { method = 'GET', url = '/' } = message
    if (name === OPERATOR && method === 'GET') return reply(await readAsOperator(read, url, response), response)
    const call = callOf(String(name))
    if (!call) throw new GwError('forbidden', 'Other services are called within a call, and as its caller.')
    const hasBody = method !== 'GET' && method !== 'HEAD'
    const init = {
      method,
      headers: new Headers(headers as Record<string, string>),
      ...(hasBody && { body: bodyOf(message), duplex: 'half' }),
    }
    const made = await call.fetch(url, init as RequestInit, requestor === 'script' ? 'script' : undefined)
    await reply(made, response)
  }
  const server = http.createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (message, response) => {
    answer(message, response).catch((error: unknown) => refuse(response, error))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, () => resolve(server))
  })
}
