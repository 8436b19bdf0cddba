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
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
    rmSync(profile, { recursive: true, force: true })
  })

  it('asks for the key, tries a call with it and shows the answer, without an error or a call elsewhere', async () => {
    const page = await browser.newPage()
    const complaints: string[] = []
    const elsewhere: string[] = []
    page.setDefaultTimeout(10_000)
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
    const customers = page.locator('.opblock-tag-section', { has: page.locator('[data-tag="_table/customers"]') })
    await customers.locator('.opblock-tag').click()
    const operation = customers.locator('.opblock-get').first()
    await operation.locator('.opblock-summary-control').click()
    await operation.locator('.try-out__btn').click()
    await operation.locator('tr[data-param-name="limit"] input').fill('3')
    await operation.locator('.execute').click()
    const answer = operation.locator('.live-responses-table tr.response')
    await answer.locator('.response-col_status', { hasText: '200' }).waitFor()
    const shown = await answer.locator('.response-col_description .highlight-code code').first().textContent()
    expect(JSON.parse(shown ?? '').resource).toHaveLength(3)
    expect(complaints).toEqual([])
    expect(elsewhere).toEqual([])
  }, 120_000)
})
