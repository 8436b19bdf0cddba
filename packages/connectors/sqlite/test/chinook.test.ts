import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { field, type Opened, opened, readPlan, signal } from './opened.ts'

const FILE = join(import.meta.dirname, '../../../../../shared/data/chinook/Chinook_Sqlite_AutoIncrementPKs.sqlite')
const missing = existsSync(FILE) ? '' : ` (skipped: the Chinook data are not at ${FILE})`

describe.skipIf(missing)(`the Chinook database${missing}`, () => {
  const chinook = (): Promise<Opened> => opened(undefined, { database: FILE, readonly: true })

  test('has its eleven tables, their keys and references', async () => {
    await using db = await chinook()
    expect(db.source.catalog().tables.map(({ name }) => name)).toEqual([
      'Album',
      'Artist',
      'Customer',
      'Employee',
      'Genre',
      'Invoice',
      'InvoiceLine',
      'MediaType',
      'Playlist',
      'PlaylistTrack',
      'Track',
    ])
    expect(db.table('playlisttrack').primaryKey).toEqual(['PlaylistId', 'TrackId'])
    expect(db.table('track').foreignKeys.map(({ table, columns }) => [columns[0], table])).toEqual([
      ['AlbumId', 'Album'],
      ['GenreId', 'Genre'],
      ['MediaTypeId', 'MediaType'],
    ])
    expect(field(db.table('employee'), 'ReportsTo').reference).toMatchObject({ table: 'Employee', field: 'EmployeeId' })
  })

  test('reads with filter, order and paging', async () => {
    await using db = await chinook()
    const table = db.table('track')
    const like = {
      kind: 'like',
      field: field(table, 'Name'),
      value: { kind: 'slot', slot: 2 },
      insensitive: false,
    } as const
    const plan = {
      ...readPlan(table, [field(table, 'TrackId'), field(table, 'Name'), field(table, 'UnitPrice')]),
      where: like,
      order: [{ field: field(table, 'TrackId'), descending: true }],
      offset: 1,
    }
    expect(await db.source.read(plan, [2, 1, 'For Those%'], { signal })).toEqual([])
    expect(await db.source.read(plan, [1, 0, 'For Those%'], { signal })).toEqual([
      { TrackId: 1, Name: 'For Those About To Rock (We Salute You)', UnitPrice: 0.99 },
    ])
    expect(await db.source.count({ kind: 'count', table }, [], { signal })).toBe(3503)
  })

  test('every table reads the same as objects and as bytes', async () => {
    await using db = await chinook()
    for (const table of db.source.catalog().tables) {
      const plan = readPlan(table)
      const rows = await db.source.read(plan, [10_000], { signal })
      const { rows: text } = await db.source.readEncoded!(plan, [10_000], { signal })
      expect(rows.length).toBeGreaterThan(0)
      expect(text.json).toBe(JSON.stringify(rows))
    }
  })
})
