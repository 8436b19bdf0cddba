/** One request's facts as they become known along the path; what the log and the audit trail are written from. */
import { randomUUID } from 'node:crypto'
import type { Endpoint, Method } from '../contract.ts'
import type { Credentials, Identity } from '../governance.ts'
import type { CallSet } from '../services/active-call.ts'
import type { ActiveCall } from './active-call.ts'
import type { Incoming } from './incoming.ts'
import type { ApiPath } from './path.ts'

export type Query = Readonly<Record<string, string | readonly string[]>>

export interface Facts {
  readonly id: string
  /** `performance.now()` */
  readonly started: number
  readonly incoming: Incoming
  /** See `clientOf`. */
  client: string | undefined
  method: Method
  head: boolean
  query: Query
  api: ApiPath | undefined
  credentials: Credentials
  identity: Identity | undefined
  /** Sent with the answer, errors included: the request's id, what CORS asks for, limits. Names in lower case. */
  headers: Readonly<Record<string, string>>
  /** Parsed once, wherever it was first needed. */
  body: { readonly value: unknown; readonly bytes?: Buffer } | undefined
  /** Of the answer, where it succeeds. */
  status: number
  /** The call, once it is on its instance's books. */
  call: ActiveCall | undefined
  /** What the path led to. */
  endpoint: Endpoint | undefined
  calls: CallSet | undefined
  /** What the call did as steps; for the audit trail. */
  steps: readonly { readonly component: string; readonly method: Method }[] | undefined
  /** Runs what hangs on the event after the answer. */
  after: (() => void) | undefined
}

const NO_QUERY: Query = Object.freeze({})
const NO_CREDENTIALS: Credentials = Object.freeze({})
/** A request's id is a UUID of the process's own, whose last part counts: random bytes for each would cost more. */
const PROCESS = randomUUID().slice(0, -12)
let count = 0
const nextId = (): string => PROCESS + (++count).toString(16).padStart(12, '0')

/** A caller's own id is taken over only where it is harmless in a log line. */
const SAFE_ID = /^[\w.:-]{1,64}$/

export const beginFacts = (incoming: Incoming): Facts => {
  const given = incoming.headers.get('x-request-id')
  const id = given && SAFE_ID.test(given) ? given : nextId()
  return {
    id,
    started: performance.now(),
    incoming,
    client: incoming.inherited?.client,
    method: 'GET',
    head: false,
    query: NO_QUERY,
    api: undefined,
    credentials: incoming.inherited?.credentials ?? NO_CREDENTIALS,
    identity: incoming.inherited?.identity,
    headers: { 'x-request-id': id },
    body: undefined,
    status: 200,
    call: undefined,
    endpoint: undefined,
    calls: undefined,
    steps: undefined,
    after: undefined,
  }
}
