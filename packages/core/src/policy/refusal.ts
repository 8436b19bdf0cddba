/** What a caller hears where nothing was granted: the table of the wire contract's platform part, §1.5, rows 8–14. */
import { GwError, type Method } from '../contract.ts'
import type { Credentials, Identity } from '../governance.ts'

const NO_CREDENTIALS =
  'No session token (JWT) or API Key detected in request. Please send in X-DreamFactory-Session-Token and/or X-DreamFactory-API-Key request header. You can also use URL query parameters session_token and/or api_key.'
const NO_KEY =
  "No API Key provided. Please provide a valid API Key using X-DreamFactory-API-Key request header or 'api_key' url query parameter."
const NO_TOKEN =
  "No session token (JWT) provided. Please provide a valid JWT using X-DreamFactory-Session-Token request header or 'session_token' url query parameter."
const ROLE_INACTIVE =
  'Access Forbidden. The role assigned to you or your application or the default role of your application is not active.'

export interface RefusedCall {
  readonly service: string
  /** The resource path; empty at the service root. */
  readonly component: string
  readonly method: Method
}

/**
 * The error for a call that policy did not permit. An unknown key is answered like a missing token (row 10). It has no
 * stack, which nobody reads and which costs more than the decision: lists ask for every table and verb.
 */
export const refusal = (identity: Identity, credentials: Credentials, call: RefusedCall): GwError => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return refusalOf(identity, credentials, call)
  } finally {
    Error.stackTraceLimit = limit
  }
}

const refusalOf = (identity: Identity, credentials: Credentials, call: RefusedCall): GwError => {
  const hasToken = credentials.sessionToken !== undefined || credentials.basic !== undefined
  const hasKey = credentials.apiKey !== undefined
  if (!hasKey && !hasToken && identity.caller.requestor !== 'script')
    return new GwError('invalid_request', NO_CREDENTIALS)
  if (!identity.role) {
    if (!hasKey) return new GwError('invalid_request', NO_KEY)
    if (!hasToken) return new GwError('invalid_request', NO_TOKEN)
    return new GwError('forbidden', 'Role not found. A role may not be assigned to you or your application.')
  }
  if (!identity.role.active) return new GwError('forbidden', ROLE_INACTIVE)
  if (!identity.caller.user) return new GwError('unauthenticated', 'Unauthorized. User is not authenticated.')
  const where = call.component === '' ? '' : `component '${call.component}' of `
  return new GwError(
    'forbidden',
    `Access Forbidden. ${call.method} access to ${where}service '${call.service}' is not allowed by this user's role.`,
  )
}
