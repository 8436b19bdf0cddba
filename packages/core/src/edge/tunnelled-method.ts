import { METHODS, type Method } from '../contract.ts'
import { GwError } from '../errors.ts'
import { type HeaderReader, parameter, type QueryParameters } from './credentials.ts'

const HEADERS = ['x-http-method', 'x-method-override', 'x-http-method-override'] as const
const PARAMETERS = ['method', '_method'] as const

const requested = (headers: HeaderReader, query: QueryParameters, form: unknown): string | undefined => {
  for (const name of HEADERS) {
    const value = headers.get(name)
    if (value) return value
  }
  for (const name of PARAMETERS) {
    const value = parameter(query, name)
    if (value) return value
  }
  return fieldOf(form)
}

/** The field of a form in which HTML pages say the method. */
const FIELD = '_method'

const fieldOf = (form: unknown): string | undefined =>
  typeof form === 'object' && form !== null && Object.hasOwn(form, FIELD)
    ? parameter(form as QueryParameters, FIELD)
    : undefined

/** A form without the field that says the method: that is no part of what is sent. */
export const withoutMethod = (form: unknown): unknown => {
  if (fieldOf(form) === undefined) return form
  const { [FIELD]: _, ...rest } = form as Readonly<Record<string, unknown>>
  return rest
}

/**
 * The method that a request means: a POST may carry another one in a header, the query or a form (the wire contract
 * §1.3), and access rules see that one. The first that says one wins. `MERGE` means PATCH. Any other method means itself.
 *
 * @param form the body, where it is a form
 * @throws `invalid_request` for a tunnelled verb that is none.
 */
export const tunnelledMethod = (
  method: Method,
  headers: HeaderReader,
  query: QueryParameters,
  form?: unknown,
): Method => {
  if (method !== 'POST') return method
  const verb = requested(headers, query, form)?.trim().toUpperCase()
  if (verb === undefined || verb === '') return method
  const meant = verb === 'MERGE' ? 'PATCH' : METHODS.find((known) => known === verb)
  if (meant) return meant
  throw new GwError(
    'invalid_request',
    `The method that this POST asks for is not known. Use one of ${METHODS.join(', ')} or MERGE in X-HTTP-Method, or leave it out.`,
  )
}
