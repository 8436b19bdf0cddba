/** A SQL database as a source of records. */
import { GwError, type Host, type Output, type Ready, type Schema } from '@gw/core'
import {
  type Asker,
  type Catalog,
  type CatalogCache,
  catalogCache,
  type FailureContext,
  type Field,
  failuresOf,
  guard,
  NOBODY,
  type RecordsSource,
  type RunOptions,
  type Transaction,
  tracedSource,
} from '@gw/records'
import { Kysely } from 'kysely'
import { answerTable, withoutAnswers } from './answers.ts'
import { isUnchanged } from './assemble.ts'
import { comparableKeys } from './compile/field.ts'
import { schemaWriter } from './ddl/writer.ts'
import type { SqlCapabilities, SqlConfig, SqlConnection, SqlDialect, SqlResult, SqlRunOptions } from './dialect.ts'
import { places } from './driver/queue.ts'
import { collationKeys } from './execute/collation.ts'
import { reader } from './execute/read.ts'
import { type BoundStatement, once, type Runtime } from './execute/runtime.ts'
import { selectBackWriter } from './execute/select-back.ts'
import { sessions } from './execute/session.ts'
import { returningWriter, type Writer } from './execute/write.ts'
import { routineCache } from './routines/catalog.ts'
import { routineSource } from './routines/source.ts'
import { jsonTextCodec } from './wire.ts'

/** One way to write for each way of getting changed rows back; a database with another one can not be declared yet. */
export const WRITERS: Readonly<Partial<Record<SqlCapabilities['returning'], (runtime: Runtime) => Writer>>> = {
  returning: returningWriter,
  none: selectBackWriter,
}

/** How long reading the routines may take, in milliseconds. */
const LOOK_TIMEOUT = 60_000

export interface SqlSource {
  readonly source: RecordsSource
  readonly catalog: CatalogCache
  /** The database as kysely knows it: for compiling statements of the program's own. */
  readonly db: Kysely<any>
  /** Runs a statement of the program's own, never one made of what a client sent; failures are told as those of plans. */
  run(sql: string, binds: readonly unknown[], options: RunOptions & { readonly writes: boolean }): Promise<SqlResult>
  /** `select 1`. */
  ping(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

const runningOf = ({ name, short }: BoundStatement, { signal }: RunOptions, writes: boolean): SqlRunOptions => ({
  name,
  signal,
  writes,
  short,
})

/** A stream keeps its connection as long as its reader likes: one is left for the others, where there are two. */
const streamLimit = ({ stream_limit }: SqlConfig, { sessions = Number.POSITIVE_INFINITY }: SqlConnection): number =>
  Math.max(1, Math.min(stream_limit, sessions - 1))

/** A field with the type that is read of it. */
const shownAs = (field: Field): Field => (field.functions?.result ? { ...field, ...field.functions.result } : field)

/**
 * Opens nothing: connections are made on first use.
 * @param named the catalogue by the names that callers use, for failures to be told by; absent: the database's own
 */
export const sqlSource = <S extends Schema<any, SqlConfig>>(
  dialect: SqlDialect<S>,
  config: Output<S>,
  host: Host,
  named?: () => Catalog,
): SqlSource => {
  const connection = dialect.open(config, host)
  const db = new Kysely<any>({ dialect: connection.kysely })
  const streams = places(streamLimit(config as SqlConfig, connection))
  const { executor, transaction, savepoint } = sessions(connection)

  const failures: FailureContext = {
    classify: dialect.classify,
    ...failuresOf(() => catalog, named),
  }
  const guarded = async <T>(work: () => Ready<T>, signal: AbortSignal, asker?: Asker): Promise<T> =>
    guard(work, signal, failures, asker)
  const transact = <T>(work: (transaction: Transaction) => Promise<T>, signal: AbortSignal): Promise<T> =>
    // What the work itself fails with is in words already; a rule that is checked at its end can be about any table.
    guarded(() => transaction(work, signal), signal, NOBODY)

  const routineCatalog = routineCache(
    () => guarded(() => connection.routines!.read(db), AbortSignal.timeout(LOOK_TIMEOUT)),
    () => host.emit('catalog.changed', {}),
  )
  /** Failures are put into words batch by batch. */
  async function* guardedRows(sql: string, binds: readonly unknown[], signal: AbortSignal) {
    const giveBack = streams.take()
    const iterator = connection.executor.stream!(sql, binds, { signal, writes: false })[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await guarded(() => iterator.next(), signal)
        if (next.done) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
      giveBack()
    }
  }

  const catalog = catalogCache({
    async read(signal) {
      const found = await guarded(() => connection.introspect(db, signal), signal)
      routineCatalog.outdate()
      return withoutAnswers(found)
    },
    isUnchanged,
    onChange: () => host.emit('catalog.changed', {}),
    log: host.log,
    interval: (config as SqlConfig).schema_refresh,
  })
  const runtime: Runtime = {
    db,
    dialect: {
      capabilities: dialect.capabilities,
      syntax: dialect.syntax,
      codec: (field) => {
        const shown = shownAs(field)
        const codec = dialect.codec(shown)
        return shown.type === 'json' && (config as SqlConfig).json_as_text ? jsonTextCodec(codec) : codec
      },
      binder: (field) => dialect.binder?.(field),
    },
    run: (statement, options, writes) =>
      guard(
        () => executor(options).run(statement.sql, statement.binds, runningOf(statement, options, writes)),
        options.signal,
        failures,
        options.asker,
      ),
    ...(connection.executor.scan && {
      scan(statement, options, open) {
        const on = executor(options)
        if (!on.scan) return undefined
        const sink = open()
        const running = runningOf(statement, options, false)
        return guarded(() => on.scan!(statement.sql, statement.binds, running, sink), options.signal).then(() => sink)
      },
    }),
    returnsInserts: ({ signal }) => guard(() => connection.returnsInserts?.(signal) ?? false, signal, failures),
    load: async (records, options) => {
      const on = executor(options)
      return on.load
        ? guarded(() => on.load!(records, { signal: options.signal }), options.signal, options.asker)
        : false
    },
    stream: connection.executor.stream && ((sql, binds, { signal }) => guardedRows(sql, binds, signal)),
    transaction: (work, options: RunOptions) =>
      options.transaction ? work(options) : transact((open) => work({ ...options, transaction: open }), options.signal),
    once,
  }
  const { procedures, functions } = dialect.capabilities
  if ((procedures || functions) && !connection.routines)
    throw new GwError(
      'not_supported',
      `The type '${dialect.name}' declares routines and does not say how to call them.`,
    )
  const makeWriter = WRITERS[dialect.capabilities.returning]
  if (!makeWriter)
    throw new GwError('not_supported', `@gw/sql can not write with returning: "${dialect.capabilities.returning}" yet.`)

  const source: RecordsSource = {
    capabilities: {
      transactions: dialect.capabilities.transactions,
      locking: dialect.capabilities.transactions,
      insensitiveLike: dialect.capabilities.insensitiveLike,
      grouping: true,
      partition: true,
      through: dialect.syntax.embed?.comparable ?? comparableKeys,
      functions: dialect.syntax.functions,
      ...(dialect.syntax.embed && { embedding: dialect.syntax.embed.comparable }),
    },
    catalog: catalog.current,
    refresh: catalog.refresh,
    ...reader(runtime),
    ...collationKeys(runtime),
    ...makeWriter(runtime),
    ...(connection.routines && (procedures || functions)
      ? {
          routines: routineSource({
            ...runtime,
            routines: connection.routines,
            cache: routineCatalog,
            executor,
            guarded,
            classify: dialect.classify,
          }),
        }
      : {}),
    ...(dialect.ddl
      ? {
          schema: schemaWriter({
            runtime,
            catalog,
            ddl: dialect.ddl,
            label: dialect.label,
            classify: dialect.classify,
            schema: (config as { schema?: unknown }).schema,
          }),
        }
      : {}),
    ...(dialect.capabilities.transactions ? { transaction: transact } : {}),
    ...(dialect.capabilities.transactions && dialect.ddl && (config as SqlConfig).idempotency_keys
      ? { answers: answerTable({ runtime, ddl: dialect.ddl, label: dialect.label, log: host.log }) }
      : {}),
    ...(dialect.capabilities.savepoints && {
      savepoint: <T>(open: Transaction, work: () => Promise<T>, signal: AbortSignal) =>
        guarded(() => savepoint(open, work), signal),
    }),
  }

  return {
    source: host.span ? tracedSource(source, host.span, dialect.name) : source,
    catalog,
    db,
    run: async (sql, binds, { writes, ...options }) => runtime.run({ sql, binds }, options, writes),
    async ping(signal) {
      await runtime.run({ sql: 'select 1', binds: [] }, { signal }, false)
    },
    close: () => connection.close(),
  }
}
