/** Answers to writes that may be sent again, in a table beside what was written. Nobody reaches it through the API. */
import { GwError, type Logger } from '@gw/core'
import type { AnswerStore, Introspected, KeptAnswer, RunOptions } from '@gw/records'
import { type Compilable, sql } from 'kysely'
import type { SqlDdl } from './ddl/dialect.ts'
import { nativeType } from './ddl/types.ts'
import type { SqlResult } from './dialect.ts'
import type { Runtime } from './execute/runtime.ts'

const TABLE = 'gw_idempotency_keys'
/** How long an answer is kept, in milliseconds. */
const KEPT = 24 * 3600 * 1000
/** How often expired ones are removed, in milliseconds, by each gateway. */
const CLEANED = 10 * 60 * 1000
const CLEANING_TIMEOUT = 60_000
/** How long making the table may take, in milliseconds: it is made for all, whoever leaves meanwhile. */
const MAKING_TIMEOUT = 30_000
/** A SHA-256 in base64url. */
const HASH_LENGTH = 43

/** Whether a table of this name is the gateway's own. */
export const isOwnTable = (native: string): boolean => native.toLowerCase() === TABLE

/** A catalogue in which the table can not be found, whoever looks for it. */
export const withoutAnswers = ({ tables, constraints }: Introspected): Introspected => ({
  tables: tables.filter(({ native }) => !isOwnTable(native)),
  constraints: constraints.filter(({ table }) => !isOwnTable(table)),
})

export interface AnswerTableOptions {
  readonly runtime: Pick<Runtime, 'db' | 'run'>
  readonly ddl: SqlDdl
  readonly label: string
  readonly log: Logger
}

const column = (name: string, type: 'string' | 'longtext' | 'bigint', { ddl, label }: AnswerTableOptions) =>
  sql.raw<any>(
    nativeType({ name, type, length: type === 'string' ? HASH_LENGTH : undefined, fixedLength: false }, ddl, label),
  )

const isConflict = (error: unknown): boolean => GwError.is(error) && error.code === 'conflict'

/** Keeps answers in the database that a source writes to. */
export const answerTable = (options: AnswerTableOptions): AnswerStore => {
  const { runtime, log } = options
  const { db } = runtime
  let ready: Promise<void> | undefined
  let cleaned = 0

  const run = async (statement: Compilable, own: RunOptions, writes = true): Promise<SqlResult> => {
    const { sql, parameters } = statement.compile()
    return runtime.run({ sql, binds: parameters }, own, writes)
  }
  const make = async (): Promise<void> => {
    const signal = AbortSignal.timeout(MAKING_TIMEOUT)
    try {
      await run(db.selectFrom(TABLE).select('id').where('id', '=', ''), { signal }, false)
      return
    } catch (error) {
      // A table that is not there counts as one that has changed.
      if (!isConflict(error)) throw error
    }
    const made = db.schema
      .createTable(TABLE)
      .ifNotExists()
      .addColumn('id', column('id', 'string', options), (id) => id.primaryKey())
      .addColumn('request', column('request', 'string', options), (request) => request.notNull())
      .addColumn('rights', column('rights', 'string', options), (rights) => rights.notNull())
      .addColumn('answer', column('answer', 'longtext', options))
      .addColumn('kept_at', column('kept_at', 'bigint', options), (at) => at.notNull())
    try {
      await run(made, { signal })
      await run(db.schema.createIndex(`${TABLE}_kept_at`).on(TABLE).column('kept_at'), { signal })
    } catch (error) {
      log.error(`The table ${TABLE} can not be made: grant the right to make it, or turn idempotency_keys off.`, {
        error,
      })
      throw new GwError('unavailable', 'Idempotency-Key can not be used now: the service can not keep answers.', {
        cause: error,
      })
    }
  }
  const opened = (): Promise<void> => {
    ready ??= make().catch((error: unknown) => {
      ready = undefined
      throw error
    })
    return ready
  }
  const clean = (): void => {
    if (Date.now() - cleaned < CLEANED) return
    cleaned = Date.now()
    const expired = db.deleteFrom(TABLE).where('kept_at', '<', Date.now() - KEPT)
    run(expired, { signal: AbortSignal.timeout(CLEANING_TIMEOUT) }).catch((error: unknown) =>
      log.warn('Expired answers could not be removed; they will be, later.', { error }),
    )
  }

  return {
    async find(key, signal) {
      await opened()
      signal.throwIfAborted()
      const found = db.selectFrom(TABLE).select(['request', 'rights', 'answer', 'kept_at']).where('id', '=', key)
      const { rows } = await run(found, { signal }, false).catch((error: unknown) => {
        // Somebody may have dropped it: the next call looks again.
        if (isConflict(error)) ready = undefined
        throw error
      })
      const [row] = rows
      if (!row) return undefined
      const [request, rights, answer, at] = row
      if (Number(at) >= Date.now() - KEPT) return { request, rights, answer } as unknown as KeptAnswer
      await run(db.deleteFrom(TABLE).where('id', '=', key).where('kept_at', '=', Number(at)), { signal })
      return undefined
    },
    async take(key, transaction, signal) {
      const values = { id: key, request: '', rights: '', answer: null, kept_at: Date.now() }
      try {
        await run(db.insertInto(TABLE).values(values), { signal, transaction })
        return true
      } catch (error) {
        if (isConflict(error)) return false
        throw error
      }
    },
    async keep(key, { request, rights, answer }, transaction, signal) {
      const kept = db.updateTable(TABLE).set({ request, rights, answer }).where('id', '=', key)
      await run(kept, { signal, transaction })
      clean()
    },
  }
}
