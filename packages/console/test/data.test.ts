import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { missing, PHONE, settle } from './browser.ts'
import { openConsole } from './console.ts'
import { inspect } from './inspect.ts'
import { makeShop } from './shop.ts'

/** Runs where it should not, if a name or a value is ever taken for markup. */
const CANARY = `<img src=x onerror="globalThis.canary=1"><script>globalThis.canary=1</script>`
const ROWS = 100_000

describe.skipIf(missing !== '')(`the data browser${missing}`, () => {
  const { api, gateway, open } = openConsole({
    fill: async (api, gateway) => {
      const tables = {
        artist: [{ name: 'name', type: 'string' }],
        album: [
          { name: 'title', type: 'string' },
          { name: 'price', type: 'decimal', allow_null: true },
          { name: 'sold', type: 'boolean', default: false },
          { name: 'artist_id', type: 'reference', ref_table: 'artist', ref_field: 'id', allow_null: true },
        ],
        many: [{ name: 'text', type: 'string' }],
      }
      await makeShop(api, gateway, tables, CANARY)
      await api('POST', 'shop/_table/artist', { resource: [{ name: 'Ada' }, { name: CANARY }] })
      await api('POST', 'shop/_table/album', {
        resource: [
          { title: 'First', price: 10, artist_id: 1 },
          { title: CANARY, price: 20, artist_id: 2 },
          { title: 'Third', artist_id: 1 },
        ],
      })
    },
  })
  const cell = (page: Page, row: number, column: number) =>
    page.locator(`[data-row="${row}"] [data-column="${column}"]`)

  test('leads from the database to its rows, and from a row to what it refers to', async () => {
    const { page, complaints } = await open('/data')
    await page.getByRole('row', { name: 'Open shop' }).click()
    await page.getByRole('row', { name: 'Open album' }).click()
    await page.getByText('3 rows').waitFor()
    await inspect(page, 'data-rows')
    await cell(page, 0, 5).getByRole('link').click()
    await page.waitForURL(/\/data\/shop\/artist\?filter=/)
    await page.getByText('1 row', { exact: true }).waitFor()
    expect(await cell(page, 0, 2).textContent()).toBe('Ada')
    await page.getByRole('button', { name: 'Open row 1' }).click()
    await page.getByRole('dialog').waitFor()
    await inspect(page, 'data-row')
    await page.getByRole('dialog').getByRole('link', { name: /album/i }).click()
    await page.getByText('2 rows').waitFor()
    expect(complaints).toEqual([])
  })

  test('builds a filter that can be read and typed, sorts, and says where nothing passes', async () => {
    const { page, complaints } = await open('/data/shop/album')
    await page.getByRole('button', { name: 'Add condition' }).click()
    await page.getByLabel('Field').selectOption('title')
    await page.getByLabel('Comparison').selectOption('starts with')
    await page.getByRole('textbox', { name: 'Value' }).fill("F'irst")
    const typed = page.getByLabel('Filter as the API takes it')
    expect(await typed.inputValue()).toBe("(title starts with 'F''irst')")
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Nothing passes the filter.').waitFor()
    await typed.fill('(price >= 10)')
    await page.keyboard.press('Enter')
    await page.getByText('2 rows').waitFor()
    await page.getByRole('button', { name: /^price/ }).click()
    await page.getByRole('button', { name: /^price/ }).click()
    await page.waitForURL(/order=price\+desc/)
    await expect.poll(() => cell(page, 0, 3).textContent()).toBe('20')
    await typed.fill('(price >')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(complaints).toEqual([])
  })

  test('edits a cell by the keyboard alone', async () => {
    const { page } = await open('/data/shop/album?order=id')
    await cell(page, 0, 2).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('12.5')
    await page.keyboard.press('Enter')
    await expect.poll(async () => Number((await api('GET', 'shop/_table/album/1')).price)).toBe(12.5)
    await page.locator('[data-row="1"] [data-column="3"]:focus').waitFor()
    // What the database refuses stays as it was.
    await cell(page, 0, 5).focus()
    await page.keyboard.press('F2')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('999')
    await page.keyboard.press('Enter')
    await page
      .getByText(/999|refer|constraint|does not exist/i)
      .first()
      .waitFor()
    expect((await api('GET', 'shop/_table/album/1')).artist_id).toBe(1)
  })

  test('adds a row, changes it whole, and deletes it after asking', async () => {
    const { page, complaints } = await open('/data/shop/album')
    await page.getByRole('button', { name: 'New row' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Title').fill('Made here')
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByText('4 rows').waitFor()
    await page.getByRole('button', { name: 'Open row 4' }).click()
    await form.getByLabel('Title').fill('Changed here')
    await form.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => cell(page, 3, 2).textContent()).toBe('Changed here')
    await page.getByRole('button', { name: 'Open row 4' }).click()
    await form.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('3 rows').waitFor()
    expect(complaints).toEqual([])
  })

  test('100,000 rows are brought in from a file with progress, scrolled through, and taken out again', async () => {
    const { page, complaints } = await open('/data/shop/many')
    const file = join(gateway.folder, 'many.csv')
    writeFileSync(file, `text\n${Array.from({ length: ROWS }, (_, at) => `row ${at + 1}`).join('\n')}\n`)
    await page.getByRole('button', { name: 'Import' }).click()
    await page.getByLabel('File').setInputFiles(file)
    await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click()
    await page.getByText('100,000 rows were imported.').waitFor()
    await page.getByText('100,000 rows', { exact: true }).waitFor()
    const grid = page.getByRole('grid')
    await grid.evaluate((box) => box.scrollTo({ top: box.scrollHeight }))
    await cell(page, ROWS - 1, 2)
      .getByText(`row ${ROWS}`)
      .waitFor()
    // However long the list: only what is seen is drawn.
    expect(await grid.getByRole('row').count()).toBeLessThan(80)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: 'Export' })
        .click()
        .then(() => page.getByRole('menuitem', { name: 'CSV' }).click()),
    ])
    const saved = join(gateway.folder, 'out.csv')
    copyFileSync(await download.path(), saved)
    expect(readFileSync(saved, 'utf8').trimEnd().split('\n')).toHaveLength(ROWS + 1)
    expect(complaints).toEqual([])
  })

  test('a file with a wrong row leaves nothing behind, and says which', async () => {
    const { page } = await open('/data/shop/artist')
    const file = join(gateway.folder, 'wrong.ndjson')
    writeFileSync(file, '{"name":"Good"}\n{"name":"Bad","no_such_field":1}\n{"id":1,"name":"Taken"}\n')
    await page.getByRole('button', { name: 'Import' }).click()
    await page.getByLabel('File').setInputFiles(file)
    await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click()
    await page.getByRole('dialog').getByRole('alert').waitFor()
    expect(await api('GET', 'shop/_table/artist?count_only=true')).toBe(2)
  })

  test('makes a table, adds, renames and drops its fields, and drops it when its name is typed', async () => {
    const { page, complaints } = await open('/data/shop')
    await page.getByRole('button', { name: 'New table' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name').first().fill('label')
    await inspect(page, 'data-new-table')
    await form.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/data\/shop\/label/)
    await page.getByRole('tab', { name: 'Structure' }).click()
    await page.getByRole('button', { name: 'New field' }).click()
    await form.getByLabel('Name').fill('founded')
    await form.getByLabel('Type').selectOption('date')
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: 'Edit: founded' }).click()
    await form.getByLabel('Name in the API').fill('since')
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('cell', { name: 'since' }).waitFor()
    await inspect(page, 'data-structure')
    expect((await api('GET', 'shop/_schema/label')).field.map(({ alias, name }: any) => alias ?? name)).toEqual([
      'id',
      'name',
      'since',
    ])
    await page.getByRole('button', { name: 'Drop table' }).click()
    const sure = page.getByRole('alertdialog')
    expect(await sure.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
    await sure.getByRole('textbox').fill('label')
    await sure.getByRole('button', { name: 'Delete' }).click()
    await page.waitForURL(/\/data\/shop$/)
    expect(complaints).toEqual([])
  })

  test('makes a relation of its own, and draws the tables with what they have to do with each other', async () => {
    const { page, complaints } = await open('/data/shop/artist?view=structure')
    await page.getByRole('button', { name: 'New relation' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Table', { exact: true }).selectOption('many')
    await form.getByLabel('Its field').selectOption('id')
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('cell', { name: 'many_by_id virtual' }).waitFor()
    await page.goto(`${gateway.url}/console/data/shop`)
    await page.getByRole('tab', { name: 'Picture' }).click()
    await page.getByRole('link', { name: 'album', exact: true }).waitFor()
    await inspect(page, 'data-picture')
    await page.getByRole('link', { name: 'album', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/data\/shop\/album/)
    expect(complaints).toEqual([])
  })

  test('takes no name and no value for markup, on a phone in the dark, too', async () => {
    const { page, complaints } = await open('/data', { viewport: PHONE, colorScheme: 'dark' })
    await inspect(page, 'data-phone-dark')
    await page.goto(`${gateway.url}/console/data/shop/album`)
    await page.getByText(CANARY).first().waitFor()
    await inspect(page, 'data-rows-phone-dark')
    await page.goto(`${gateway.url}/console/services`)
    await settle(page)
    expect(await page.evaluate(() => (globalThis as { canary?: number }).canary)).toBeUndefined()
    expect(complaints).toEqual([])
  })
})
