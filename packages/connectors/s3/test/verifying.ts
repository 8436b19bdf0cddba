/**
 * A server before the store that recomputes the signature of every request, as Amazon describes it (Signature Version
 * 4, in headers and in queries), and turns away what was signed otherwise: the stores of the tests take any.
 */
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
/** Everything but RFC 3986's unreserved characters. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

interface Claim {
  readonly credential: string
  readonly signed: string
  readonly signature: string
  readonly at: string
  readonly payload: string
  /** Seconds; absent: a request that is sent at once. */
  readonly expires?: number
}

const claimOf = ({ headers }: IncomingMessage, query: URLSearchParams): Claim | undefined => {
  const [credential, signed, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(
    (name) => query.get(`X-Amz-${name}`) ?? new RegExp(`${name}=([^,]+)`).exec(headers.authorization ?? '')?.[1],
  )
  if (!credential || !signed || !signature) return undefined
  const named = { credential, signed, signature }
  return query.has('X-Amz-Signature')
    ? {
        ...named,
        at: query.get('X-Amz-Date')!,
        payload: 'UNSIGNED-PAYLOAD',
        expires: Number(query.get('X-Amz-Expires')),
      }
    : { ...named, at: String(headers['x-amz-date']), payload: String(headers['x-amz-content-sha256']) }
}

/** Why a request is turned away. */
const faultOf = (request: IncomingMessage, body: Buffer, keys: { key: string; secret: string }): string | undefined => {
  const [path, search = ''] = request.url!.split('?')
  const query = new URLSearchParams(search)
  const claim = claimOf(request, query)
  if (!claim) return 'it is not signed'
  const [key, day, region, ...rest] = claim.credential.split('/')
  if (key !== keys.key) return 'its key is unknown'
  if (claim.payload !== 'UNSIGNED-PAYLOAD' && claim.payload !== sha256(body)) return 'its body is another one'
  if (claim.expires !== undefined && !(claim.expires >= 1 && claim.expires <= 604_800)) return 'it never ends'
  const names = claim.signed.split(';')
  if (!names.includes('host')) return 'its host is not signed'
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
  const heading = names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('')
  const canonical = [request.method, path, parameters.join('&'), heading, claim.signed, claim.payload].join('\n')
  const scope = [day, region, ...rest].join('/')
  const text = ['AWS4-HMAC-SHA256', claim.at, scope, sha256(canonical)].join('\n')
  const signing = [region!, ...rest].reduce((made, part) => hmac(made, part), hmac(`AWS4${keys.secret}`, day!))
  return hmac(signing, text).toString('hex') === claim.signature ? undefined : 'its signature does not match'
}

export interface VerifyingStore {
  readonly endpoint: string
  readonly port: number
  /** `{method} {host} {path}` of each request, and why it was turned away. */
  readonly seen: { readonly line: string; readonly fault: string | undefined }[]
  close(): Promise<void>
}

/** @param behind the store that answers what was signed well; absent: nothing but 200 */
export const startVerifying = async (
  keys: { key: string; secret: string },
  behind?: string,
): Promise<VerifyingStore> => {
  const seen: VerifyingStore['seen'] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const fault = faultOf(request, body, keys)
    seen.push({ line: `${request.method} ${request.headers.host} ${request.url!.split('?')[0]}`, fault })
    if (fault) return response.writeHead(403).end(`<Error><Code>SignatureDoesNotMatch</Code></Error>`)
    if (behind === undefined) return response.end()
    const { method, url, headers } = request
    const passed = httpRequest(new URL(url!, behind), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    passed.end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    seen,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
