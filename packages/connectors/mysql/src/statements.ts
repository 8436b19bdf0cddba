/** Statements on a connection: past `mysql2`'s own reading of rows, but for those of routines, which nothing describes. */
import { type Answer, type Rows, valuesOf, type Wire, wireOn } from '@gw/mysqlwire'
import {
  type CellForm,
  type Cells,
  mysqlRowSets,
  type PreparedNames,
  preparedNames,
  type RowSink,
  type SharedStatement,
  type SqlResult,
  type Timed,
} from '@gw/sql'
import type { Connection } from 'mysql2'
import { exactInteger } from './types.ts'

type Statement = Omit<SharedStatement, 'signal'> & Partial<Pick<SharedStatement, 'signal'>>

export interface Statements {
  readonly wire: Wire
  readonly prepared: PreparedNames
  run(statement: Statement): Promise<SqlResult & Timed>
  /** Gives rows to a sink as they came. */
  scan(statement: Statement, sink: RowSink): Promise<Timed>
  /** Rows as they come, however many; not on a shared connection. */
  each(statement: Statement, row: (cells: Cells) => void): Promise<unknown>
  /** By `mysql2`, with what it knows of columns: no more rows of each set than wanted. */
  sets(statement: Statement, limit: number): Promise<SqlResult>
}

/** Prepared statements that a connection keeps. */
const STATEMENTS = 256

/** @param insertStep see `SqlResult` */
export const statementsOn = (connection: Connection, insertStep: number): Statements => {
  const wire = wireOn(connection)
  const prepared = preparedNames(STATEMENTS, (name) => void wire.forget(name))
  const ask = ({ sql, binds, name, signal }: Statement, rows: Rows): Promise<Answer> => {
    if (name !== undefined) prepared.keep(name)
    return wire.ask({ sql, name, binds: binds as never[], rows, signal })
  }
  return {
    wire,
    prepared,
    async run(statement) {
      const rows: Cells[] = []
      const { affected, insertId, took } = await ask(statement, cellsTo(rows.push.bind(rows)))
      if (rows.length > 0) return { rows, affected: rows.length, took }
      return { rows, affected, insertId: insertId === 0 ? undefined : insertId, insertStep, took }
    },
    scan: (statement, sink) => ask(statement, sink),
    each: (statement, row) => ask(statement, cellsTo(row)),
    async sets({ sql, binds }, limit) {
      const values = binds.map((value) => (typeof value === 'number' ? exactInteger(value) : (value ?? null)))
      return { rows: [], affected: 0, sets: await mysqlRowSets(connection, sql, values, limit) }
    },
  }
}

const cellsTo = (take: (cells: Cells) => void): Rows => {
  let columns: readonly CellForm[] = []
  return {
    begin(told) {
      columns = told
    },
    row: (bytes, bounds) => take(valuesOf(bytes, bounds, columns as never)),
  }
}
