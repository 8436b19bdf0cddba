/** Runs statements with `pg`: named, so that they stay prepared; with cells as the text that the server sent. */
import type { Socket } from 'node:net'
import { GwError, type Host } from '@gw/core'
import { cellBounds, type Question, textCells, whenIdle, wireOn } from '@gw/pgwire'
import {
  type Cells,
  inTransaction,
  once,
  onSessions,
  type PooledSession,
  preparedNames,
  rowStream,
  Soundness,
  type SqlConnection,
  type SqlExecutor,
} from '@gw/sql'
import { PostgresDialect } from 'kysely'
import type { CustomTypesConfig, PoolClient, QueryArrayConfig, QueryArrayResult } from 'pg'
import type { Config } from './config.ts'
import { isStale } from './errors.ts'
import { introspect } from './introspect.ts'
import { type Connections, connections } from './pool.ts'
import { resultColumn } from './results.ts'
import { routinesIn } from './routines.ts'

/** Prepared statements that a connection keeps. */
const STATEMENTS = 256
/** The server's text as it is: no dates, no numbers, nothing parsed. */
const RAW = { getTypeParser: () => String } as unknown as CustomTypesConfig

const { bounds, read } = cellBounds()

/** By callback: `pg`'s own promise keeps a query's rows from being collected young. */
const ask = (client: PoolClient, config: QueryArrayConfig) =>
  new Promise<QueryArrayResult>((resolve, reject) => {
    client.query(config, (error, result) => (error ? reject(error) : resolve(result)))
  })

export const open = (config: Config, host: Host): SqlConnection => {
  const pool = connections(config, host)
  const { executor, withSession } = onSessions({
    waiting: pool.waiting,
    session: async () => sessionOn(await pool.connect(), pool.cancel),
  })
  return {
    kysely: new PostgresDialect({ pool: { connect: pool.connect, end: pool.end } as never }),
    executor: {
      ...executor,
      scan: (sql, binds, options, sink) => withSession(options.signal, (own) => own.scan(sql, binds, options, sink)),
    },
    introspect: (db, signal) => introspect(db, config.schema, signal),
    routines: routinesIn(config.schema),
    close: pool.end,
  }
}

/** A command's tag ends with the number of rows, where it has one: `INSERT 0 1`, `UPDATE 3`. */
const rowsOf = (tag: string): number => Number(/\d+$/.exec(tag)?.[0] ?? 0)

type Session = PooledSession & Required<Pick<SqlExecutor, 'scan'>>

const sessionOn = (client: PoolClient, cancel: Connections['cancel']): Session => {
  const prepared = preparedOn(client)
  const soundness = new Soundness(
    () => cancel(client),
    () => cut(client),
  )

  const query = async (sql: string, binds: readonly unknown[], name?: string): Promise<QueryArrayResult> => {
    const dropping = name === undefined ? undefined : prepared.keep(name)
    if (dropping) await dropping
    return ask(client, { text: sql, values: binds as unknown[], rowMode: 'array', types: RAW, ...(name && { name }) })
  }
  /** Past `pg`'s own reading of rows, and without asking for the columns that a plan knows. */
  const onWire = async (question: Question, signal: AbortSignal): Promise<string> => {
    const dropping = question.name === undefined ? undefined : prepared.keep(question.name)
    if (dropping) await dropping
    const busy = whenIdle(client)
    if (busy) await busy
    return soundness.stoppable(() => wireOn(client).ask(question), signal)
  }
  const runOnce: SqlExecutor['run'] = async (sql, binds, { name, signal, sets }) => {
    if (sets === undefined) {
      const rows: Cells[] = []
      const row = (bytes: Buffer, start: number) => void rows.push(textCells(bytes, start))
      return { rows, affected: rowsOf(await onWire({ sql, name, binds, row }, signal)) }
    }
    const result = await soundness.stoppable(() => query(sql, binds, name), signal)
    const rows = result.rows as Cells[]
    return { rows, affected: result.rowCount ?? 0, sets: [{ columns: result.fields.map(resultColumn), rows }] }
  }
  /** The rows' bytes go to the sink from where they lie. */
  const scanOnce: Session['scan'] = async (sql, binds, { name, signal }, sink) => {
    const row = (bytes: Buffer, start: number, end: number) => sink.row(bytes, bounds, read(bytes, start, end))
    await onWire({ sql, name, binds, row }, signal)
  }
  /** In a transaction of its own, whose end also ends what was set for it. */
  async function* streamRows(...[sql, binds, { signal }]: Parameters<Session['stream']>) {
    await query('begin read only', [])
    try {
      // A reader may take its time.
      await query('set local statement_timeout = 0', [])
      const left = new AbortController()
      const wire = wireOn(client)
      yield* rowStream({
        run: (row) =>
          soundness.abandonable(
            () => wire.ask({ sql, binds, row: (bytes, start) => row(textCells(bytes, start)) }),
            AbortSignal.any([signal, left.signal]),
          ),
        pause: () => wire.pause(),
        resume: () => wire.resume(),
        stop: () => left.abort(),
      })
    } finally {
      if (soundness.sound) await soundness.tidy(() => query('rollback', []))
    }
  }
  /** A statement that no longer fits is refused before anything runs, so that nothing is done twice. */
  const renewing = async <T>(name: string | undefined, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (name === undefined || !isStale(error)) throw error
      await prepared.drop(name)
      return work()
    }
  }
  return {
    run: (sql, binds, options) => renewing(options.name, () => runOnce(sql, binds, options)),
    scan: (sql, binds, options, sink) => renewing(options.name, () => scanOnce(sql, binds, options, sink)),
    stream: streamRows,
    transaction: (work, signal) =>
      inTransaction(
        {
          begin: () => query('begin', []),
          async commit() {
            // After a failure that `work` passed over, the server answers COMMIT by rolling back.
            if ((await query('commit', [])).command !== 'COMMIT')
              throw new GwError('conflict', 'All changes were undone, because one of them failed.')
          },
          rollback: () => soundness.tidy(() => query('rollback', [])),
          // A failure ends the transaction: a stale statement can't be tried again in it.
          run: runOnce,
        },
        work,
        signal,
      ),
    release: () => client.release(!soundness.sound),
  }
}

/** At once: saying good-bye waits for a server that may wait for us. */
const cut = (client: PoolClient): void => {
  ;(client as unknown as { connection: { stream: Socket } }).connection.stream.destroy()
}

const preparedOn = once((client: PoolClient) =>
  preparedNames(STATEMENTS, async (name) => {
    // `pg` has no way to forget a statement: it would go on naming one that is gone.
    const { connection } = client as unknown as { connection: { parsedStatements: Record<string, string> } }
    const wasParsed = Object.hasOwn(connection.parsedStatements, name)
    delete connection.parsedStatements[name]
    if (wasParsed) await client.query(`deallocate "${name}"`).catch(() => undefined)
  }),
)
