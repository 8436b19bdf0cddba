/** What the checks for records services work with: a gateway over the standard schema, and words for answers. */
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { ServiceType } from '@gw/core'
import type { Check } from '../check.ts'
import { type Answer, type Ask, openGateway, type TestGateway } from '../harness.ts'
import { completing } from './completing.ts'
import { STANDARD, type StandardTable, seedOf } from './standard.ts'

/**
 * What a source may be without. `transactions` and `insensitiveLike` are then refused politely rather than half
 * done, and so are keys for what may be sent again without `answers`; without `dateTypes`, dates and times are kept as
 * the text that was sent. Without `counters` and `defaults`, the suite sends the keys and values that others fill in;
 * without `keys`, a record has one key of the source's own, which goes by an alias, and there are no other keys.
 */
export type Lack =
  | 'transactions'
  | 'insensitiveLike'
  | 'foreignKeys'
  | 'binary'
  | 'dateTypes'
  | 'streaming'
  | 'answers'
  | 'counters'
  | 'defaults'
  | 'keys'
  | 'views'

/** A source that holds the standard schema. */
export interface RecordsSubject {
  /** The service's configuration that reaches it. */
  readonly config: Readonly<Record<string, unknown>>
  /**
   * What a service needs to be asked before it shows the standard schema: aliases. Told for each of the services over
   * the source.
   */
  settle?(ask: (ask: Ask) => Promise<Answer>): Promise<void>
  /** Brings every row and counter back (`standardRows`). Called before each check that finds them changed. */
  reset(): Promise<void>
  close?(): Promise<void>
}

export interface RecordsConformanceOptions {
  readonly type: ServiceType<any>
  /** Creates the standard schema with its rows (`standardDdl`, `standardRows`), and says how to reach it. */
  prepare(): Promise<RecordsSubject>
  /** What the source is without. Default: nothing. */
  readonly lacks?: readonly Lack[]
  /** Relative paths of the configuration start here. */
  readonly root?: string
}

export interface RecordsContext {
  readonly type: ServiceType<any>
  readonly gateway: TestGateway
  readonly subject: RecordsSubject
  readonly lacks: readonly Lack[]
  /** Asks the service `db`; `small` is the same source with `max_records: 3` and `allow_upsert: true`, `cached` with a cache,
   * `kept` with `idempotency_keys: true`. */
  ask(ask: Ask): Promise<Answer>
  /** All rows of a table, read with every right; for looking at what a call has done. */
  stored(table: string): Promise<readonly Record<string, any>[]>
  /** A gateway like this one, on the same source; whoever opens it closes it. */
  another(): Promise<TestGateway>
  /** Brings the rows back where a call may have changed them. */
  fresh(): Promise<void>
}

/** Opens a gateway over a prepared source. */
export const openRecords = async (options: RecordsConformanceOptions): Promise<RecordsContext> => {
  const subject = await options.prepare()
  const { type, root } = options
  const services = {
    db: { type, config: subject.config },
    small: { type, config: { ...subject.config, max_records: 3, allow_upsert: true } },
    ...(!options.lacks?.includes('answers') && {
      kept: { type, config: { ...subject.config, idempotency_keys: true } },
    }),
    cached: { type, config: { ...subject.config, cache_enabled: true, cache_ttl: 600 } },
  }
  const gateway = await openGateway({ services, root }).catch(async (error: unknown) => {
    await subject.close?.()
    throw error
  })
  for (const service of ['db', 'small', 'kept', 'cached'])
    if (service !== 'kept' || !options.lacks?.includes('answers'))
      await subject.settle?.((ask) => gateway.ask({ ...ask, service }))
  const complete = completing(options.lacks ?? [])
  let changed = false
  const context: RecordsContext = {
    type,
    gateway,
    subject,
    lacks: options.lacks ?? [],
    ask(ask) {
      if ((ask.method ?? 'GET') !== 'GET') changed = true
      return gateway.ask(complete(ask))
    },
    another: () => openGateway({ services, root }),
    async stored(table) {
      const answer = await gateway.ask({ path: `_table/${encodeURIComponent(table)}` })
      assert.equal(answer.status, 200, `'${table}' cannot be read: ${answer.text}`)
      return answer.body.resource
    },
    async fresh() {
      if (!changed) return
      await subject.reset()
      changed = false
    },
  }
  return context
}

export const closeRecords = async ({ gateway, subject }: RecordsContext): Promise<void> => {
  await gateway.close()
  await subject.close?.()
}

/** What a lack is the lack of, by the names of `claimsOf`. */
export const capabilitiesOf = (lacks: readonly Lack[]): readonly string[] =>
  lacks.flatMap((one) => [`records.${one}`, `sql.${one}`])

/** A check that finds the standard rows as they were described. */
export const recordsCheck = (
  name: string,
  run: (context: RecordsContext) => Promise<void>,
  lack: Lack | readonly Lack[] = [],
): Check<RecordsContext> => ({
  name,
  about: ['records', ...capabilitiesOf([lack].flat())],
  requires({ lacks }) {
    const missing = [lack].flat().find((one) => lacks.includes(one))
    return missing && `the source declares no ${missing}`
  },
  async run(context) {
    await context.fresh()
    await run(context)
  },
})

/** Shows a call and its answer where an assertion about it fails. */
const tell = (ask: Ask, answer: Answer): string =>
  `${ask.method ?? 'GET'} ${ask.path} ${JSON.stringify(ask.query ?? {})} ${(JSON.stringify(ask.body) ?? '').slice(0, 2_000)}\n→ ${answer.status} ${answer.text.slice(0, 600)}`

/** The tables of the standard schema that the source has. */
export const tablesOf = ({ lacks }: Pick<RecordsContext, 'lacks'>): readonly StandardTable[] =>
  STANDARD.filter(({ viewOf }) => !viewOf || !lacks.includes('views'))

/** Those of which it has the same records as any other source. */
export const alikeOn = (context: Pick<RecordsContext, 'lacks'>): readonly StandardTable[] =>
  tablesOf(context).filter(({ primaryKey }) => primaryKey.length === 1 || !context.lacks.includes('keys'))

/** Asks, expects 200, returns the body. */
export const given = async (context: Pick<RecordsContext, 'ask'>, ask: Ask): Promise<any> => {
  const answer = await context.ask(ask)
  assert.equal(answer.status, 200, tell(ask, answer))
  return answer.body
}

/** Asks, expects a list, returns its items. */
export const listed = async (context: Pick<RecordsContext, 'ask'>, ask: Ask): Promise<readonly any[]> => {
  const body = await given(context, ask)
  assert.ok(Array.isArray(body?.resource), `no list in ${JSON.stringify(body)?.slice(0, 300)}`)
  return body.resource
}

/**
 * Asks, expects a refusal in the wire contract's form, and returns the error.
 * @param statuses one, or those that are equally right
 */
export const refused = async (
  context: RecordsContext,
  ask: Ask,
  statuses: number | readonly number[],
  message?: RegExp,
): Promise<any> => {
  const answer = await context.ask(ask)
  assert.ok([statuses].flat().includes(answer.status), `not ${statuses}: ${tell(ask, answer)}`)
  const error = answer.body?.error
  assert.deepEqual(
    Object.keys(error ?? {}).toSorted(),
    ['code', 'context', 'message', 'status_code'],
    tell(ask, answer),
  )
  assert.equal(error.status_code, answer.status, tell(ask, answer))
  if (message) assert.match(error.message, message, tell(ask, answer))
  assertSilent(answer.text)
  return error
}

/** No SQL, no stack, no path: what an error must never carry. */
export const assertSilent = (text: string): void => {
  assert.doesNotMatch(
    text,
    /\b(select|insert into|update .+ set|delete from)\b.+\b(from|values|where|set)\b|node_modules|\bat .+:\d+:\d+|SQLITE_|SQLSTATE|\/tmp\//i,
    'an error that shows what is behind it',
  )
}

/** Expects the stored rows to be the seed with some changes: `undefined` removes a row, unknown ids add one. */
export const assertStored = async (
  context: RecordsContext,
  table: string,
  changes: Readonly<Record<number, Readonly<Record<string, unknown>> | undefined>> = {},
): Promise<void> => {
  const expected = new Map(seedOf(table).map((row): [number, Record<string, any>] => [row.id, row]))
  for (const [id, change] of Object.entries(changes)) {
    if (change === undefined) expected.delete(Number(id))
    else expected.set(Number(id), { ...expected.get(Number(id)), ...change })
  }
  const rows = (await context.stored(table)).toSorted((a, b) => a.id - b.id)
  assert.deepEqual(
    rows,
    [...expected.values()].toSorted((a, b) => a.id - b.id),
    `what '${table}' holds`,
  )
}

export const pick = (row: Readonly<Record<string, any>>, fields: readonly string[]): Record<string, any> =>
  Object.fromEntries(fields.map((field) => [field, row[field]]))

export const same = isDeepStrictEqual

/** The path of a table. */
export const at = (table: string, id?: string | number): string =>
  `_table/${encodeURIComponent(table)}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`
