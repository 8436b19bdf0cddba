/**
 * The closed set of failures a caller can see, and the HTTP status of each. A connector throws a
 * `GwError` with one of these codes; the status follows, it is never chosen by hand.
 */
// biome-ignore format: reads as a table
export const STATUS = {
  invalid_request: 400, unauthenticated: 401, forbidden: 403, not_found: 404, conflict: 409,
  precondition_failed: 412, too_large: 413, unprocessable: 422, rate_limited: 429, internal: 500,
  not_supported: 501, upstream_failed: 502, unavailable: 503, upstream_timeout: 504,
} as const

export type ErrorCode = keyof typeof STATUS

/**
 * What the wire contract asks for where it differs from the code's own status: a batch is 400 with
 * code 1000. For family kits only; a connector that sets it breaks clients of the other members of its family.
 */
export interface Wire {
  readonly status?: number
  readonly code?: number | string
  readonly context?: unknown
}

export interface GwErrorOptions {
  /** Logged under the request's id, never sent. */
  readonly cause?: unknown
  /** For machines: sent as `context`. Must not carry secrets, SQL, hosts or paths. */
  readonly details?: unknown
  /** Whether the same call may succeed later. Default: true for 502, 503, 504 and 429. */
  readonly retryable?: boolean
  /** Sent with the answer, e.g. `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly wire?: Wire
}

/**
 * A failure that a caller may read. `message` says what happened, why, and what to do. Anything else that is
 * thrown reaches the caller as `internal`, without its message.
 */
export class GwError extends Error {
  override readonly name = 'GwError'
  readonly code: ErrorCode
  readonly details: unknown
  readonly retryable: boolean
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly wire: Wire | undefined

  constructor(code: ErrorCode, message: string, options: GwErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details
    this.retryable = options.retryable ?? (STATUS[code] > 501 || code === 'rate_limited')
    this.headers = options.headers
    this.wire = options.wire
  }

  /** A brand check, so that an error from a second installed copy of this package is recognised too. */
  static is(error: unknown): error is GwError {
    return error instanceof Error && error.name === 'GwError' && 'code' in error && String(error.code) in STATUS
  }
}

/** The HTTP status of an error, its `wire` status first. */
export const statusOf = (error: GwError): number => error.wire?.status ?? STATUS[error.code]
