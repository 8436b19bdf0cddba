/** From what was filled in to the call that is sent. */
import { type ApiDocument, type Operation, type Parameter, resolved } from '../../api/docs.ts'
import type { TrialCall } from '../../api/trial.ts'

export const parametersOf = (document: ApiDocument, { parameters = [] }: Operation): readonly Parameter[] =>
  parameters.map((one) => resolved<Parameter>(document, one)).filter(({ name }) => name !== undefined)

export const bodyOf = (document: ApiDocument, { requestBody }: Operation) =>
  requestBody && resolved<Exclude<Operation['requestBody'], undefined | { $ref: string }>>(document, requestBody)

/** What identifies a parameter: a name may be in the path and in the query. */
export const parameterKey = ({ name, in: place }: Parameter): string => `${place}:${name}`

/** A path of files keeps its slashes, as the gateway describes it; in any other value they are a part of it. */
const inPath = (name: string, value: string): string =>
  name.endsWith('_path') ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value)

export interface Filled {
  readonly values: Readonly<Record<string, string>>
  readonly contentType: string | undefined
  readonly body: string | Blob | undefined
}

/** @returns the call, or the name of what is missing in its address */
export const callOf = (
  document: ApiDocument,
  operation: Operation,
  { values, contentType, body }: Filled,
): { readonly call: TrialCall; readonly missing: string | undefined } => {
  const parameters = parametersOf(document, operation)
  const textOf = (parameter: Parameter): string => values[parameterKey(parameter)] ?? ''
  const given = (place: string) =>
    parameters.flatMap((one): [string, string][] =>
      one.in === place && textOf(one) !== '' ? [[one.name, textOf(one)]] : [],
    )
  const inThePath = parameters.filter(({ in: place }) => place === 'path')
  const path = inThePath.reduce(
    (text, one) => text.replace(`{${one.name}}`, textOf(one) === '' ? `{${one.name}}` : inPath(one.name, textOf(one))),
    operation.path,
  )
  const query = new URLSearchParams(given('query')).toString()
  const base = document.servers?.[0]?.url ?? '/api/v2'
  return {
    missing: inThePath.find((one) => textOf(one) === '')?.name,
    call: {
      method: operation.method,
      address: `${base}${path === '/' ? '' : path}${query && `?${query}`}`,
      headers: {
        ...(body !== undefined && contentType && { 'content-type': contentType }),
        ...Object.fromEntries(given('header')),
      },
      body,
    },
  }
}
