/** What a call of a routine asks for: its arguments, from one of three places, and what to do with the result (§7.2). */
import { GwError } from '@gw/core'
import { truthy } from '../cast.ts'
import { RESULT_TYPES, type ResultType } from './result-types.ts'

/** Arguments as they were sent, not yet held against any parameter. */
export type Given =
  | { readonly by: 'position'; readonly values: readonly unknown[] }
  /** By lower-cased name. */
  | { readonly by: 'name'; readonly values: ReadonlyMap<string, { readonly name: string; readonly value: unknown }> }

export interface RoutineRequest {
  readonly given: Given
  /** The scalar that the result is reduced to. */
  readonly returns?: ResultType | undefined
  readonly wrapper?: string | undefined
  /** By lower-cased field. */
  readonly casts?: ReadonlyMap<string, ResultType> | undefined
  readonly refresh: boolean
}

type Entries = Readonly<Record<string, unknown>>

/** What in a query string, or in a body beside `params`, is no argument: the gateway's own words. */
const RESERVED: ReadonlySet<string> = new Set([
  'returns',
  'wrapper',
  'schema',
  'refresh',
  'api_key',
  'session_token',
  'fields',
  'as_list',
  'file',
  'accept',
  'wrap',
  'method',
  '_method',
])

const refuse = (message: string): never => {
  throw new GwError('invalid_request', message)
}

const isObject = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const NOTHING: Given = { by: 'position', values: [] }

const byName = (entries: readonly (readonly [string, unknown])[]): Given => {
  const values = new Map<string, { name: string; value: unknown }>()
  for (const [name, value] of entries) {
    const key = name.toLowerCase()
    if (values.has(key)) refuse(`The parameter '${name}' is given twice.`)
    values.set(key, { name, value })
  }
  return { by: 'name', values }
}

/** `[{"name":"uid","value":3}]`, `{"uid":3}` or `[3]`. */
const fromBody = (params: unknown): Given => {
  if (params === undefined || params === null) return NOTHING
  if (isObject(params)) return byName(Object.entries(params))
  if (!Array.isArray(params)) return refuse("'params' must be a list of values, or an object of values by name.")
  const named = (item: unknown): item is Entries => isObject(item) && typeof item.name === 'string'
  if (params.length === 0 || !params.every(named)) return { by: 'position', values: params }
  return byName(params.map(({ name, value }) => [String(name), value]))
}

const fromQuery = (query: Entries): Given =>
  byName(Object.entries(query).filter(([name]) => !RESERVED.has(name.toLowerCase())))

const isEmpty = ({ by, values }: Given): boolean => (by === 'name' ? values.size : values.length) === 0

const INLINE = /^([^(]+)\((.*)\)$/s

/** `total_for(3,abc)` taken apart. The arguments are plain text between commas, without blanks at their ends. */
export const splitInline = (segment: string): { readonly name: string; readonly inline: readonly string[] } => {
  if (!segment.includes('(')) return { name: segment, inline: [] }
  const [, name, list = ''] = INLINE.exec(segment) ?? refuse("Inline arguments must end with ')'.")
  const inline = list.trim() === '' ? [] : list.split(',').map((argument) => argument.trim())
  return { name: name!, inline }
}

const textOf = (name: string, body: Entries, query: Entries): string | undefined => {
  const value = body[name] ?? [query[name]].flat().at(-1)
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' ? value : refuse(`'${name}' must be a text.`)
}

const typeNamed = (name: unknown): ResultType => {
  const lower = String(name).trim().toLowerCase()
  const known = RESULT_TYPES.find((type) => type === lower)
  return known ?? refuse(`Unknown type '${String(name).trim()}'. Use one of ${RESULT_TYPES.join(', ')}.`)
}

const castsOf = (schema: unknown): RoutineRequest['casts'] => {
  if (schema === undefined || schema === null) return undefined
  if (!isObject(schema)) return refuse("'schema' must be an object of type names by field.")
  return new Map(Object.entries(schema).map(([field, type]) => [field.toLowerCase(), typeNamed(type)]))
}

/** A body without `params` in it is most likely a list of arguments: calling without them could do the wrong thing. */
const checkBody = (body: unknown): Entries => {
  if (body === undefined || body === null) return {}
  if (!isObject(body)) return refuse('The body must be an object, with the arguments in \'params\': {"params": [3]}.')
  const stray = Object.keys(body).find((name) => name !== 'params' && !RESERVED.has(name.toLowerCase()))
  if (stray !== undefined) refuse(`Unknown key '${stray}' in the body. Arguments belong in 'params'.`)
  return body
}

/**
 * Reads a call. The first of body, path and query string that has any argument counts.
 * @throws GwError `invalid_request`
 */
export const readRoutineRequest = (query: Entries, sent: unknown, inline: readonly string[]): RoutineRequest => {
  const body = checkBody(sent)
  const inBody = fromBody(body.params)
  const inPath: Given = { by: 'position', values: inline }
  const returns = textOf('returns', body, query)
  return {
    given: !isEmpty(inBody) ? inBody : !isEmpty(inPath) ? inPath : fromQuery(query),
    returns: returns === undefined || /^table$/i.test(returns.trim()) ? undefined : typeNamed(returns),
    wrapper: textOf('wrapper', body, query),
    casts: castsOf(body.schema),
    refresh: truthy(body.refresh ?? [query.refresh].flat().at(-1)),
  }
}
