/** The Node server around the request path, and the Hono app beside it: probes, docs, root routes; draining. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Hono, type HonoRequest } from 'hono'
import { GwError } from '../contract.ts'
import { type Answer, compress, toResponse } from '../formats/index.ts'
import { http } from '../lazy.ts'
import { docsRoutes } from '../openapi/index.ts'
import { after, mended } from '../settle.ts'
import type { Statics } from '../static/index.ts'
import { scraped } from '../telemetry/index.ts'
import type { KernelContext } from './context.ts'
import { fromNode, fromRequest, type Incoming, type Inherited } from './incoming.ts'
import { leadsToPublished } from './published.ts'
import { abandon, bridge, LISTENING, send } from './send.ts'

export interface HttpServer {
  /** Answers one request of another server's, whose caller is known. */
  serve(request: IncomingMessage, response: ServerResponse, inherited: Inherited): void
  fetch(request: Request): Response | Promise<Response>
  listen(host: string, port: number): Promise<{ readonly url: string; readonly port: number }>
  /** Takes no new calls, waits up to `grace` ms for those under way. */
  close(grace: number): Promise<void>
}

/** Milliseconds. Headers that are late are found by looking, which Node would do twice a minute only. */
const TIMES = { keepAliveTimeout: 65_000, headersTimeout: 20_000, connectionsCheckingInterval: 5_000 }

type Answerer = (incoming: Incoming) => Answer | Promise<Answer>

/** How requests are answered that the app does not: below the API prefix, and where a service publishes files. */
export interface Answerers {
  readonly api: Answerer
  readonly published: Answerer
  /** What packages bring, below everything else that the gateway has at its root. */
  readonly statics: Statics
}

const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })

const problem = (status: number, message: string): Response =>
  json({ error: { code: status, context: null, message, status_code: status } }, status)

/** Liveness never looks at a source; readiness says whether this node wants calls. */
const probes = (app: Hono, context: KernelContext): void => {
  app.get('/healthz', () => json({ status: 'ok' }))
  app.get('/readyz', () => {
    const states = [...context.slots.values()].map((slot) => slot.state)
    const starting = states.filter((state) => state === 'starting').length
    const ready = !context.draining() && starting === 0
    const count = (state: string) => states.filter((one) => one === state).length
    const services = { serving: count('serving') + count('degraded'), starting, down: count('down') }
    return json({ status: ready ? 'ready' : context.draining() ? 'draining' : 'starting', services }, ready ? 200 : 503)
  })
}

const docs = (app: Hono, context: KernelContext): void => {
  const serve = docsRoutes({ basePath: context.settings.basePath, title: 'gw' })
  const handle = async ({ path, raw }: HonoRequest) => {
    const response = (await serve(path, raw.headers)) ?? problem(404, 'There is no such page.')
    const encodings = raw.headers.get('accept-encoding')
    return encodings && context.settings.compression ? toResponse(await compress(response, encodings)) : response
  }
  app.get('/docs', (c) => c.redirect('/docs/'))
  app.get('/docs/*', (c) => handle(c.req))
}

/** Where a browser goes that was sent nowhere. */
const CONSOLE = 'console'

const home = (app: Hono, { settings }: KernelContext, statics: Statics): void => {
  app.get('/', (c, next) => {
    if (statics.has(CONSOLE)) return Promise.resolve(c.redirect(`/${CONSOLE}/`))
    return settings.docs ? Promise.resolve(c.redirect('/docs/')) : next()
  })
}

const appFor = (context: KernelContext, statics: Statics): Hono => {
  const app = new Hono({ strict: true })
  probes(app, context)
  const { metrics: scrapes } = context.settings
  if (scrapes.enabled && scrapes.port === undefined)
    app.get(scrapes.path, (c) => {
      const { metrics } = context.telemetry
      return metrics ? scraped(scrapes, metrics, c.req.raw) : problem(503, 'The gateway is starting.')
    })
  for (const route of context.governance.routes ?? [])
    app.on(route.method, [route.path], (c) => route.handle(c.req.raw))
  home(app, context, statics)
  if (context.settings.docs) docs(app, context)
  app.notFound(() => problem(404, `There is nothing here. The API begins at ${context.settings.basePath}/v2.`))
  app.onError((error) => {
    context.log.error('a request failed outside the API', { error })
    return problem(500, 'The request failed. The log has the details.')
  })
  return app
}

/** Builds the app once: what is below the API prefix goes past it, as services come and go. */
export const createServer = (context: KernelContext, { api, published, statics }: Answerers): HttpServer => {
  const app = appFor(context, statics)
  const { basePath } = context.settings
  const below = `${basePath}/`
  // What the app has at the root stays its own, whatever services are called.
  const taken = new Set(app.routes.map(({ path }) => path.split('/', 2)[1]?.toLowerCase()))
  app.all('*', async (c, next) => (await statics.answer(c.req.raw)) ?? next())
  const answererFor = ({ path }: Incoming): Answerer | undefined => {
    if (path.startsWith(below) || path === basePath) return api
    if (!leadsToPublished(context, path)) return undefined
    const [, first = ''] = path.toLowerCase().split('/', 2)
    return taken.has(first) || statics.has(first) ? undefined : published
  }
  let outside: ReturnType<ReturnType<typeof bridge>['getRequestListener']> | undefined
  const listener = (request: IncomingMessage, response: ServerResponse, inherited?: Inherited): void => {
    const incoming = fromNode(request, response, inherited)
    const answer = answererFor(incoming)
    if (answer) {
      void mended<void>(
        () => after(answer(incoming), (made) => send(made, request, response)),
        (error) => {
          context.log.error('an answer could not be sent', { error })
          abandon(response)
        },
      )
    } else {
      outside ??= bridge().getRequestListener(app.fetch, LISTENING)
      void outside(request, response)
    }
  }

  let server: Server | undefined
  return {
    serve: listener,
    async fetch(request) {
      const incoming = fromRequest(request)
      const answer = answererFor(incoming)
      return answer ? toResponse(await answer(incoming)) : app.fetch(request)
    },
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        // Bodies of any length are taken, so how long one may take is for those who read it to bound.
        const own = http.createServer({ ...TIMES, requestTimeout: 0 }, (request, response) =>
          listener(request, response),
        )
        server = own
        own.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
        own.listen(port, host, () => {
          const bound = (own.address() as AddressInfo).port
          const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
          resolve({ url: `http://${name}:${bound}`, port: bound })
        })
      }),
    close: (grace) => closeServer(server, grace),
  }
}

const listenError = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  if (error.code === 'EADDRINUSE') {
    return new GwError(
      'unavailable',
      `Port ${port} is taken by another program. Set PORT or server.port to a free one.`,
      { cause: error },
    )
  }
  if (error.code === 'EACCES') {
    return new GwError('unavailable', `Port ${port} may not be used by this user. Choose one above 1023.`, {
      cause: error,
    })
  }
  return new GwError(
    'unavailable',
    `The gateway could not listen on ${host}:${port} (${error.code ?? error.message}).`,
    { cause: error },
  )
}

const closeServer = async (server: Server | undefined, grace: number): Promise<void> => {
  if (!server?.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // Connections that go idle after their last answer are closed as they do, so that a drain ends with its last call.
  const sweep = setInterval(() => server.closeIdleConnections(), 100)
  const late = setTimeout(() => server.closeAllConnections(), grace)
  await closed
  clearInterval(sweep)
  clearTimeout(late)
}
