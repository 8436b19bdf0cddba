import { request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { rootCertificates } from 'node:tls'
import { Agent, buildConnector, type Dispatcher, Dispatcher1Wrapper, Pool } from 'undici'
import { GwError } from '../errors.ts'
import type { OutgoingOptions, OutgoingProxy, OutgoingTls } from '../outgoing.ts'
import { parseAddress } from './address.ts'
import { checkAddresses, checkedLookup, type Resolve, systemResolve } from './lookup.ts'
import { type EgressRules, type Target, targetOf } from './rules.ts'
import { type Upload, upload } from './upload.ts'

/** Whom a connection leads to, and what is presented there. */
interface Way {
  readonly target: Target
  readonly connectTimeout: number
  readonly tls: OutgoingTls | undefined
}

const tlsOf = (tls: OutgoingTls | undefined) =>
  tls && {
    rejectUnauthorized: tls.verify ?? true,
    ...(tls.ca !== undefined && { ca: [...rootCertificates, tls.ca] }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }),
    ...(tls.minVersion !== undefined && { minVersion: tls.minVersion }),
  }

const checkedConnector = (rules: EgressRules, resolve: Resolve, way: Way): buildConnector.connector => {
  const { target, connectTimeout, tls } = way
  const connect = buildConnector({
    timeout: connectTimeout,
    allowH2: false,
    lookup: checkedLookup(rules, target, resolve),
    ...tlsOf(tls),
  } as buildConnector.BuildOptions)

  return (options, callback) => {
    try {
      // A literal address never reaches `lookup`.
      if (parseAddress(target.host)) checkAddresses(rules, target, [target.host])
    } catch (error) {
      callback(error as Error, null)
      return
    }
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null)
      try {
        // Behind a proxy the socket is the proxy's, and was checked as such.
        if (!options.httpSocket) checkAddresses(rules, target, [socket.remoteAddress ?? ''])
      } catch (refusal) {
        socket.destroy()
        return callback(refusal as Error, null)
      }
      callback(null, socket)
    })
  }
}

/** The one address of a target that a proxy is told: checked here, so that there is nothing left for it to resolve. */
const checkedAddress = async (rules: EgressRules, resolve: Resolve, target: Target): Promise<string> => {
  const found = parseAddress(target.host) ? [target.host] : (await resolve(target.host)).map(({ address }) => address)
  if (found.length === 0)
    throw new GwError('unavailable', 'The remote service cannot be reached: its name has no address.')
  checkAddresses(rules, target, found)
  return found[0]!
}

const tunnelFailed = (status: number | undefined): GwError =>
  new GwError(
    'unavailable',
    `The proxy did not let the call through (its status was ${status}). Check the proxy's settings.`,
  )

/** Asks a proxy for a tunnel (RFC 9110 §9.3.6) to an address. The socket that it answers on is the tunnel. */
const openTunnel = (
  socket: Socket,
  address: string,
  port: number,
  { authorization }: OutgoingProxy,
  patience: number,
) =>
  new Promise<Socket>((fulfil, reject) => {
    const authority = `${address.includes(':') ? `[${address}]` : address}:${port}`
    const request = httpRequest({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
      createConnection: () => socket,
      timeout: patience,
    })
    const fail = (error: Error) => {
      socket.destroy()
      reject(error)
    }
    request.once('timeout', () => fail(Object.assign(new Error('The proxy is silent.'), { code: 'ETIMEDOUT' })))
    request.once('error', fail)
    request.once('response', ({ statusCode }) => fail(tunnelFailed(statusCode)))
    request.once('connect', ({ statusCode }, tunnel) => {
      if (statusCode !== 200) return fail(tunnelFailed(statusCode))
      request.removeAllListeners('timeout')
      tunnel.setTimeout(0)
      fulfil(tunnel as Socket)
    })
    request.end()
  })

const proxiedConnector = (
  rules: EgressRules,
  resolve: Resolve,
  way: Way,
  proxy: OutgoingProxy,
): buildConnector.connector => {
  const url = new URL(proxy.url)
  const toProxy = checkedConnector(rules, resolve, { ...way, target: targetOf(url), tls: undefined })
  const toTarget = checkedConnector(rules, resolve, way)
  const { hostname, protocol, port } = url
  const reach = () =>
    new Promise<Socket>((fulfil, reject) =>
      toProxy({ hostname, protocol, port: port || (protocol === 'https:' ? '443' : '80') }, (...[error, socket]) =>
        error ? reject(error) : fulfil(socket),
      ),
    )
  return (options, callback) => {
    const open = async () => {
      const address = await checkedAddress(rules, resolve, way.target)
      return openTunnel(await reach(), address, way.target.port, proxy, way.connectTimeout)
    }
    open().then(
      (tunnel) => {
        if (options.protocol !== 'https:') callback(null, tunnel)
        else toTarget({ ...options, httpSocket: tunnel }, callback)
      },
      (error: Error) => callback(error, null),
    )
  }
}

/** What `fetch` adds to every request of its own, as if a page had asked; those who mean it can not be told from it. */
const ADDED: Readonly<Record<string, string>> = { 'accept-language': '*', 'sec-fetch-mode': 'cors' }

/** A call has the headers that it was given, and nothing that is true of browsers only. */
const asAsked: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const given = options.headers as Readonly<Record<string, string>>
  const headers = Object.fromEntries(Object.entries(given).filter(([name, value]) => ADDED[name] !== value))
  return dispatch({ ...options, headers }, handler)
}

export interface Connections {
  /** For `fetch`. */
  readonly dispatcher: Dispatcher
  upload(call: Upload): Promise<Response>
  destroy(): Promise<void>
}

/**
 * Connections that only lead where the rules permit: checked when the name resolves, and again on the address that
 * the open socket really has. One pool for each origin. HTTP/1.1 only.
 *
 * @param options a service's own: certificates for the origins that it names, and for no other.
 */
export const createDispatcher = (
  rules: EgressRules,
  resolve: Resolve = systemResolve,
  connectTimeout = 10_000,
  options: OutgoingOptions = {},
): Connections => {
  const { tls, proxy, connections } = options
  const trusted = new Set(tls?.origins)
  const agent = new Agent({
    ...(options.headersTimeout !== undefined && { headersTimeout: options.headersTimeout }),
    ...(options.bodyTimeout !== undefined && { bodyTimeout: options.bodyTimeout }),
    factory: (origin, given) => {
      const url = new URL(origin)
      const way = { target: targetOf(url), connectTimeout, tls: trusted.has(url.origin) ? tls : undefined }
      const connect = proxy ? proxiedConnector(rules, resolve, way, proxy) : checkedConnector(rules, resolve, way)
      return new Pool(origin, { ...given, ...(connections !== undefined && { connections }), connect })
    },
  })
  // Node's own fetch speaks to dispatchers in the handler protocol of an earlier undici.
  return {
    dispatcher: new Dispatcher1Wrapper(agent.compose(asAsked)),
    upload: (call) => upload(agent, call),
    destroy: () => agent.destroy(),
  }
}
