/** A connection to a database file, and what it has prepared. */
import { existsSync } from 'node:fs'
import type { Cells, SqlResult } from '@gw/sql'
import Database from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import type { Config } from './config.ts'
import { type Weight, weigh } from './weight.ts'

export const MEMORY = ':memory:'
const STATEMENTS = 256

/** What a connection has to know of its service. */
export type ConnectionConfig = Pick<Config, 'readonly' | 'create' | 'options' | 'statements'>

export interface Handle {
  readonly database: Database.Database
  readonly wal: boolean
  run(sql: string, binds: readonly unknown[], name: string | undefined, writes: boolean): SqlResult
  /** Whether a read would hold up whoever waits for it. */
  isLong(sql: string, binds: readonly unknown[], name: string | undefined): boolean
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
    return { database, wal: database.pragma('journal_mode', { simple: true }) === 'wal', ...runner(database) }
  } catch (error) {
    database.close()
    throw error
  }
}

interface Prepared {
  readonly statement: Database.Statement
  /** Integers as bigints: set once a result held one that a number can't. */
  exact: boolean
  weight: Weight | undefined
}

const runner = (database: Database.Database): Pick<Handle, 'run' | 'isLong'> => {
  const prepared = new LRUCache<string, Prepared>({ max: STATEMENTS })
  const size = sizeOf(database)
  const prepare = (sql: string, name: string | undefined): Prepared => {
    let found = prepared.get(sql)
    if (!found) {
      const statement = database.prepare(sql)
      found = { statement: statement.reader ? statement.raw() : statement, exact: false, weight: undefined }
      if (name !== undefined) prepared.set(sql, found)
    }
    return found
  }
  return {
    run(sql, binds, name, writes) {
      const found = prepare(sql, name)
      const { statement } = found
      const values = binds.map(bindable)
      if (!statement.reader) return { rows: [], affected: statement.run(values).changes }
      // Bigints cost time, so a read is tried without; what changes something can be run once only.
      let rows = statement.safeIntegers(writes || found.exact).all(values) as Cells[]
      if (!writes && !found.exact && rows.some(isRounded)) {
        found.exact = true
        rows = statement.safeIntegers(true).all(values) as Cells[]
      }
      return { rows, affected: rows.length }
    },
    isLong(sql, binds, name) {
      const found = prepare(sql, name)
      found.weight ??= weigh(database, sql, binds.map(bindable))
      return found.weight !== 'light' && size() >= LONG_FROM[found.weight]
    },
  }
}

/** Bytes of a database from which a statement counts as long: a few milliseconds of reading. */
const LONG_FROM: Readonly<Record<Exclude<Weight, 'light'>, number>> = { scan: 4 << 20, product: 1 << 18, endless: 0 }
/** Milliseconds for which a database's size is taken to be what it was. */
const SIZE_AGE = 1_000

const sizeOf = (database: Database.Database): (() => number) => {
  let [bytes, asked] = [0, Number.NEGATIVE_INFINITY]
  const pragma = (name: string) => Number(database.pragma(name, { simple: true }))
  return () => {
    const now = performance.now()
    if (now - asked > SIZE_AGE) [bytes, asked] = [pragma('page_count') * pragma('page_size'), now]
    return bytes
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
