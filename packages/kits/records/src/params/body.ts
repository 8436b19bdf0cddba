/** What a body says: records, options beside them, or both (the wire contract §0.4, §4.1). */
import { GwError, type Method } from '@gw/core'
import { type RecordsParams, withBody } from './query.ts'

export interface Submission {
  readonly params: RecordsParams
  /** Absent where the body has none; possibly empty. Not yet known to be objects. */
  readonly records: readonly unknown[] | undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether the two ask for contradicting things. */
const checked = (submission: Submission): Submission => {
  if (submission.params.rollback && submission.params.continue) {
    throw new GwError('invalid_request', 'Rollback and continue operations can not be requested at the same time.')
  }
  return submission
}

/**
 * Reads a body. Wrapped records, an array of them, and (on POST, PUT and PATCH) one bare record are all accepted; a
 * bare object on GET and DELETE holds options only.
 */
export const readBody = (method: Method, query: RecordsParams, body: unknown): Submission => {
  if (Array.isArray(body)) return checked({ params: query, records: body })
  if (!isObject(body)) return checked({ params: query, records: undefined })
  if (Object.hasOwn(body, 'resource')) {
    const { resource } = body
    const records = Array.isArray(resource) ? resource : isObject(resource) ? [resource] : undefined
    return checked({ params: withBody(query, body), records })
  }
  if (method === 'GET' || method === 'DELETE') return checked({ params: withBody(query, body), records: undefined })
  return checked({ params: query, records: Object.keys(body).length > 0 ? [body] : undefined })
}

/** The wire contract's answer (§0.4) to a write without records. */
export const noRecords = (): GwError =>
  new GwError(
    'invalid_request',
    'No record(s) detected in request. Please make sure record(s) are wrapped in a \'resource\' tag. Example: {"resource":[{"record":1},{"record":2}]}',
  )

/** Refuses by name what is not there yet, rather than answer something else than was asked for. */
export const refuseUnsupported = (params: RecordsParams, method: Method): void => {
  if (params.stream && method !== 'GET' && method !== 'POST') {
    throw new GwError('invalid_request', 'The parameter stream is for reading lists and for creating records.')
  }
  if (params.related && params.group) {
    throw new GwError('invalid_request', 'The parameters related and group can not be used together.')
  }
}
