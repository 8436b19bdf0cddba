/**
 * A call that may be tried again, and a service that is spared while it fails. cockatiel has both policies, and lets
 * an answer count as a failure.
 */
import { GwError, type Method } from '@gw/core'
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  type IRetryBackoffContext,
  retry,
} from 'cockatiel'

/** Idempotent by RFC 9110 §9.2.2: a second one changes nothing more. */
export const isIdempotent = (method: Method): boolean => method === 'GET' || method === 'PUT' || method === 'DELETE'
/** ms; a service that wants a longer pause is left alone, and the caller is told of it. */
const LONGEST_PAUSE = 10_000
/** Pauses double, in ms, with decorrelated jitter. */
const PAUSES = { initialDelay: 128, maxDelay: LONGEST_PAUSE }
const AWAY: ReadonlySet<number> = new Set([502, 503, 504])
const FAILURES = new Set(['unavailable', 'upstream_failed', 'upstream_timeout'])

/** An error that says nothing of the service: the caller has left, or may not call it. */
class Unrelated extends Error {
  readonly reason: unknown
  constructor(reason: unknown) {
    super('The call ended for a reason of its own.')
    this.reason = reason
  }
}

/** Milliseconds that an answer asks to wait for (RFC 9110 §10.2.3). */
const retryAfter = ({ headers }: Response): number | undefined => {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

const isResponse = (result: unknown): result is Response => result instanceof Response

const isFailure = (error: unknown): boolean => GwError.is(error) && FAILURES.has(error.code)

const isWorthTrying = (result: unknown): boolean =>
  isResponse(result) && (result.status === 429 || AWAY.has(result.status)) && (retryAfter(result) ?? 0) <= LONGEST_PAUSE

export interface AttemptOptions {
  /** After the first attempt. */
  readonly retries: number
  /** `failures` in a row open the circuit for `pause` seconds. */
  readonly breaker: { readonly failures: number; readonly pause: number }
}

export interface Attempts {
  /**
   * @param replayable whether the request can be sent a second time
   * @throws `unavailable` while the service is spared
   */
  run(method: Method, replayable: boolean, signal: AbortSignal, attempt: () => Promise<Response>): Promise<Response>
}

/** What the service asks for goes first. */
const backoff = () => {
  const growing = new ExponentialBackoff<unknown>(PAUSES)
  return new DelegateBackoff<IRetryBackoffContext<unknown>, ReturnType<typeof growing.next>>((context, state) => {
    const next = state ? state.next(undefined) : growing.next()
    const { result } = context
    const asked = 'value' in result && isResponse(result.value) ? retryAfter(result.value) : undefined
    return { delay: asked ?? next.duration, state: next }
  })
}

const spared = ({ pause }: AttemptOptions['breaker']): Unrelated =>
  new Unrelated(
    new GwError(
      'unavailable',
      'The remote service has failed several times in a row, so it is not called for a moment. Try again later.',
      { headers: { 'retry-after': String(Math.ceil(pause)) } },
    ),
  )

export const createAttempts = ({ retries, breaker }: AttemptOptions): Attempts => {
  const circuit = circuitBreaker(
    handleWhen(isFailure).orWhenResult((result) => isResponse(result) && AWAY.has(result.status)),
    { halfOpenAfter: breaker.pause * 1000, breaker: new ConsecutiveBreaker(breaker.failures) },
  )
  const again = retry(handleWhen(isFailure).orWhenResult(isWorthTrying), { maxAttempts: retries, backoff: backoff() })

  return {
    async run(method, replayable, signal, attempt) {
      let last: Response | undefined
      const one = async (): Promise<Response> => {
        await last?.body?.cancel()
        try {
          signal.throwIfAborted()
          last = await attempt()
          return last
        } catch (error) {
          // What a caller's leaving throws may look like a failure of the service.
          throw signal.aborted || !isFailure(error) ? new Unrelated(error) : error
        }
      }
      const guarded = () =>
        circuit.execute(one).catch((error: unknown) => {
          throw error instanceof BrokenCircuitError ? spared(breaker) : error
        })
      try {
        return replayable && isIdempotent(method) ? await again.execute(guarded, signal) : await guarded()
      } catch (error) {
        throw error instanceof Unrelated ? error.reason : error
      }
    },
  }
}
