import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { missing, PHONE, WIDE } from './browser.ts'
import { openConsole } from './console.ts'
import { inspect } from './inspect.ts'

/** Runs where it should not, if a name or a text is ever taken for markup. */
const CANARY = '<img src=x onerror=canary=1>'
const PAGE = '<script>globalThis.canary = 1</script><img src=x onerror="globalThis.canary=1">'
const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="globalThis.canary=1"><script>globalThis.canary=1</script><circle cx="20" cy="20" r="18" fill="teal"/></svg>'
const MANY = 3_000

describe.skipIf(missing !== '')(`the files browser${missing}`, () => {
  let root = ''
  const { gateway, open } = openConsole({
    fill: async (api, gateway) => {
      root = join(gateway.folder, 'kept')
      for (const folder of ['docs/img', 'docs/100% #1?', 'many']) mkdirSync(join(root, folder), { recursive: true })
      writeFileSync(join(root, 'docs/readme.txt'), 'Read me, please.')
      writeFileSync(join(root, 'docs/settings.json'), '{"colour":"teal","sizes":[1,2]}')
      writeFileSync(join(root, 'docs/page.html'), PAGE)
      writeFileSync(join(root, 'docs/img/dot.svg'), PICTURE)
      writeFileSync(join(root, 'docs/100% #1?/ä&b+c.txt'), 'An odd name.')
      writeFileSync(join(root, 'docs', `${CANARY}.txt`), CANARY)
      for (let at = 0; at < MANY; at++) writeFileSync(join(root, 'many', `file ${at}.txt`), String(at))
      await api('POST', 'system/service', {
        resource: [{ name: 'kept', label: CANARY, type: 'local_file', is_active: true, config: { container: root } }],
      })
    },
  })

  const act = async (page: Page, name: string, action: string) => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click()
    await page.getByRole('menuitem', { name: action }).click()
  }
  const look = async (page: Page, name: string) => {
    await page.getByRole('row', { name: `Open ${name}`, exact: true }).click()
    await page.getByRole('dialog').waitFor()
  }
  /** By line of what is shown: its number, and how far below its line's top that stands, in whole pixels. */
  const heights = (page: Page) =>
    page.evaluate(() => {
      const lines = [...document.querySelectorAll('.cm-line')].map((line) => line.getBoundingClientRect().top)
      return [...document.querySelectorAll<HTMLElement>('.cm-lineNumbers .cm-gutterElement')]
        .filter(({ style }) => style.visibility !== 'hidden')
        .map((number, at) => [number.textContent, Math.round(number.getBoundingClientRect().top - (lines[at] ?? 0))])
    })
  const canary = (page: Page) => page.evaluate(() => (globalThis as { canary?: number }).canary)

  test('leads through folders and back, and shows what files hold without believing any of it', async () => {
    const { page, complaints } = await open('/files')
    await inspect(page, 'files-services')
    await page.getByRole('row', { name: 'Open kept' }).click()
    await page.getByRole('row', { name: 'Open docs' }).click()
    await page.getByRole('row', { name: 'Open readme.txt' }).waitFor()
    await inspect(page, 'files-folder')
    await look(page, 'readme.txt')
    await page.getByText('Read me, please.').waitFor()
    await page.keyboard.press('Escape')
    await look(page, 'settings.json')
    await expect.poll(() => page.locator('.cm-line').nth(1).textContent()).toBe('  "colour": "teal",')
    await inspect(page, 'files-preview')
    // Each number stands at the height of its line.
    expect(await heights(page)).toEqual(Array.from({ length: 7 }, (_, at) => [String(at + 1), 0]))
    await page.keyboard.press('Escape')
    await look(page, 'page.html')
    await expect.poll(() => page.locator('.cm-content').textContent()).toContain('<script>')
    await page.keyboard.press('Escape')
    await look(page, `${CANARY}.txt`)
    await expect.poll(() => page.locator('.cm-content').textContent()).toContain('<img')
    await page.keyboard.press('Escape')
    await page.getByRole('row', { name: 'Open img' }).click()
    await look(page, 'dot.svg')
    await expect
      .poll(() => page.getByRole('img', { name: 'dot.svg' }).evaluate((img) => (img as HTMLImageElement).naturalWidth))
      .toBe(40)
    await inspect(page, 'files-picture')
    await page.keyboard.press('Escape')
    await page.getByRole('navigation', { name: 'Folders' }).getByRole('link', { name: 'docs' }).click()
    await page.getByRole('row', { name: 'Open 100% #1?' }).click()
    await look(page, 'ä&b+c.txt')
    await page.getByText('An odd name.').waitFor()
    expect(await canary(page)).toBeUndefined()
    expect(complaints).toEqual([])
  })

  test('numbers stand beside their lines, also where the dialog moves and lines are wrapped', async () => {
    const long = Array.from({ length: 40 }, (_, at) => `${at + 1} ${'word '.repeat(at % 4 === 0 ? 20 : 2)}`)
    writeFileSync(join(root, 'docs/long.txt'), long.join('\n'))
    const { page } = await open('/files/kept?path=docs/')
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    // At the second time the editor is there at once, while the dialog still comes in.
    for (const viewport of [WIDE, PHONE]) {
      await page.setViewportSize(viewport)
      await look(page, 'long.txt')
      await page.locator('.cm-line').first().waitFor()
      const lines = (await page.locator('.cm-line').count()) - 1
      expect(lines).toBeGreaterThan(10)
      await expect
        .poll(async () => (await heights(page)).slice(0, lines))
        .toEqual(Array.from({ length: lines }, (_, at) => [String(at + 1), 0]))
      await page.keyboard.press('Escape')
    }
  })

  test('several files are brought in by button and by dropping, and none is replaced unasked', async () => {
    const { page, complaints } = await open('/files/kept?path=docs/img/')
    const file = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
    await page.getByLabel('Files to upload').setInputFiles([file('a.json', '{"a": 1'), file('b c.html', PAGE)])
    await page.getByText('2 of 2 uploaded').waitFor()
    await page.getByRole('row', { name: 'Open b c.html' }).waitFor()
    // Bytes as they are, JSON that is none included.
    expect(readFileSync(join(root, 'docs/img/a.json'), 'utf8')).toBe('{"a": 1')
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['changed'], 'a.json'))
      transfer.items.add(new File(['x'.repeat(3_000_000)], 'large.bin'))
      return transfer
    })
    const zone = page.locator('[data-drop]')
    await zone.dispatchEvent('dragenter', { dataTransfer: dropped })
    await page.getByText('Drop to upload here').waitFor()
    await zone.dispatchEvent('drop', { dataTransfer: dropped })
    await page.getByText('There is such a file already.').waitFor()
    await page.getByText('3 of 4 uploaded').waitFor()
    await inspect(page, 'files-uploads')
    expect(readFileSync(join(root, 'docs/img/a.json'), 'utf8')).toBe('{"a": 1')
    await page.getByRole('button', { name: 'Replace a.json' }).click()
    await page.getByText('4 of 4 uploaded').waitFor()
    expect(readFileSync(join(root, 'docs/img/a.json'), 'utf8')).toBe('changed')
    expect(readFileSync(join(root, 'docs/img/large.bin')).length).toBe(3_000_000)
    expect(await canary(page)).toBeUndefined()
    expect(complaints).toEqual([])
  })

  test('folders are made, files renamed, moved and copied, and deleted after asking', async () => {
    const { page, complaints } = await open('/files/kept')
    await page.getByRole('button', { name: 'New folder' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name of the folder').fill('a/b')
    await form.getByText(/no slash/).waitFor()
    await form.getByLabel('Name of the folder').fill('docs')
    await page.keyboard.press('Enter')
    await form.getByRole('alert').waitFor()
    await form.getByLabel('Name of the folder').fill('new one')
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: 'Open new one' }).waitFor()
    writeFileSync(join(root, 'first.txt'), 'first')
    await page.reload()
    await act(page, 'first.txt', 'Rename or move…')
    await inspect(page, 'files-move')
    await form.getByLabel('Name').fill('second.txt')
    await form.getByLabel('Folder').fill('new one')
    await form.getByRole('button', { name: 'Move' }).click()
    await page.getByText('first.txt was moved.').waitFor()
    expect(existsSync(join(root, 'first.txt'))).toBe(false)
    expect(readFileSync(join(root, 'new one/second.txt'), 'utf8')).toBe('first')
    await act(page, 'new one', 'Copy…')
    await form.getByLabel('Name').fill('docs')
    await form.getByRole('button', { name: 'Copy' }).click()
    // There is such a folder: said, and nothing is lost.
    await form.getByRole('alert').waitFor()
    await form.getByLabel('Name').fill('copied')
    await form.getByRole('button', { name: 'Copy' }).click()
    await page.getByText('new one was copied.').waitFor()
    expect(readFileSync(join(root, 'copied/second.txt'), 'utf8')).toBe('first')
    await act(page, 'copied', 'Delete')
    await page.getByRole('alertdialog').getByText('Every file and folder inside it').waitFor()
    await inspect(page, 'files-delete')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
    expect(existsSync(join(root, 'copied'))).toBe(true)
    await act(page, 'copied', 'Delete')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('copied was deleted.').waitFor()
    expect(existsSync(join(root, 'copied'))).toBe(false)
    expect(complaints).toEqual([])
  })

  test('a file and a whole folder are taken out', async () => {
    const { page } = await open('/files/kept?path=docs/')
    const [file] = await Promise.all([page.waitForEvent('download'), act(page, 'readme.txt', 'Download')])
    expect(file.suggestedFilename()).toBe('readme.txt')
    expect(readFileSync(await file.path(), 'utf8')).toBe('Read me, please.')
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download all as zip' }).click(),
    ])
    expect(zip.suggestedFilename()).toBe('docs.zip')
    const bytes = readFileSync(await zip.path())
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
    expect(bytes.includes('settings.json')).toBe(true)
  })

  test('thousands of files are walked through with the keyboard, and few of them are drawn', async () => {
    const { page } = await open('/files/kept?path=many/')
    await page.getByRole('row', { name: 'Open file 0.txt' }).focus()
    expect(await page.getByRole('row').count()).toBeLessThan(100)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'file 1.txt' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByLabel('Search this list').fill(`file ${MANY - 1}`)
    await page.getByRole('row', { name: `Open file ${MANY - 1}.txt` }).waitFor()
  })

  test('fits a phone, in the dark, and says what to do where nothing is', async () => {
    const { page } = await open('/files/kept?path=docs/', { viewport: PHONE, colorScheme: 'dark' })
    await page.getByRole('row', { name: 'Open readme.txt' }).waitFor()
    await inspect(page, 'files-phone-dark')
    mkdirSync(join(root, 'empty'), { recursive: true })
    await page.goto(`${gateway.url}/console/files/kept?path=empty/`)
    await page.getByText('Nothing here yet').waitFor()
    await inspect(page, 'files-empty-phone-dark')
    await page.goto(`${gateway.url}/console/files/kept?path=gone/`)
    await page.getByRole('alert').waitFor()
    await inspect(page, 'files-missing-phone-dark')
  })
})
