/** A database with a thousand tables, and one table with a hundred thousand rows: what is drawn of them stays small. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { missing } from './browser.ts'
import { openConsole } from './console.ts'

const TABLES = 1_000
const ROWS = 100_000
/** Of a whole page, frame and all. */
const MOST_NODES = 2_500
/** With the picture of as many tables as are drawn at once: each has its fields. */
const MOST_DRAWN = 6_000
const nameOf = (at: number): string => `t${String(at).padStart(4, '0')}`

/** Each refers to the one before it. */
const fillMany = (file: string): void => {
  const database = new DatabaseSync(file)
  database.exec('begin')
  for (let at = 1; at <= TABLES; at++)
    database.exec(
      `create table ${nameOf(at)} (id integer primary key, name text, amount real${at > 1 ? `, before_id integer references ${nameOf(at - 1)}(id)` : ''})`,
    )
  database.exec('commit')
  database.close()
}
const fillLong = (file: string): void => {
  const database = new DatabaseSync(file)
  database.exec(`create table entry (id integer primary key, text text, amount real);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})
    insert into entry (text, amount) select 'entry ' || i, i / 2.0 from n`)
  database.close()
}

describe.skipIf(missing !== '')(`large databases${missing}`, () => {
  const { open } = openConsole({
    fill: (api, { folder }) => {
      fillMany(join(folder, 'many.db'))
      fillLong(join(folder, 'long.db'))
      return api('POST', 'system/service', {
        resource: ['many', 'long'].map((name) => ({
          ...{ name, type: 'sqlite', is_active: true },
          config: { database: `${name}.db` },
        })),
      })
    },
  })
  const nodes = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll('*').length)

  test('1,000 tables are scrolled through and searched, and few of them are drawn', async () => {
    const { page, complaints } = await open('/data/many')
    const row = (name: string) => page.getByRole('row', { name: `Open ${name}` })
    await row(nameOf(1)).waitFor()
    expect(await nodes(page)).toBeLessThan(MOST_NODES)
    const list = page.getByRole('table', { name: 'Tables' }).locator('..')
    for (const part of [0.3, 0.7, 1]) {
      await list.evaluate((box, at) => box.scrollTo({ top: box.scrollHeight * at }), part)
      await expect.poll(() => row(nameOf(Math.max(1, TABLES * part - 8))).count()).toBe(1)
      expect(await nodes(page)).toBeLessThan(MOST_NODES)
    }
    await page.getByLabel('Search this list').pressSequentially('t0777')
    await row('t0777').waitFor()
    await expect.poll(() => page.getByRole('row', { name: /^Open/ }).count()).toBe(1)
    await page.getByLabel('Search this list').fill('')
    await row(nameOf(1)).waitFor()
    expect(await nodes(page)).toBeLessThan(MOST_NODES)
    expect(complaints).toEqual([])
  })

  test('the picture is of some, or of what is around the one that is named', async () => {
    const { page, complaints } = await open('/data/many?view=picture')
    const drawn = page.getByRole('region', { name: 'Tables and the relations between them' }).getByRole('link')
    await expect.poll(() => drawn.count()).toBe(80)
    expect(await nodes(page)).toBeLessThan(MOST_DRAWN)
    await page.getByLabel('Around one table').fill('t0777')
    await expect.poll(() => drawn.allTextContents()).toHaveLength(3)
    const names = (await drawn.locator('text:first-of-type').allTextContents()).join(' ')
    for (const name of ['t0776', 't0777', 't0778']) expect(names).toContain(name)
    expect(complaints).toEqual([])
  })

  test('a relation is made by typing the name of its table, of which a few are suggested', async () => {
    const { page, complaints } = await open('/data/many/t0500?view=structure')
    await page.getByRole('cell', { name: 'before_id' }).first().waitFor()
    await page.getByRole('button', { name: 'New relation' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Table', { exact: true }).fill('t09')
    await expect.poll(() => form.locator('datalist option').count()).toBe(50)
    await form.getByLabel('Table', { exact: true }).fill('t0999')
    await form.getByLabel('Its field').selectOption('id')
    expect(await nodes(page)).toBeLessThan(MOST_NODES)
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('cell', { name: /t0999/ }).first().waitFor()
    expect(complaints).toEqual([])
  })

  test('100,000 rows are scrolled through and typed into, and few of them are drawn', async () => {
    const { page, complaints } = await open('/data/long/entry?order=id')
    const cell = (row: number, column: number) => page.locator(`[data-row="${row}"] [data-column="${column}"]`)
    await cell(0, 2).getByText('entry 1').waitFor()
    const grid = page.getByRole('grid')
    for (const row of [ROWS / 4, ROWS / 2, ROWS - 1]) {
      await grid.evaluate((box, at) => box.scrollTo({ top: box.scrollHeight * at }), (row + 1) / ROWS)
      await cell(row, 2)
        .getByText(`entry ${row + 1}`, { exact: true })
        .waitFor()
      expect(await nodes(page)).toBeLessThan(MOST_NODES)
    }
    // Whoever types into a cell has nothing drawn anew but what they type into.
    await cell(ROWS - 1, 2).focus()
    await page.keyboard.press('Enter')
    await page.locator(':focus').and(page.locator('input, textarea')).waitFor()
    await page.evaluate(() => {
      const changed = new Set<Node>()
      Object.assign(globalThis, { changed })
      new MutationObserver((records) => {
        for (const { target } of records) changed.add(target)
      }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
    })
    await page.keyboard.type('typed into it')
    expect(await page.evaluate(() => (globalThis as unknown as { changed: Set<Node> }).changed.size)).toBeLessThan(10)
    await page.keyboard.press('Escape')
    expect(complaints).toEqual([])
  })
})
