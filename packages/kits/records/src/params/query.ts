/** The parameters of `_table` (the wire contract §2.1), read by hand: this runs once per request, without a schema library. */
import { GwError } from '@gw/core'
import { truthy } from '../cast.ts'

export interface RecordsParams {
  fields?: string | undefined
  /** Not yet known to be text: a JSON body may bring anything. */
  filter?: unknown
  /** Values for `:name` in the filter; keys include the colon. Only from a body. */
  params?: Readonly<Record<string, unknown>> | undefined
  limit?: number | undefined
  offset?: number | undefined
  /** Empty or `*` begins. */
  cursor?: string | undefined
  order?: string | undefined
  group?: string | undefined
  having?: string | undefined
  related?: string | undefined
  /** The whole query string, where there is `related`: relations have options by their own names. */
  relatedOptions?: Readonly<Record<string, unknown>> | undefined
  ids?: string | readonly unknown[] | undefined
  idField?: string | undefined
  idType?: string | undefined
  includeCount?: boolean
  countOnly?: boolean | undefined
  includeSchema?: boolean
  continue?: boolean | undefined
  rollback?: boolean | undefined
  force?: boolean
  asList?: boolean
  asAccessList?: boolean
  refresh?: boolean
  accept?: string | undefined
  file?: string | undefined
  schema?: string | undefined
  stream?: boolean
  checkExist?: boolean
  allowRelatedDelete?: boolean
}

type Setter = (params: RecordsParams, value: unknown) => void

/** Longer lists of names are no request of a client that means well. */
const LONGEST_LIST = 20_000

export const text = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return undefined
  const plain = Array.isArray(value) ? value.join(',') : String(value)
  if (plain.length > LONGEST_LIST) throw new GwError('invalid_request', 'A parameter is too long.')
  return plain
}

/** Integer cast as the wire contract has it (§2.4): `10; DROP` is 10, and what has no digits is absent. */
export const integer = (value: unknown): number | undefined => {
  const number = typeof value === 'number' ? Math.trunc(value) : Number.parseInt(String(value), 10)
  return Number.isSafeInteger(number) ? number : undefined
}

// biome-ignore format: reads as a table
const SETTERS: Readonly<Record<string, Setter>> = {
  fields: (params, value) => { params.fields = text(value) },
  filter: (params, value) => { params.filter = value ?? undefined },
  limit: (params, value) => { params.limit = integer(value) },
  offset: (params, value) => { params.offset = integer(value) },
  cursor: (params, value) => { params.cursor = text(value) },
  order: (params, value) => { params.order = text(value) },
  group: (params, value) => { params.group = text(value) },
  having: (params, value) => { params.having = text(value) },
  related: (params, value) => { params.related = text(value) },
  ids: (params, value) => { params.ids = Array.isArray(value) ? value : (value ?? undefined) === undefined ? undefined : String(value) },
  id_field: (params, value) => { params.idField = text(value) },
  id_type: (params, value) => { params.idType = text(value) },
  include_count: (params, value) => { params.includeCount = truthy(value) },
  count_only: (params, value) => { params.countOnly = truthy(value) },
  include_schema: (params, value) => { params.includeSchema = truthy(value) },
  continue: (params, value) => { params.continue = truthy(value) },
  rollback: (params, value) => { params.rollback = truthy(value) },
  force: (params, value) => { params.force = truthy(value) },
  as_list: (params, value) => { params.asList = truthy(value) },
  as_access_list: (params, value) => { params.asAccessList = truthy(value) },
  refresh: (params, value) => { params.refresh = truthy(value) },
  accept: (params, value) => { params.accept = text(value) },
  file: (params, value) => { params.file = text(value) },
  schema: (params, value) => { params.schema = text(value) },
  allow_related_delete: (params, value) => { params.allowRelatedDelete = truthy(value) },
  stream: (params, value) => { params.stream = truthy(value) },
  check_exist: (params, value) => { params.checkExist = truthy(value) },
}

/** Aliases and the names they stand for. */
const ALIASES: Readonly<Record<string, string>> = {
  select: 'fields',
  where: 'filter',
  top: 'limit',
  skip: 'offset',
  sort: 'order',
  order_by: 'order',
  group_by: 'group',
}

const QUERY = new Map<string, { readonly name: string; readonly set: Setter }>()
for (const [name, set] of Object.entries(SETTERS)) QUERY.set(name, { name, set })
for (const [alias, name] of Object.entries(ALIASES)) QUERY.set(alias, { name, set: SETTERS[name]! })

/** What a body may carry beside `resource` (the wire contract §2.1). */
const IN_BODY: ReadonlySet<string> = new Set([
  'fields',
  'ids',
  'filter',
  'limit',
  'offset',
  'order',
  'cursor',
  'group',
  'having',
  'count_only',
  'continue',
  'rollback',
])

/** Reads a query string's parameters. The last one of a name wins, and a canonical name wins over its alias. */
export const parseQuery = (query: Readonly<Record<string, unknown>>): RecordsParams => {
  const params: RecordsParams = {}
  for (const key in query) {
    const known = QUERY.get(key)
    if (!known || (known.name !== key && query[known.name] !== undefined)) continue
    const value = query[key]
    known.set(params, Array.isArray(value) ? value.at(-1) : value)
  }
  if (params.related) params.relatedOptions = query
  return params
}

/** Adds a body's options to the query's, which win. */
export const withBody = (query: RecordsParams, body: Readonly<Record<string, unknown>>): RecordsParams => {
  const params: RecordsParams = {}
  for (const key of Object.keys(body)) {
    const known = QUERY.get(key)
    if (known && IN_BODY.has(known.name) && (known.name === key || body[known.name] === undefined)) {
      known.set(params, body[key])
    }
  }
  const { params: bound } = body
  if (typeof bound === 'object' && bound !== null && !Array.isArray(bound)) {
    params.params = bound as Readonly<Record<string, unknown>>
  }
  return { ...params, ...query }
}
