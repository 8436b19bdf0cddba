/** The one error envelope. */
import { type GwError, statusOf } from '../errors.ts'
import { lowerCased, TextAnswer } from './answer.ts'
import type { HeaderReader } from './list.ts'
import { type Format, negotiate } from './negotiate.ts'
import { type Query, single } from './query.ts'
import { WRITERS } from './writer.ts'

export interface ErrorAnswerOptions {
  /** The parsed query string; absent where it is what failed to parse. */
  readonly query?: Query | undefined
  /** The request's headers. */
  readonly headers: HeaderReader
  /** Answers without a body, as to HEAD. */
  readonly head?: boolean | undefined
  /** Sent with every answer (a request id); the error's own headers win. Names in lower case. */
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined
}

/** Formats that hold an error; a line of NDJSON is one JSON value anyway. */
const errorFormat = (options: ErrorAnswerOptions): Format => {
  const { query, headers } = options
  const wanted = { accept: headers.get('accept'), override: single(query?.accept), file: single(query?.file) }
  return negotiate(wanted) ?? 'json'
}

/**
 * Turns a failure into an answer: `{"error":{"code","context","message","status_code"}}` in the format that the
 * caller accepts, JSON where it accepts none. The error's cause is never in it.
 */
export const errorAnswer = (error: GwError, options: ErrorAnswerOptions): TextAnswer => {
  const status = statusOf(error)
  const content = {
    code: error.wire?.code ?? status,
    context: error.wire?.context ?? error.details ?? null,
    message: error.message,
    status_code: status,
  }
  const format = errorFormat(options)
  const writer = WRITERS[format]
  // In CSV the error object itself is the row.
  const text = writer.value(format === 'csv' ? content : { error: content }, 'resource')
  const headers = {
    ...options.extraHeaders,
    ...(error.headers && lowerCased(error.headers)),
    'content-type': writer.type,
  }
  return new TextAnswer(status, headers, options.head ? undefined : text)
}
