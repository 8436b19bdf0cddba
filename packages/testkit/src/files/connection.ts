/** Calls over a socket: sent as they are written, where a web request would tidy its path. */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { EVERYTHING } from '../governance.ts'
import type { FileCall, FilesContext } from './context.ts'

const addresses = new WeakMap<FilesContext, Promise<URL>>()

/** Where the gateway listens, from the first time that it is asked for. */
export const listening = (context: FilesContext): Promise<URL> => {
  const known = addresses.get(context) ?? context.gateway.gateway.listen().then(({ url }) => new URL(url))
  addresses.set(context, known)
  return known
}

export interface Begun {
  readonly sending: ClientRequest
  readonly answer: Promise<IncomingMessage>
}

/** A request whose body is still to be sent, on a connection of its own or on one of an agent's. */
export const begin = async (
  context: FilesContext,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  agent: Agent | false = false,
): Promise<Begun> => {
  const { hostname, port } = await listening(context)
  const key = context.gateway.governance.keyOf(EVERYTHING)
  const sending = httpRequest({
    hostname,
    port,
    method,
    agent,
    path: `/api/v2/files/${path}`,
    headers: { 'x-dreamfactory-api-key': key, ...headers },
  })
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    sending.once('response', resolve).once('error', reject),
  )
  answer.catch(() => undefined)
  return { sending, answer }
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 })

export const closeConnections = (): void => agent.destroy()

/** The status and the text of an answer. */
export const callRaw = async (context: FilesContext, { method = 'GET', path, query = {}, headers, body }: FileCall) => {
  const search = new URLSearchParams(query).toString()
  const sent = Buffer.from((body ?? '') as string)
  // Node sends no length with the body of a DELETE by itself.
  const all = { ...headers, 'content-length': String(sent.length) }
  const { sending, answer } = await begin(context, method, search ? `${path}?${search}` : path, all, agent)
  sending.end(sent)
  const response = await answer
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode ?? 0, text }
}
