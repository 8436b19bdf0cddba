/** A connection to a database file, and what it has prepared. */
import { existsSync } from 'node:fs'
import { type Cells, databaseSize, judged, type Pace, type PlanStep, type SqlResult } from '@gw/sql'
import Database from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import type { Config } from './config.ts'

export const MEMORY = ':memory:'
const STATEMENTS = 256

/** What a connection has to know of its service. */
export type ConnectionConfig = Pick<Config, 'readonly' | 'create' | 'options' | 'statements'>

export interface Handle {
  readonly database: Database.Database
  readonly wal: boolean
  /** A statement, kept where it has a name. */
  prepare(sql: string, name: string | undefined): Prepared
}

export interface Prepared {
  run(binds: readonly unknown[], writes: boolean): SqlResult
  /** Whether a read would hold up whoever waits for it. */
  isLong(binds: readonly unknown[]): boolean
  /** Told of each run that may be long, also of those elsewhere. */
  readonly pace: Pace
}

/**
 * @param timeout Milliseconds to wait for a lock, during which the whole process stands still.
 * @throws SqliteError or, where there is no file, an error with the code `SQLITE_CANTOPEN`
 */
export const connect = (
  path: string,
  { readonly, create, options, statements }: ConnectionConfig,
  timeout = 0,
): Handle => {
  if (path !== MEMORY && !create && !existsSync(path))
    throw Object.assign(new Error('There is no such file, and "create" is not set.'), { code: 'SQLITE_CANTOPEN' })
  const database = new Database(path, { readonly, timeout })
  try {
    if (!readonly && path !== MEMORY) database.pragma('journal_mode = wal')
    database.pragma('foreign_keys = on')
    for (const [name, value] of Object.entries(options)) database.pragma(`${name} = ${value}`)
    for (const statement of statements) database.exec(statement)
    return { database, wal: database.pragma('journal_mode', { simple: true }) === 'wal', prepare: preparer(database) }
  } catch (error) {
    database.close()
    throw error
  }
}

const preparer = (database: Database.Database): Handle['prepare'] => {
  const kept = new LRUCache<string, Prepared>({ max: STATEMENTS })
  const size = databaseSize((name) => Number(database.pragma(name, { simple: true })))
  return (sql, name) => {
    let found = kept.get(sql)
    if (!found) {
      found = prepare(database, sql, size)
      if (name !== undefined) kept.set(sql, found)
    }
    return found
  }
}

const prepare = (database: Database.Database, sql: string, size: () => number): Prepared => {
  const plain = database.prepare(sql)
  const isReader = plain.reader
  const statement = isReader ? plain.raw() : plain
  /** Whether integers come as bigints: set for good once a result held one that a number can't. */
  let exact = false
  let exactNow = false
  // Explained only with as many values as it has parameters.
  const judgement = judged(sql, size, (binds) =>
    database.prepare<unknown[], PlanStep>(`explain query plan ${sql}`).all(...binds.map(bindable)),
  )
  const rowsOf = (values: readonly unknown[], bigints: boolean): Cells[] => {
    if (bigints !== exactNow) {
      statement.safeIntegers(bigints)
      exactNow = bigints
    }
    return statement.all(values) as Cells[]
  }
  return {
    pace: judgement.pace,
    isLong: judgement.isLong,
    run(binds, writes) {
      const started = judgement.scans ? performance.now() : 0
      const values = binds.map(bindable)
      if (!isReader) return { rows: [], affected: statement.run(values).changes }
      // Bigints cost time, so a read is tried without; what changes something can be run once only.
      let rows = rowsOf(values, writes || exact)
      if (!writes && !exact && rows.some(isRounded)) {
        exact = true
        rows = rowsOf(values, true)
      }
      if (judgement.scans) judgement.pace.ran(performance.now() - started)
      return { rows, affected: rows.length }
    },
  }
}

/** SQLite knows no booleans, and better-sqlite3 binds every number as a real: `5` would be stored as `5.0` in a text. */
const bindable = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'boolean') return value ? 1n : 0n
  return value === undefined ? null : value
}

/** An integer beyond 2⁵³ arrives as a number at least that large (and so does a large real, at no harm). */
const isRounded = (row: Cells): boolean =>
  row.some((cell) => typeof cell === 'number' && (cell > Number.MAX_SAFE_INTEGER || cell < Number.MIN_SAFE_INTEGER))

/** Rows of one batch. */
const BATCH = 256

/** A statement that is read piece by piece. Its connection runs nothing else meanwhile. */
export interface OpenRows {
  /** Up to 256 rows more; fewer at the end only. */
  next(): { readonly rows: readonly Cells[]; readonly more: boolean }
  /** Before the connection is closed or used again. */
  end(): void
}

export const openRows = ({ database }: Handle, sql: string, binds: readonly unknown[]): OpenRows => {
  const statement = database.prepare(sql).raw().safeIntegers(true)
  const open = statement.iterate(binds.map(bindable)) as IterableIterator<Cells>
  let more = true
  // Kept where a lock ends a batch early: what has been read is not read again.
  let batch: Cells[] = []
  return {
    next() {
      while (more && batch.length < BATCH) {
        const next = open.next()
        if (next.done) more = false
        else batch.push(next.value)
      }
      const rows = batch
      batch = []
      return { rows, more }
    },
    end: () => void open.return?.(),
  }
}
