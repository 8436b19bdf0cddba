import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { makeRows, type Row } from './rows.ts'

/**
 * Makes the sample shop where there is none yet. Written beside its place and moved there when complete, so that
 * nobody ever opens half a shop.
 * @param file Path of the database; its folder is made too.
 * @returns whether it was made now
 */
export const ensureShop = (file: string): boolean => {
  if (existsSync(file)) return false
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}.tmp`
  rmSync(draft, { force: true })
  const database = new Database(draft)
  try {
    database.exec(readFileSync(join(import.meta.dirname, 'schema.sql'), 'utf8'))
    database.transaction(() => {
      for (const [table, rows] of Object.entries(makeRows())) insert(database, table, rows)
    })()
  } finally {
    database.close()
  }
  renameSync(draft, file)
  return true
}

const insert = (database: Database.Database, table: string, rows: readonly Row[]): void => {
  const columns = Object.keys(rows[0] ?? {})
  const statement = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`,
  )
  for (const row of rows) statement.run(row)
}
