/** Real servers for the egress tests, closed after each test. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { afterEach } from 'vitest'
import { GwError } from '../src/contract.ts'
import { createEgress, type Egress, type EgressOptions } from '../src/egress/index.ts'

export const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

export const listen = async (server: Server, host = '127.0.0.1'): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  cleanups.push(() => {
    if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
/** A server that remembers what it was asked. */
export const serve = async (answer: RequestListener = (_, response) => response.end('ok')) => {
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
export const open = (options: EgressOptions = { allow: ['127.0.0.1'] }): Egress => {
  const egress = createEgress(options)
  cleanups.push(() => egress.close())
  return egress
}
export const failure = async (promise: Promise<unknown>): Promise<GwError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!GwError.is(error)) throw new Error(`not refused as expected: ${String(error)}`)
  return error
}
export const redirectTo =
  (location: string, status = 302): RequestListener =>
  (_, response) =>
    response.writeHead(status, { location }).end()
