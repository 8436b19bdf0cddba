/** A running service: its endpoints, with and without an API description. */
import { readFileSync } from 'node:fs'
import {
  type Call,
  type Endpoint,
  GwError,
  type Host,
  isTrue,
  METHODS,
  type Outgoing,
  rows,
  type Service,
} from '@gw/core'
import {
  type ApiDocument,
  type ApiParameter,
  createAttempts,
  createCache,
  createTokens,
  endpointsOf,
  filledPath,
  openDocument,
  operationsOf,
  resourcesOf,
} from '@gw/remote'
import { addressOf, sentPath } from './address.ts'
import type { HttpConfig } from './config.ts'
import { type CurlSettings, curlSettings } from './curl.ts'
import { exchange, type Running } from './exchange.ts'

/** What is in a file; an error without its path, which callers may read. */
const fileReader =
  (host: Host, what: string) =>
  (path: string): string => {
    try {
      return readFileSync(host.resolvePath(path), 'utf8')
    } catch {
      throw new Error(`${what} can not be read from its file.`)
    }
  }

/** A text that is a document itself, and not the path to one. */
const isDocument = (text: string): boolean => /^\s*[{#]|\n/.test(text)

const documentOf = ({ openapi }: HttpConfig, host: Host): ApiDocument | undefined => {
  if (openapi === undefined) return undefined
  if (typeof openapi !== 'string' || isDocument(openapi)) return openDocument(openapi)
  return openDocument(fileReader(host, 'The API description')(openapi))
}

const baseOf = (config: HttpConfig, document: ApiDocument | undefined, { port }: CurlSettings): string => {
  const base = config.base_url ?? document?.server
  if (base === undefined) throw new Error('Remote Web Service base url can not be empty. The API description has none.')
  if (port === undefined) return base
  const url = new URL(base)
  url.port = String(port)
  return url.href
}

const proxyOf = ({ proxy: own }: HttpConfig, curl: CurlSettings) => {
  const proxy = own ?? curl.proxy
  if (!proxy) return undefined
  const { url, username, password = '' } = proxy
  if (username === undefined) return { url }
  return { url, authorization: `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}` }
}

const wayOf = (config: HttpConfig, base: string, curl: CurlSettings, host: Host): Outgoing => {
  if (!host.outgoing) throw new Error('This gateway is too old for the connector: update @gw/core.')
  const urls = config.oauth2 ? [base, config.oauth2.token_url] : [base]
  const patience = (curl.timeout ?? config.timeout) * 1000
  return host.outgoing({
    tls: { ...curl.tls, ...config.tls, origins: urls.map((url) => new URL(url).origin) },
    proxy: proxyOf(config, curl),
    connections: config.connections,
    connectTimeout: (curl.connectTimeout ?? config.connect_timeout) * 1000,
    headersTimeout: patience,
    bodyTimeout: patience,
    maxRedirects: curl.maxRedirects,
  })
}

const run = (config: HttpConfig, host: Host, document: ApiDocument | undefined): Running => {
  const curl = curlSettings(config.options ?? {}, fileReader(host, 'An option'))
  const base = baseOf(config, document, curl)
  const way = wayOf(config, base, curl, host)
  return {
    config,
    base,
    fixed: curl.headers,
    followsRedirects: curl.maxRedirects !== 0,
    way,
    attempts: createAttempts(config),
    tokens: config.oauth2 && createTokens(config.oauth2, way.fetch),
    cache: config.cache_enabled && config.cache_ttl > 0 ? createCache(config.cache_ttl) : undefined,
  }
}

/** Without a description there is no more to say than that everything can be granted. */
const accessList = rows({ items: ['', '*'] })

const upload = (call: Call) => call.body as ReadableStream<Uint8Array> | undefined

/** One endpoint for each method, which takes every path. */
const passingOn = (running: () => Running): readonly Endpoint[] =>
  METHODS.map((method) => ({
    id: `${method.toLowerCase()}Any`,
    method,
    path: '/{path*}',
    summary: `${method} any path of the service`,
    ...(method !== 'GET' && { body: { bytes: ['*/*'] }, bodyOptional: true }),
    response: { bytes: ['*/*'] },
    errors: ['upstream_failed', 'unavailable', 'upstream_timeout'],
    async handle(call: Call) {
      const { as_access_list } = (call.query ?? {}) as Record<string, unknown>
      const listing = method === 'GET' && call.path === '' && isTrue(as_access_list)
      if (listing && !running().config.implements_access_list) return accessList
      return exchange(running(), { call, path: sentPath(call), body: upload(call), documented: [] })
    },
  }))

/** Whether the configuration gives what the description asks clients for. */
const givenBy =
  ({ parameters, headers }: HttpConfig) =>
  ({ name, in: where }: Pick<ApiParameter, 'name' | 'in'>): boolean => {
    const same = (one: { readonly name: string }) => one.name.toLowerCase() === name.toLowerCase()
    if (where === 'query') return parameters.some((one) => same(one) && !one.exclude && one.outbound)
    return headers.some((one) => same(one) && !one.pass_from_client)
  }

const described = (config: HttpConfig, host: Host, document: ApiDocument, running: () => Running) => {
  const { operations, omitted } = operationsOf(document)
  if (omitted.length > 0)
    host.log.warn('the API description has operations that can not be told from others', { omitted })
  const endpoints = endpointsOf(operations, {
    document,
    given: givenBy(config),
    handle: ({ operation, call, body }) =>
      exchange(running(), {
        call,
        path: filledPath(operation.address, call.params as Record<string, string>),
        body: body ?? upload(call),
        documented: operation.parameters.filter((one) => one.in === 'header').map(({ name }) => name),
      }),
  })
  return { endpoints, resources: resourcesOf(operations) }
}

export const createHttpService = (config: HttpConfig, host: Host): Service => {
  let running: Running | undefined
  let known: ReturnType<typeof described> | undefined
  const started = (): Running => {
    if (!running) throw new GwError('unavailable', 'The service has not been started.')
    return running
  }
  const open = passingOn(started)
  return {
    get endpoints() {
      if (config.openapi === undefined) return open
      return [...(known?.endpoints ?? []), ...(config.undocumented ? open : [])]
    },
    async start(signal) {
      signal.throwIfAborted()
      try {
        const document = documentOf(config, host)
        running = run(config, host, document)
        known = document && described(config, host, document, started)
      } catch (error) {
        throw GwError.is(error) ? error : new GwError('invalid_request', (error as Error).message)
      }
    },
    /** Whatever it answers, it is there, unless something before it says that it is not. */
    async health(signal) {
      const { base, way, fixed } = started()
      const url = addressOf({ base, trailingSlash: false }, '', '')
      const response = await way.fetch(url, { headers: { accept: '*/*', ...fixed }, signal, redirect: 'manual' })
      await response.body?.cancel()
      if ([502, 503, 504].includes(response.status))
        throw new GwError('unavailable', `The remote service answered with status ${response.status}.`)
    },
    async resources() {
      return known?.resources ?? []
    },
    async flush() {
      running?.cache?.clear()
    },
    async stop() {
      const { way, cache } = running ?? {}
      running = undefined
      cache?.clear()
      await way?.close()
    },
  }
}
