/**
 * Spans by OpenTelemetry's standard interface: whoever runs the gateway brings the SDK (`node --import …`), which
 * decides where they go. The trace of a caller (W3C Trace Context) goes on here, and on to whatever a service calls.
 * Nothing of it is imported unless it is wanted.
 */
import type { Host } from '../contract.ts'
import type { Answered } from './metrics.ts'

export interface OpenSpan {
  /** Runs what belongs to it. */
  within<T>(work: () => T): T
  end(call: Answered & { readonly id: string; readonly app?: string | undefined }): void
}

export interface Tracing {
  /** A call has come in. */
  serve(method: string, headers: { get(name: string): string | null | undefined }): OpenSpan
  /** `fetch` whose requests are spans, and carry the trace. */
  traced(fetch: Fetch): Fetch
  /** See `Host.span`. */
  readonly span: NonNullable<Host['span']>
}

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

const FAILED = 500

export const createTracing = async (): Promise<Tracing> => {
  const { context, propagation, SpanKind, SpanStatusCode, trace } = await import('@opentelemetry/api')
  const tracer = trace.getTracer('@gw/core')
  const getter = {
    get: (carrier: Parameters<Tracing['serve']>[1], key: string) => carrier.get(key) ?? undefined,
    keys: () => ['traceparent', 'tracestate', 'baggage'],
  }
  return {
    serve(method, headers) {
      const parent = propagation.extract(context.active(), headers, getter)
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, parent)
      const own = trace.setSpan(parent, span)
      return {
        within: (work) => context.with(own, work),
        end({ id, service, endpoint, status, app }) {
          // A name without what a caller chose: there are as many as there are endpoints.
          const route = service === undefined ? undefined : `/${service}${endpoint?.path ?? ''}`
          span.updateName(route === undefined || !endpoint ? method : `${method} ${route}`)
          span.setAttributes({
            'http.request.method': method,
            'http.response.status_code': status,
            'gw.request': id,
            ...(service !== undefined && { 'gw.service': service }),
            ...(endpoint && { 'http.route': route! }),
            ...(app !== undefined && { 'gw.app': app }),
          })
          if (status >= FAILED) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    span(name, attributes) {
      const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes })
      return (failed) => {
        if (failed) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      }
    },
    traced: (fetch) => async (url, init) => {
      const { hostname, port } = new URL(url)
      const method = init?.method ?? 'GET'
      const span = tracer.startSpan(method, {
        kind: SpanKind.CLIENT,
        // The path and the query may hold secrets.
        attributes: {
          'http.request.method': method,
          'server.address': hostname,
          ...(port && { 'server.port': Number(port) }),
        },
      })
      const own = trace.setSpan(context.active(), span)
      const headers = new Headers(init?.headers)
      propagation.inject(own, headers, { set: (carrier, key, value) => carrier.set(key, value) })
      try {
        const response = await context.with(own, () => fetch(url, { ...init, headers }))
        span.setAttribute('http.response.status_code', response.status)
        if (response.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
        return response
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    },
  }
}
