/** Two ways of running a statement on a connection: past `pg`'s own reading of rows, and by `pg` alone. */
import { type Answer, cellBounds, type Question, rowsOf, textCells, whenIdle, wireOn } from '@gw/pgwire'
import {
  type Cells,
  type PreparedNames,
  preparedNames,
  type RowSink,
  type SharedStatement,
  type SqlResult,
  type Timed,
} from '@gw/sql'
import pg, { type CustomTypesConfig, type QueryArrayConfig, type QueryArrayResult } from 'pg'
import type { Config } from './config.ts'

type Statement = Omit<SharedStatement, 'signal'> & Partial<Pick<SharedStatement, 'signal'>>

export interface Statements {
  readonly client: pg.Client
  readonly prepared: PreparedNames
  run(statement: Statement): Promise<SqlResult & Timed>
  /** Gives rows to a sink as they came; absent where rows come as texts only. */
  scan?(statement: Statement, sink: RowSink): Promise<Timed>
  /** Rows as they come, however many; not on a shared connection. */
  each(statement: Statement, row: (cells: Cells) => void): Promise<unknown>
  pause(): void
  resume(): void
  /** By `pg`, with what it knows of a result's columns. */
  described(statement: Statement): Promise<QueryArrayResult>
}

/** Prepared statements that a connection keeps. */
const STATEMENTS = 256
/** The server's text as it is: no dates, no numbers, nothing parsed. */
const RAW = { getTypeParser: () => String } as unknown as CustomTypesConfig

const { bounds, read } = cellBounds()

export const statementsOn = (client: pg.Client, { driver }: Config): Statements =>
  driver === 'pg' ? byPg(client) : onWire(client)

const query = ({ sql, binds, name }: Statement): QueryArrayConfig => ({
  text: sql,
  values: binds as unknown[],
  rowMode: 'array',
  types: RAW,
  ...(name && { name }),
})
/** By callback: `pg`'s own promise keeps a query's rows from being collected young. */
const described = (client: pg.Client, statement: Statement): Promise<QueryArrayResult> =>
  new Promise((resolve, reject) => {
    client.query(query(statement), (error, result) => (error ? reject(error) : resolve(result)))
  })

const onWire = (client: pg.Client): Statements => {
  const wire = wireOn(client)
  const prepared = preparedNames(STATEMENTS, (name) => void wire.forget(name))
  const ask = ({ sql, binds, name, signal }: Statement, row: Question['row']): Promise<Answer> => {
    if (name !== undefined) prepared.keep(name)
    const idle = whenIdle(client)
    const question = { sql, binds, name, row, signal }
    return idle ? idle.then(() => wire.ask(question)) : wire.ask(question)
  }
  return {
    client,
    prepared,
    async run(statement) {
      const rows: Cells[] = []
      const { tag, took } = await ask(statement, (bytes, start, end) => void rows.push(textCells(bytes, start, end)))
      return { rows, affected: rowsOf(tag), took }
    },
    scan: (statement, sink) => ask(statement, (bytes, start, end) => sink.row(bytes, bounds, read(bytes, start, end))),
    each: (statement, row) => ask(statement, (bytes, start, end) => row(textCells(bytes, start, end))),
    pause: () => wire.pause(),
    resume: () => wire.resume(),
    described: (statement) => described(client, statement),
  }
}

const byPg = (client: pg.Client): Statements => {
  const { connection } = client as unknown as {
    connection: { parsedStatements: Record<string, string>; stream: { pause(): void; resume(): void } }
  }
  const prepared = preparedNames(STATEMENTS, async (name) => {
    // `pg` has no way to forget a statement: it would go on naming one that is gone.
    const wasParsed = Object.hasOwn(connection.parsedStatements, name)
    delete connection.parsedStatements[name]
    if (wasParsed) await client.query(`deallocate "${name}"`).catch(() => undefined)
  })
  return {
    client,
    prepared,
    async run(statement) {
      if (statement.name !== undefined) await prepared.keep(statement.name)
      const { rows, rowCount } = await described(client, statement)
      return { rows, affected: rowCount ?? 0, took: 0 }
    },
    each: (statement, row) =>
      new Promise((resolve, reject) => {
        client
          .query(new pg.Query(query(statement)))
          .on('row', row)
          .on('error', reject)
          .on('end', resolve)
      }),
    pause: () => connection.stream.pause(),
    resume: () => connection.stream.resume(),
    described: (statement) => described(client, statement),
  }
}
