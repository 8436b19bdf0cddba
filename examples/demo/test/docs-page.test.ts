import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, KEY, startDemo } from './demo.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const installed = existsSync(CHROMIUM)
// biome-ignore format: one flag a word
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]

describe.skipIf(!installed)(`the docs page in a browser${installed ? '' : ` (${CHROMIUM} is not installed)`}`, () => {
  let demo: Demo
  let browser: BrowserContext
  const profile = mkdtempSync(join(tmpdir(), 'gw-browser-'))

  beforeAll(async () => {
    demo = await startDemo()
    browser = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, headless: true, args: FLAGS })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
    rmSync(profile, { recursive: true, force: true })
  })

  it('asks for the key, tries a call with it and shows the answer, without an error or a call elsewhere', async () => {
    const page = await browser.newPage()
    const complaints: string[] = []
    const elsewhere: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (entry) => {
      if (entry.type() === 'error') complaints.push(entry.text())
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(demo.url) && !/^(data|blob):/.test(request.url())) elsewhere.push(request.url())
    })

    await page.goto(`${demo.url}/docs/`)
    await page.fill('#key', KEY)
    await page.click('#use')
    const operation = page.locator('.opblock-get', {
      has: page.locator('.opblock-summary-path', { hasText: /^\/demo\/_table\/​?customers$|_table.*customers$/ }),
    })
    await operation.first().locator('.opblock-summary-control').click()
    await operation.first().locator('.try-out__btn').click()
    await operation.first().locator('tr[data-param-name="limit"] input').fill('3')
    await operation.first().locator('.execute').click()
    const live = operation.first().locator('.live-responses-table')
    await live.waitFor()
    expect((await live.locator('.response-col_status').last().textContent())?.trim()).toMatch(/^200/)
    const shown = await live
      .locator('.response-col_description pre.microlight, .response-col_description code')
      .first()
      .textContent()
    expect(JSON.parse(shown).resource).toHaveLength(3)
    expect(complaints).toEqual([])
    expect(elsewhere).toEqual([])
  }, 60_000)
})
