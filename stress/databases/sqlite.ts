import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { COLUMNS, type OpenDatabase, piped, recordOf } from './database.ts'

/** What `/proc/{pid}/stat` says behind the program's name: state, parent, …; nothing of one that is gone. */
const statOf = (pid: string): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  } catch {
    return []
  }
}
const runningChildren = (gateway: number): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(name)[1] === String(gateway))
    .filter((pid) => statOf(pid)[0] === 'R').length

const openFiles = (gateway: number, file: string): number =>
  readdirSync(`/proc/${gateway}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${gateway}/fd/${fd}`) === file
    } catch {
      return false
    }
  }).length

/** A step that reads the whole table; in a transaction a statement can not be stopped, but what follows can. */
const SCAN = { method: 'GET', path: '_table/items', query: { count_only: true, filter: "note like '%zz%'" } }

export const openSqlite: OpenDatabase<void> = async (_, scale) => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-stress-'))
  const file = join(folder, 'items.db')
  const admin = new Database(file, { timeout: 0 })
  admin.pragma('journal_mode = wal')
  admin.exec(`
    create table items (id integer primary key, ${COLUMNS});
    create table imported (id integer primary key, ${COLUMNS});
    with recursive n (n) as (select 1 union all select n + 1 from n where n < ${scale.rows})
    insert into items select ${recordOf('n', piped, scale)} from n;
    create index items_by_name on items (name, id);`)
  const isWriting = (): boolean => {
    try {
      admin.exec('begin immediate; rollback')
      return false
    } catch {
      return true
    }
  }
  return {
    label: 'SQLite',
    connector: '@gw/sqlite',
    service: { type: 'sqlite', config: { database: file } },
    // SQLite stops between two rows only, and runs in the gateway's processes: see `busy`.
    lengthy: [],
    lengthySteps: Array.from({ length: 99 }, () => SCAN),
    // What reads in the gateway's own process can't be told apart from its other work.
    busy: async (gateway) => runningChildren(gateway) + (isWriting() ? 1 : 0),
    connections: async (gateway) => openFiles(gateway, file),
    imported: async () =>
      admin.prepare('select count(*) as count, coalesce(max(id), 0) as last from imported').get() as never,
    async empty() {
      admin.pragma('busy_timeout = 10000')
      admin.exec('delete from imported')
      admin.pragma('busy_timeout = 0')
    },
    async close() {
      admin.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
