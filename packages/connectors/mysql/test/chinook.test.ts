import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { field, MISSING, type Opened, opened, readPlan, signal } from './opened.ts'

const FILE = join(import.meta.dirname, '../../../../../shared/data/chinook/Chinook_MySql_AutoIncrementPKs.sql')
const missing = MISSING || (existsSync(FILE) ? '' : ` (skipped: the Chinook data are not at ${FILE})`)
/** Without what only the client program understands, or what makes the database itself. */
const script = () => readFileSync(FILE, 'utf8').replace(/^(DROP DATABASE|CREATE DATABASE|USE) .*;\s*$/gm, '')

describe.skipIf(missing)(`the Chinook database${missing}`, () => {
  let db: Opened
  beforeAll(async () => {
    db = await opened([script()])
  }, 120_000)
  afterAll(() => db?.[Symbol.asyncDispose]())

  test('has its eleven tables, their keys and references', () => {
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
    expect(db.table('PlaylistTrack').primaryKey).toEqual(['PlaylistId', 'TrackId'])
    expect(db.table('Track').foreignKeys.map(({ table, columns }) => [columns[0], table])).toEqual([
      ['AlbumId', 'Album'],
      ['GenreId', 'Genre'],
      ['MediaTypeId', 'MediaType'],
    ])
    expect(field(db.table('Employee'), 'ReportsTo').reference).toMatchObject({
      table: 'Employee',
      field: 'EmployeeId',
    })
    expect(field(db.table('Track'), 'UnitPrice')).toMatchObject({ type: 'decimal', precision: 10, scale: 2 })
  })

  test('reads with filter, order and paging', async () => {
    const table = db.table('Track')
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
    for (const table of db.source.catalog().tables) {
      const plan = readPlan(table)
      const rows = await db.source.read(plan, [10_000], { signal })
      const { rows: text } = await db.source.readEncoded!(plan, [10_000], { signal })
      expect(rows.length).toBeGreaterThan(0)
      expect(text.json).toBe(JSON.stringify(rows))
    }
  })
})
