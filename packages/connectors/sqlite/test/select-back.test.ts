/** The writer for databases that return nothing from their writes, held to the whole suite over a real database. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineSqlServiceType, type SqlDialect, type SqlExecutor } from '@gw/sql'
import { type RecordsSubject, recordsConformance, standardDdl, standardRows } from '@gw/testkit/records'
import Database from 'better-sqlite3'
import { afterAll } from 'vitest'
import { dialect } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'gw-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a driver like mysql2 reports: the first of a statement's generated values. */
const reporting = (own: SqlExecutor): SqlExecutor => ({
  async run(sql, binds, options) {
    if (/\breturning\b/i.test(sql)) throw new Error('This database has no RETURNING.')
    const result = await own.run(sql, binds, options)
    if (!/^insert/i.test(sql)) return result
    const last = await own.run('select last_insert_rowid()', [], { ...options, name: undefined, writes: false })
    return { ...result, insertId: Number(last.rows[0]![0]) - result.affected + 1 }
  },
})

const silent: SqlDialect<typeof dialect.config> = {
  ...dialect,
  capabilities: { ...dialect.capabilities, returning: 'none', savepoints: false },
  open(config, host) {
    const connection = dialect.open(config, host)
    const { executor } = connection
    return {
      ...connection,
      executor: {
        run: (sql, binds, options) =>
          options.writes
            ? executor.transaction(async (own) => reporting(own).run(sql, binds, options), options.signal)
            : executor.run(sql, binds, options),
        transaction: (work, signal) => executor.transaction((own) => work(reporting(own)), signal),
      },
    }
  },
}

let count = 0
const prepare = async (): Promise<RecordsSubject> => {
  const file = join(folder, `standard-${++count}.db`)
  const database = new Database(file)
  database.pragma('foreign_keys = on')
  for (const statement of [...standardDdl('sqlite'), ...standardRows('sqlite')]) database.exec(statement)
  const reset = database.transaction(() => {
    for (const statement of standardRows('sqlite')) database.exec(statement)
  })
  return { config: { database: file }, reset: async () => reset(), close: async () => void database.close() }
}

recordsConformance({ type: defineSqlServiceType(silent), prepare, lacks: ['dateTypes', 'streaming'] })
