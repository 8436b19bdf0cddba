/** A real HTTP server in this process, and a gateway in front of it. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openGateway, type TestGateway } from '@gw/testkit'
import { afterEach } from 'vitest'
import http from '../src/index.ts'

export const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export const listen = async (server: Server, host = '127.0.0.1'): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** A server that remembers what it was asked. */
export const serve = async (answer: RequestListener = (_request, response) => response.end('ok')) => {
  const seen: Seen[] = []
  const port = await listen(
    createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      seen.push({ method: request.method!, url: request.url!, headers: request.headers, body })
      answer(request, response)
    }),
  )
  return { port, seen, url: `http://127.0.0.1:${port}` }
}

export const json =
  (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))

/** A gateway with one service, `db` to the harness. */
export const gatewayTo = async (config: Readonly<Record<string, unknown>>): Promise<TestGateway> => {
  const gateway = await openGateway({ services: { db: { type: http, config } }, root: import.meta.dirname })
  cleanups.push(() => gateway.close())
  return gateway
}
