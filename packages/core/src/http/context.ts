/** What the parts of the request path share: settings, services, governance, log. Fixed when the gateway is made. */
import type { MetricsConfiguration } from '../configuration/schema.ts'
import type { Logger } from '../contract.ts'
import type { createClientAddress, createCors, Origin } from '../edge/index.ts'
import type { Chain } from '../events/chain.ts'
import type { Governance } from '../governance.ts'
import type { createAccessLog, FailureLog } from '../log/index.ts'
import type { ReloadReport, Slot } from '../services/reconcile.ts'
import type { Activity, Metrics, Tracing } from '../telemetry/index.ts'
import type { DocumentStore } from './document-store.ts'
import type { Facts } from './exchange.ts'
import type { Incoming, Inherited } from './incoming.ts'

export interface HttpSettings {
  /** Where the API begins: `/api`. */
  readonly basePath: string
  /** bytes */
  readonly bodyLimit: number
  /** ms */
  readonly requestTimeout: number
  /** Under way on one service at once. */
  readonly maxCalls: number
  readonly compression: boolean
  readonly wrapper: string
  readonly alwaysWrap: boolean
  readonly docs: boolean
  readonly metrics: MetricsConfiguration
}

/** The address that a request came from, found out once; `undefined` where it did not come over a network. */
export const clientOf = ({ clientAddress }: KernelContext, facts: Facts): string | undefined => {
  const { incoming, headers } = facts.incoming
  const peer = incoming?.socket.remoteAddress
  if (peer !== undefined) facts.client ??= clientAddress(peer, headers).address
  return facts.client
}

/** Under which origin a request came here, as far as proxies are trusted to tell it. */
export const originOf = ({ clientAddress }: KernelContext, { incoming, headers, request }: Incoming): Origin => {
  const peer = incoming?.socket.remoteAddress
  if (peer !== undefined) return { host: headers.get('host') ?? undefined, ...clientAddress(peer, headers) }
  const { protocol, host } = new URL(request.url)
  return { protocol: protocol === 'https:' ? 'https' : 'http', host }
}

export interface KernelContext {
  readonly settings: HttpSettings
  readonly governance: Governance
  readonly chain: Chain
  readonly log: Logger
  /** Writes one line per request; absent where that level is off. */
  readonly access: ReturnType<typeof createAccessLog>
  readonly failures: FailureLog
  /** A logger whose lines carry `fields`. */
  child(fields: Readonly<Record<string, unknown>>): Logger
  /** Numbers and spans of calls; absent where nobody wants them, or before the start. */
  readonly telemetry: { readonly metrics?: Metrics | undefined; readonly tracing?: Tracing | undefined }
  /** Absent where nobody looks at it. */
  readonly activity: Activity | undefined
  readonly slots: ReadonlyMap<string, Slot>
  readonly documents: DocumentStore
  /** A call between services, as the caller of the call that makes it. */
  fetch(path: string, init: RequestInit | undefined, inherited: Inherited): Promise<Response>
  reload(): Promise<ReloadReport>
  /** Cross-origin rules: an answer to a preflight, or headers for the answer. */
  readonly cors: ReturnType<typeof createCors>
  readonly clientAddress: ReturnType<typeof createClientAddress>
  /** True once the gateway stops taking calls. */
  draining(): boolean
}
