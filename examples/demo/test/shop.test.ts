import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, it } from 'vitest'
import { ensureShop } from '../shop/database.ts'
import { makeRows } from '../shop/rows.ts'

const folders: string[] = []
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'gw-shop-'))
  folders.push(path)
  return path
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true })
})

describe('the sample shop', () => {
  it('is the same every time', () => {
    expect(makeRows()).toEqual(makeRows())
  })

  it('satisfies its own foreign keys, and adds up', () => {
    const file = join(folder(), 'deep', 'shop.sqlite')
    expect(ensureShop(file)).toBe(true)
    const database = new Database(file)
    expect(database.pragma('foreign_key_check')).toEqual([])
    expect(database.prepare('SELECT count(*) AS n FROM customers').get()).toEqual({ n: 120 })
    expect(database.prepare('SELECT count(*) AS n FROM order_totals WHERE total <= 0 OR items < 1').get()).toEqual({
      n: 0,
    })
    expect(database.prepare('SELECT count(*) AS n FROM order_totals').get()).toEqual({ n: 260 })
    expect(database.prepare('SELECT count(*) AS n FROM orders WHERE shipped_at < ordered_at').get()).toEqual({ n: 0 })
    database.close()
  })

  it('leaves nothing but the finished database behind', () => {
    const path = folder()
    ensureShop(join(path, 'shop.sqlite'))
    expect(readdirSync(path)).toEqual(['shop.sqlite'])
  })

  it('does not touch a database that is there', () => {
    const file = join(folder(), 'shop.sqlite')
    writeFileSync(file, '')
    expect(ensureShop(file)).toBe(false)
  })
})
