/** What every document has: the ways to sign in, the error envelope, and one response for each failure. */
import { type ErrorCode, STATUS } from '../errors.ts'
import type { JsonSchema, Reference, ResponseObject } from './types.ts'

/** The wire contract's names (platform part, §8.2). */
export const SECURITY_SCHEMES = {
  BasicAuth: { type: 'http', scheme: 'basic' },
  BearerAuth: { type: 'http', scheme: 'bearer' },
  ApiKeyQuery: { type: 'apiKey', in: 'query', name: 'api_key' },
  ApiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-DreamFactory-API-Key' },
  SessionTokenQuery: { type: 'apiKey', in: 'query', name: 'session_token' },
  SessionTokenHeader: { type: 'apiKey', in: 'header', name: 'X-DreamFactory-Session-Token' },
} as const

/** The wire contract's envelope (platform part, §1.6). */
export const ERROR_SCHEMA: JsonSchema = {
  title: 'Error',
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'context', 'message', 'status_code'],
      properties: {
        code: {
          anyOf: [{ type: 'integer' }, { type: 'string' }],
          description: 'The application’s code; the HTTP status where it has none of its own. 1000 is a failed batch.',
        },
        context: { description: 'Details for machines: messages by field, or the outcome of each item of a batch.' },
        message: { type: 'string', description: 'What happened, why, and what to do.' },
        status_code: { type: 'integer', description: 'The HTTP status.' },
      },
    },
  },
}

/** Row formats that JSON Schema cannot describe. */
export const ROW_FORMATS = {
  CsvRows: { type: 'string', description: 'A header line with the names of the fields, then a line for each record.' },
  NdjsonRows: { type: 'string', description: 'A JSON object for each record, one a line.' },
} as const satisfies Readonly<Record<string, JsonSchema>>

const FAILURES: Readonly<Record<ErrorCode, readonly [name: string, description: string]>> = {
  invalid_request: ['InvalidRequest', 'The request is malformed, or carries no credentials.'],
  unauthenticated: ['Unauthenticated', 'The credentials are wrong or expired, or permit less than this.'],
  forbidden: ['Forbidden', 'The caller’s role does not allow this.'],
  not_found: ['NotFound', 'There is nothing under this name.'],
  conflict: ['Conflict', 'The request contradicts what is already there.'],
  precondition_failed: ['PreconditionFailed', 'It has changed since it was read.'],
  too_large: ['TooLarge', 'The request is larger than allowed.'],
  unprocessable: ['Unprocessable', 'The request is well-formed, but cannot be carried out.'],
  rate_limited: ['RateLimited', 'Too many calls; retry later.'],
  internal: ['InternalError', 'Something failed in the gateway; the log says what.'],
  not_supported: ['NotSupported', 'The service cannot do this.'],
  upstream_failed: ['UpstreamFailed', 'The source behind the service answered with a failure.'],
  unavailable: ['Unavailable', 'The service or its source is not available; retry later.'],
  upstream_timeout: ['UpstreamTimeout', 'The source behind the service did not answer in time.'],
}

/** What any call may meet, whatever its endpoint declares. */
const ALWAYS: readonly ErrorCode[] = ['invalid_request', 'unauthenticated', 'forbidden', 'internal', 'unavailable']

const reference = (name: string): Reference => ({ $ref: `#/components/responses/${name}` })

/** An operation's error responses by status, `default` included. */
export const errorResponses = (codes: readonly ErrorCode[] = []): Record<string, Reference> => {
  const entries = [...new Set([...ALWAYS, ...codes])]
    .map((code) => [String(STATUS[code]), reference(FAILURES[code][0])] as const)
    .sort(([a], [b]) => Number(a) - Number(b))
  return { ...Object.fromEntries(entries), default: reference('Error') }
}

/** The components behind those of `errorResponses` that a document refers to. */
export const errorComponents = (used: ReadonlySet<string>): Record<string, ResponseObject> => {
  const named: readonly (readonly [string, string])[] = [['Error', 'The call failed.'], ...Object.values(FAILURES)]
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  return Object.fromEntries(
    named
      .filter(([name]) => used.has(`#/components/responses/${name}`))
      .map(([name, description]) => [name, { description, content }]),
  )
}
