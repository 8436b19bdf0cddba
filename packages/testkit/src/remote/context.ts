/** What the checks for services over HTTP work with: a gateway with the service, and a source that does what it is told. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ServiceType } from '@gw/core'
import { type Answer, type Ask, openGateway, type TestGateway } from '../harness.ts'

export interface RemoteSubject {
  /** The service's configuration with its source at an address: `http://127.0.0.1:40123`, without a slash at its end. */
  configOf(url: string): Readonly<Record<string, unknown>>
  /** A call that asks the source something, and changes nothing there: every check makes it. */
  readonly call: Ask
  /** What the source answers when it is well: `application/json` with status 200. */
  answer(request: IncomingMessage): unknown
  /** Added to the configuration so that a silent source is given up within seconds; absent: that is not looked at. */
  readonly impatient?: Readonly<Record<string, unknown>>
}

export interface RemoteConformanceOptions {
  readonly type: ServiceType<any>
  prepare(): RemoteSubject | Promise<RemoteSubject>
}

export interface RemoteContext {
  readonly subject: RemoteSubject
  readonly gateway: TestGateway
  readonly port: number
  /** Requests that the source got since the check began. */
  readonly seen: readonly IncomingMessage[]
  /** How the source answers from now on, until the check ends. */
  behave(listener: RequestListener): void
  ask(more?: Partial<Ask>): Promise<Answer>
  /** Between checks. */
  calm(): void
  close(): Promise<void>
}

export const listening = async (listener: RequestListener) => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const openRemote = async ({ type, prepare }: RemoteConformanceOptions): Promise<RemoteContext> => {
  const subject = await prepare()
  const well = (request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(subject.answer(request)))
  let behaviour: RequestListener = well
  let seen: IncomingMessage[] = []
  const source = await listening((request, response) => {
    seen.push(request)
    behaviour(request, response)
  })
  const gone = await listening(() => {})
  await gone.close()
  const config = subject.configOf(`http://127.0.0.1:${source.port}`)
  const gateway = await openGateway({
    services: {
      db: { type, config },
      gone: { type, config: subject.configOf(`http://127.0.0.1:${gone.port}`) },
      impatient: { type, config: { ...config, ...subject.impatient } },
    },
  }).catch(async (error: unknown) => {
    await source.close()
    throw error
  })
  return {
    subject,
    gateway,
    port: source.port,
    get seen() {
      return seen
    },
    behave(listener) {
      behaviour = listener
    },
    ask: (more) => gateway.ask({ ...subject.call, ...more }),
    calm() {
      behaviour = well
      seen = []
    },
    async close() {
      await gateway.close()
      await source.close()
    },
  }
}
