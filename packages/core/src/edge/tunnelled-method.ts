import { METHODS, type Method } from '../contract.ts'
import { GwError } from '../errors.ts'
import { type HeaderReader, parameter, type QueryParameters } from './credentials.ts'

const HEADERS = ['x-http-method', 'x-method-override', 'x-http-method-override'] as const
const PARAMETERS = ['method', '_method'] as const

const requested = (headers: HeaderReader, query: QueryParameters): string | undefined => {
  for (const name of HEADERS) {
    const value = headers.get(name)
    if (value) return value
  }
  for (const name of PARAMETERS) {
    const value = parameter(query, name)
    if (value) return value
  }
  return undefined
}

/**
 * The method that a request means: a POST may carry another one in a header or the query (the wire contract §1.3),
 * and access rules see that one. `MERGE` means PATCH. Any other method means itself.
 *
 * @throws `invalid_request` for a tunnelled verb that is none.
 */
export const tunnelledMethod = (method: Method, headers: HeaderReader, query: QueryParameters): Method => {
  if (method !== 'POST') return method
  const verb = requested(headers, query)?.trim().toUpperCase()
  if (verb === undefined || verb === '') return method
  const meant = verb === 'MERGE' ? 'PATCH' : METHODS.find((known) => known === verb)
  if (meant) return meant
  throw new GwError(
    'invalid_request',
    `The method that this POST asks for is not known. Use one of ${METHODS.join(', ')} or MERGE in X-HTTP-Method, or leave it out.`,
  )
}
