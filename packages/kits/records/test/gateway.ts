/** Calls the endpoints as the kernel does, without HTTP: what a handler is given, and what it replies. */
import { type Call, type Endpoint, type Grant, GwError, isEncoded, isRows, type Method, type Schema } from '@gw/core'
import {
  type ExtrasStore,
  type Field,
  type RecordsOptions,
  type RecordsSource,
  type Row,
  recordsCanonical,
  recordsEndpoints,
  type Table,
} from '../src/index.ts'
import { memorySource } from '../src/memory.ts'

export const FREE: Grant = { filters: [], deny: [] }

export interface Ask {
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  /** By component; others are `forbidden`. Default: everything is allowed. */
  readonly grants?: Readonly<Record<string, Grant | undefined>>
  /** For the table at hand. */
  readonly grant?: Grant
  readonly lookups?: Readonly<Record<string, unknown>>
  readonly privates?: Readonly<Record<string, unknown>>
  readonly objects?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Where the path of a batch's step leads, as the kernel resolves it. Default: where it says. */
  readonly leads?: (path: string) => string
}

export interface Api {
  readonly source: RecordsSource
  /** The methods and paths of all endpoints. */
  readonly lines: readonly string[]
  /** `GET /_table/customers/5`; the reply's value, with lists as `{ resource, meta }`. */
  ask(line: string, ask?: Ask): Promise<any>
  /** The error of a call that has to fail. */
  refused(line: string, ask?: Ask): Promise<GwError>
  /** How the reply came: rows as JSON text, or as objects. */
  form(line: string, ask?: Ask): Promise<'encoded' | 'objects'>
}

const pattern = (path: string): RegExp =>
  new RegExp(`^${path.replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/]+)`)}$`)

const bodyOf = (reply: any): any => {
  if (isEncoded(reply)) return JSON.parse(reply.json)
  if (!isRows(reply)) return reply
  const resource = isEncoded(reply.items) ? JSON.parse(reply.items.json) : reply.items
  return { resource, ...(reply.meta && { meta: reply.meta }) }
}

const valid = (schema: Schema | undefined, value: unknown): unknown => {
  if (!schema) return value
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) throw new Error('The kernel would wait.')
  if (result.issues) throw new GwError('invalid_request', result.issues[0]!.message)
  return result.value
}

export const api = (source: RecordsSource, options: Partial<RecordsOptions> = {}, extras?: ExtrasStore): Api => {
  const settled = { maxRecords: 1000, allowUpsert: false, maxStreamRecords: 0, ...options }
  const endpoints = recordsEndpoints(source, settled, extras)
  const canonical = recordsCanonical(source)
  const opened = (line: string, ask: Ask): { readonly endpoint: Endpoint; readonly call: Call } => {
    const [method, path = ''] = line.split(/ (.*)/s) as [Method, string]
    const found = endpoints
      .filter((endpoint) => endpoint.method === method)
      .map((endpoint) => ({ endpoint, match: pattern(endpoint.path).exec(path) }))
      .find(({ match }) => match)
    if (!found) throw new Error(`No endpoint for ${line}`)
    const { endpoint, match } = found
    const params = Object.fromEntries(
      Object.entries(match!.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
    )
    const component = canonical(
      (endpoint.component ?? endpoint.path.slice(1)).replace(/\{(\w+)\}/g, (_, name) => params[name]!),
    )
    const access = (wanted: string, verb: Method = method): Grant => {
      const grant = ask.grants ? (ask.grants[`${verb} ${wanted}`] ?? ask.grants[wanted]) : FREE
      if (grant) return grant
      throw new GwError('forbidden', `${verb} access to component '${wanted}' is not allowed.`)
    }
    const call: Partial<Call> = {
      service: 'db',
      method,
      path: path.slice(1),
      params: valid(endpoint.params, params),
      query: valid(endpoint.query, ask.query ?? {}),
      body: ask.body === undefined && endpoint.bodyOptional ? undefined : ask.body,
      request: new Request('http://localhost/', { headers: ask.headers ?? {} }),
      header: (name) => ask.headers?.[name],
      caller: {
        requestor: 'api',
        admin: false,
        lookup: (name, scope) =>
          scope === 'private' && Object.hasOwn(ask.privates ?? {}, name) ? ask.privates![name] : ask.lookups?.[name],
      },
      grant: ask.grant ?? (ask.grants ? access(component) : FREE),
      access,
      signal: ask.signal ?? new AbortController().signal,
      objects: ask.objects ?? false,
      async step(wanted, { method: verb = 'GET', query } = {}) {
        const { body: _, ...same } = ask
        const at = `${verb} /${ask.leads?.(wanted) ?? wanted}`
        const { endpoint: reached } = opened(at, { ...same, query: query as Record<string, unknown> })
        const open = async (body: unknown) =>
          opened(at, { ...same, query: query as Record<string, unknown>, body }).call
        return { endpoint: reached, open, content: bodyOf }
      },
    }
    return { endpoint, call: call as Call }
  }
  const run = async (line: string, ask: Ask = {}): Promise<any> => {
    const { endpoint, call } = opened(line, ask)
    return endpoint.handle(call)
  }
  return {
    source,
    lines: endpoints.map(({ method, path }) => `${method} ${path}`),
    ask: async (line, ask) => bodyOf(await run(line, ask)),
    async refused(line, ask) {
      const answer = await run(line, ask).then(
        (reply) => ({ reply }),
        (error: unknown) => ({ error }),
      )
      if ('error' in answer && GwError.is(answer.error)) return answer.error
      if ('error' in answer) throw answer.error
      throw new Error(`${line} was answered with ${JSON.stringify(bodyOf(answer.reply))}`)
    },
    async form(line, ask) {
      const reply = await run(line, ask)
      return isEncoded(reply) || (isRows(reply) && isEncoded(reply.items)) ? 'encoded' : 'objects'
    },
  }
}

/** A field; a nullable text unless said otherwise. */
export const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  native: name,
  type: 'string',
  dbType: more.type ?? 'varchar',
  nullable: true,
  autoIncrement: false,
  generated: false,
  primaryKey: false,
  unique: false,
  ...more,
})

export const ID = field('id', { type: 'integer', nullable: false, autoIncrement: true, primaryKey: true, unique: true })

export const table = (name: string, fields: readonly Field[], more: Partial<Table> = {}): Table => ({
  name,
  native: name,
  view: false,
  fields,
  primaryKey: fields.filter((one) => one.primaryKey).map((one) => one.name),
  foreignKeys: [],
  ...more,
})

export const customers = table('customers', [
  ID,
  field('name', { nullable: false, length: 50 }),
  field('email', { native: 'mail_address', unique: true }),
  field('owner_id', { type: 'integer' }),
  field('credit', { type: 'decimal', precision: 12, scale: 2 }),
  field('active', { type: 'boolean', nullable: false, default: 'true' }),
  field('born', { type: 'date' }),
  field('secret'),
])

export const orders = table(
  'orders',
  [
    ID,
    field('customer_id', { type: 'integer', nullable: false, reference: { table: 'customers', field: 'id' } }),
    field('total', { type: 'decimal' }),
  ],
  {
    foreignKeys: [
      { name: 'FK_Orders', columns: ['customer_id'], table: 'customers', references: ['id'], onDelete: 'RESTRICT' },
    ],
  },
)

export const lines = table('lines', [
  field('order_id', { type: 'integer', nullable: false, primaryKey: true }),
  field('line', { type: 'integer', nullable: false, primaryKey: true }),
  field('product'),
])

export const journal = table('journal', [field('kind', { nullable: false }), field('amount', { type: 'integer' })])

const person = (id: number, name: string, owner_id: number | null, credit: number | null, active: boolean): Row => ({
  id,
  name,
  email: `${name.toLowerCase()}@example.com`,
  owner_id,
  credit,
  active,
  born: `19${50 + id}-01-01`,
  secret: `s${id}`,
})

export const PEOPLE: readonly Row[] = [
  person(1, 'Ada', 7, 12.5, true),
  person(2, 'Bob', 8, 0, false),
  person(3, 'Cleo', 7, null, true),
  person(4, 'Dora', null, 1000, true),
  person(5, 'Emil', 8, -3.25, false),
]

/** A fresh source with a few customers, orders, lines and journal entries. */
export const shop = (): RecordsSource =>
  memorySource({
    tables: [customers, orders, lines, journal],
    rows: {
      customers: PEOPLE,
      orders: [
        { id: 1, customer_id: 1, total: 5 },
        { id: 2, customer_id: 2, total: 7 },
      ],
      lines: [
        { order_id: 1, line: 1, product: 'pen' },
        { order_id: 1, line: 2, product: 'ink' },
      ],
      journal: [
        { kind: 'in', amount: 1 },
        { kind: 'out', amount: 2 },
        { kind: 'in', amount: 3 },
      ],
    },
  })

/** A source that tells which of its methods ran, with what. */
export const watched = (
  source: RecordsSource,
  replace: Partial<RecordsSource> = {},
): RecordsSource & { readonly ran: { readonly name: string; readonly plan: any; readonly values: any }[] } => {
  const ran: { name: string; plan: any; values: any }[] = []
  const noted = Object.fromEntries(
    (['read', 'readEncoded', 'count', 'insert', 'update', 'delete', 'truncate'] as const).map((name) => [
      name,
      (plan: any, values: any, options: any) => {
        ran.push({ name, plan, values })
        return (replace[name] ?? source[name])!(plan, values, options)
      },
    ]),
  )
  return { ...source, ...replace, ...noted, ran } as any
}
