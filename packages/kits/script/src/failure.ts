/** What went wrong in a script, as a caller may read it. The text of what a script throws is its author's. */
import { type ErrorCode, GwError } from '@gw/core'
import type { Thrown } from './protocol.ts'

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'too_large',
  422: 'unprocessable',
  429: 'rate_limited',
  500: 'internal',
  501: 'not_supported',
  502: 'upstream_failed',
  503: 'unavailable',
  504: 'upstream_timeout',
}

/** characters */
const LONGEST = 2_000

const isError = (status: unknown): status is number =>
  typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, LONGEST) : '')
const lineOf = ({ line }: Thrown): number | undefined =>
  typeof line === 'number' && Number.isInteger(line) && line > 0 ? line : undefined

/**
 * One that a script threw on purpose has its status and its words; any other says where it happened.
 * @param limit of its memory, in MiB
 */
export const thrown = (error: Thrown, limit: number): GwError => {
  const line = lineOf(error)
  const details = line === undefined ? undefined : { line }
  if (error.kind === 'memory') return outOfMemory(limit, line)
  const { status } = error
  if (isError(status))
    return new GwError(CODES[status] ?? (status < 500 ? 'invalid_request' : 'internal'), text(error.message), {
      details: error.context ?? details,
      wire: { status },
    })
  const place = line === undefined ? '' : ` at line ${line}`
  const what = error.kind === 'syntax' ? `The script can not be read${place}` : `The script failed${place}`
  const why = [text(error.name), text(error.message)].filter((part) => part !== '').join(': ')
  return new GwError('internal', `${what}. ${why}`, { details })
}

export const tooSlow = (seconds: number): GwError =>
  new GwError('upstream_timeout', `The script ran for more than ${seconds} seconds and was stopped.`)

/** @param limit MiB */
export const outOfMemory = (limit: number, line?: number): GwError => {
  const place = line === undefined ? '' : ` at line ${line}`
  return new GwError(
    'internal',
    `The script needed more memory${place} than the ${limit} MiB that it may have and was stopped.`,
    { retryable: false, wire: { status: 507 }, ...(line !== undefined && { details: { line } }) },
  )
}

export const tooMuchOutput = (what: 'log' | 'result', bytes: number): GwError =>
  new GwError(
    'internal',
    what === 'log'
      ? `The script wrote more than ${bytes} bytes to the log and was stopped.`
      : `The script gave more than ${bytes} bytes and was stopped.`,
    { retryable: false },
  )

export const tooManyCalls = (most: number): GwError =>
  new GwError('internal', `The script made more than ${most} calls at the same time and was stopped.`)

/** Something that is not of the protocol came from it: a result of another run, or no result at all. */
export const forged = (): GwError =>
  new GwError('internal', 'The script wrote to a channel that is not its own and was stopped.')

export const ended = (code: number | null, signal: string | null): GwError =>
  new GwError(
    'internal',
    `The script ended its own process (${signal === null ? `exit code ${code}` : `signal ${signal}`}).`,
  )

export const notStarted = (cause: unknown): GwError =>
  new GwError('unavailable', 'The process for the script could not be started. Try again later.', { cause })

export const stopped = (): GwError =>
  new GwError('unavailable', 'The script was replaced or stopped while it ran. Try again.', {
    headers: { 'retry-after': '1' },
  })

export const tooManyWaiting = (): GwError =>
  new GwError('unavailable', 'Too many calls wait for this script already. Try again later.', {
    headers: { 'retry-after': '1' },
  })
