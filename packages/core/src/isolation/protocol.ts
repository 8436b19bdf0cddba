/** What a gateway and the process of a service say to each other. Plain data: it is copied. */
import type { Capabilities, Endpoint } from '../contract.ts'
import type { AccessRow } from '../governance.ts'

/** What a process is started with. */
export interface Order {
  /** Where its package or its module lies. */
  readonly home: string
  readonly service: {
    readonly name: string
    readonly type: string
    readonly label?: string | undefined
    readonly description?: string | undefined
    readonly config: Readonly<Record<string, unknown>>
  }
  /** Members of `gw.config` that hold for what it runs. */
  readonly configuration: object
  /** The folder of the configuration. */
  readonly root: string
  /** Sockets: the one that it listens on, and the one where it calls other services. */
  readonly sockets: { readonly own: string; readonly platform: string }
  readonly log: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** An endpoint without its code; schemas are JSON Schema. */
export interface Declaration
  extends Pick<
    Endpoint,
    | 'id'
    | 'method'
    | 'path'
    | 'component'
    | 'summary'
    | 'description'
    | 'tags'
    | 'status'
    | 'errors'
    | 'hidden'
    | 'listing'
    | 'bodyOptional'
    | 'takesRecords'
    | 'keeps'
  > {
  readonly schemas: Readonly<Partial<Record<'params' | 'query' | 'body' | 'response', DeclaredSchema>>>
}
export type DeclaredSchema =
  | { readonly json: Readonly<Record<string, unknown>> }
  | { readonly bytes: readonly string[]; readonly anySize?: boolean }

/** How an endpoint is described for one resource. */
export interface Refined {
  /** The endpoint's id. */
  readonly endpoint: string
  /** The resource's component. */
  readonly component: string
  readonly body?: DeclaredSchema | undefined
  readonly response?: DeclaredSchema | undefined
}

export interface Started {
  readonly type: {
    readonly name: string
    readonly label: string
    readonly description: string
    readonly group: string
    readonly capabilities?: Capabilities | undefined
  }
  readonly endpoints: readonly Declaration[]
}

/** Who calls, and what they may on this service. Sent before the call itself. */
export interface SentCaller {
  readonly app?: { readonly id: string | number; readonly name: string } | undefined
  readonly user?: { readonly id: string | number; readonly name?: string; readonly email?: string } | undefined
  readonly requestor: 'api' | 'script'
  readonly admin: boolean
  readonly lookups: Readonly<Record<string, unknown>>
  readonly privateLookups: Readonly<Record<string, unknown>>
  /** Of a role that was sent before, its number alone: the same role stays the same object. */
  readonly role?: number | undefined
  readonly newRole?:
    | { readonly id: string | number; readonly name: string; readonly access: readonly AccessRow[] }
    | undefined
  /** Which kinds of credentials there were: refusals say what is missing. */
  readonly sent: { readonly key: boolean; readonly token: boolean }
  readonly client?: string | undefined
  /** Whether anything waits for events: steps that it would not hear of are then refused. */
  readonly watched: boolean
}

/** Headers that a call carries besides the client's own. */
/** In place of a call's name: what the service's own configuration has it read, as the operator. */
export const OPERATOR = 'operator'
export const HEADERS = { call: 'x-gw-call', requestor: 'x-gw-requestor' } as const
