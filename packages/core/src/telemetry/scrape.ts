/** Where Prometheus reads: a path of the gateway for whoever has the token, or a port of its own. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Server } from 'node:http'
import type { MetricsConfiguration } from '../configuration/schema.ts'
import { GwError, type Logger } from '../contract.ts'
import { http } from '../lazy.ts'
import type { Metrics } from './metrics.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const holds = (authorization: string | null, token: string): boolean =>
  timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`))

const answer = async (metrics: Metrics): Promise<Response> =>
  new Response(await metrics.text(), {
    headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
  })

/** The answer on the gateway's own port. Without a token there is none: there, every caller could read it. */
export const scraped = async (
  { token }: MetricsConfiguration,
  metrics: Metrics,
  request: Request,
): Promise<Response> => {
  if (token === undefined) return new Response('There is nothing here.\n', { status: 404 })
  if (holds(request.headers.get('authorization'), token)) return answer(metrics)
  return new Response('Send the token of the configuration (metrics.token) as Authorization: Bearer.\n', {
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
  })
}

/** A server that answers nothing else. @returns what ends it */
export const listenForScrapes = async (
  { host, port, path, token }: MetricsConfiguration & { readonly port: number },
  metrics: Metrics,
  log: Logger,
): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const server: Server = http.createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== path) return response.writeHead(404).end()
    if (token !== undefined && !holds(request.headers.authorization ?? null, token))
      return response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
    try {
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text())
    } catch (error) {
      log.error('the metrics could not be written', { error })
      if (!response.headersSent) response.writeHead(500)
      response.end()
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new GwError('unavailable', `The metrics can not listen on port ${port} (${error.code}). Change metrics.port.`, {
          cause: error,
        }),
      ),
    )
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
