/** A source over a database of its own, and plans written short. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Field, type SqlSource, sqlSource, type Table } from '@gw/sql'
import { type RecordedHost, recordedHost } from '@gw/testkit'
import { type PromisedSource, promised } from '@gw/testkit/records'
import Database from 'better-sqlite3'
import { dialect } from '../src/index.ts'

export const signal: AbortSignal = new AbortController().signal

export interface Opened extends Omit<SqlSource, 'source'> {
  readonly source: PromisedSource
  readonly host: RecordedHost
  readonly path: string
  table(name: string): Table
  [Symbol.asyncDispose](): Promise<void>
}

/** @param script SQL that makes the database; none leaves the file out. */
export const opened = async (script: string | undefined, config: object = {}): Promise<Opened> => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-sqlite-'))
  const path = join(folder, 'test.db')
  if (script !== undefined) new Database(path).exec(script).close()
  const host = recordedHost({ root: folder })
  const own = sqlSource(dialect, dialect.config.parse({ database: 'test.db', ...config }), host)
  const dispose = async () => {
    own.catalog.stop()
    await own.close()
    rmSync(folder, { recursive: true })
  }
  try {
    await own.catalog.refresh(signal)
  } catch (error) {
    await dispose()
    throw error
  }
  const table = (name: string) => own.source.catalog().byName.get(name)!
  return { ...own, source: promised(own.source), host, path, table, [Symbol.asyncDispose]: dispose }
}

export const field = (table: Table, name: string): Field => table.fields.find((item) => item.name === name)!
/** Everything, in storage order; slot 0 is the limit. */
export const readPlan = (table: Table, fields = table.fields) =>
  ({ kind: 'read', table, fields, order: [], limit: 0 }) as const
export const insertPlan = (table: Table, columns: readonly string[], returning: readonly string[] = []) =>
  ({
    kind: 'insert',
    table,
    columns: columns.map((name) => field(table, name)),
    returning: returning.map((name) => field(table, name)),
  }) as const
