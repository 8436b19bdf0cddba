/** A GitHub of its own for a test: an emulator with state, and before it a server that sees, tags and may change what passes. */
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator } from 'emulate'

/** One request that reached the host. */
export interface Seen {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** What it was answered. */
  status: number
}

export interface Answered {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

export interface TestHost {
  readonly url: string
  readonly seen: Seen[]
  /** In place of, or after, the emulator. */
  intercept?: ((seen: Seen, answer: () => Promise<Answered>) => Promise<Answered> | Answered) | undefined
  close(): Promise<void>
}

export const TOKEN = 'ghp_a-token-for-tests'
/** Of the account `else`. */
export const THEIR_TOKEN = 'ghp_another-token-for-tests'

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** As far as the description of the emulator's seed goes. */
const seedOf = (more: object) => ({
  tokens: {
    [TOKEN]: { login: 'octo', scopes: ['repo', 'user'] },
    [THEIR_TOKEN]: { login: 'else', scopes: ['repo', 'user'] },
  },
  github: {
    users: [
      { login: 'octo', name: 'Octo', email: 'octo@mail.example' },
      { login: 'else', name: 'Someone Else', email: 'else@mail.example' },
    ],
    repos: [
      { owner: 'octo', name: 'scripts', auto_init: true, default_branch: 'main' },
      { owner: 'octo', name: 'notes', private: true, auto_init: true, default_branch: 'main' },
      { owner: 'octo', name: 'tools', auto_init: true, default_branch: 'main' },
      { owner: 'else', name: 'theirs', auto_init: true, default_branch: 'main' },
    ],
    ...more,
  },
})

const bodyOf = async (request: IncomingMessage): Promise<string> =>
  Buffer.concat(await request.toArray()).toString('utf8')

/** Tags what is read, as GitHub does, and answers 304 to who has it already. */
const tagged = (seen: Seen, answer: Answered): Answered => {
  if (seen.method !== 'GET' || answer.status !== 200) return answer
  const etag = `W/"${hash('sha256', answer.body)}"`
  const headers = { ...answer.headers, etag }
  return seen.headers['if-none-match'] === etag ? { status: 304, headers, body: '' } : { ...answer, headers }
}

const DROPPED = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding'])

const passOn = async (base: string, { method, url, headers, body }: Seen): Promise<Answered> => {
  const sent = Object.entries(headers).filter(([name]) => /^(accept|authorization|content-type|user-agent)$/.test(name))
  const response = await fetch(base + url, {
    method,
    headers: Object.fromEntries(sent) as Record<string, string>,
    redirect: 'manual',
    ...(method !== 'GET' && { body }),
  })
  const text = await response.text()
  const kept = [...response.headers].filter(([name]) => !DROPPED.has(name))
  return { status: response.status, headers: Object.fromEntries(kept), body: text }
}

/**
 * @param more for the emulator's seed
 * @param below the path that its API is below, as on a host of one's own
 */
export const startHost = async (more: object = {}, below = ''): Promise<TestHost> => {
  const emulator = await createEmulator({ service: 'github', port: await freePort(), seed: seedOf(more) as never })
  const seen: Seen[] = []
  const host: TestHost = { url: '', seen, close: async () => {} }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request
    const one: Seen = { method, url, headers, body: await bodyOf(request), status: 0 }
    seen.push(one)
    const real = async () => {
      if (!url.startsWith(`${below}/`)) return { status: 404, headers: {}, body: 'no API is here' }
      return tagged(one, await passOn(emulator.url, { ...one, url: url.slice(below.length) }))
    }
    const { status, headers: told, body } = await (host.intercept ? host.intercept(one, real) : real())
    one.status = status
    response.writeHead(status, told).end(status === 304 ? undefined : body)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(599).end(String(error)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(host, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${below}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await emulator.close()
    },
  })
}

export const configOf = ({ url }: TestHost) => ({ vendor: 'octo', token: TOKEN, base_url: url })
