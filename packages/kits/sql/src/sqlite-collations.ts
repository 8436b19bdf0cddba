/** How SQLite compares the texts of columns. */
import type { Cells } from './dialect.ts'
import { unpackRows } from './packed-columns.ts'

type Run = (sql: string, binds: readonly unknown[]) => readonly Cells[]

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * SQLite does not tell a column's collation, but compares by it, also what is selected beside none of its rows.
 * @returns null for those that are compared byte by byte
 */
const collationsOf = (run: Run, table: string, names: readonly string[]): readonly (string | null)[] => {
  const tests = names.flatMap((_, at) => [`k${at} = 'A'`, `k${at} = 'a '`])
  const none = `select ${names.map((name, at) => `${quoted(name)} as k${at}`).join()} from ${quoted(table)} where 0`
  const [row = []] = run(`select ${tests.join()} from (${none} union all select ${names.map(() => `'a'`).join()})`, [])
  return names.map((_, at) => {
    if (row[at * 2] === 1) return 'nocase'
    return row[at * 2 + 1] === 1 ? 'rtrim' : null
  })
}

/**
 * What adds its collation to each column of a table: `nocase`, `rtrim` or null, where the database has any of them.
 * @returns of packed columns (`packRows`) that begin with their names
 */
export const sqliteCollations = (run: Run): ((table: string, columns: string | undefined) => string | undefined) => {
  const [[any] = []] = run(`select exists (select 1 from sqlite_schema where sql like '%collate%')`, [])
  return (table, columns) => {
    if (any !== 1 || columns === undefined) return columns
    const rows = unpackRows(columns)
    const collations = collationsOf(
      run,
      table,
      rows.map(([name]) => name as string),
    )
    return JSON.stringify(rows.map((cells, at) => [...cells, collations[at]]))
  }
}
