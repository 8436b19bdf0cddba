import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { gwStart, setupCodeOf } from './process.ts'

const CHROMIUM = process.env.GW_CHROMIUM ?? '/usr/bin/chromium'
const missing = existsSync(CHROMIUM) ? '' : ` (skipped: there is no browser at ${CHROMIUM})`
const PASSWORD = 'sixteen letters and more'
const ROOT = { email: 'root@gw.test', name: 'Root', password: PASSWORD, password_confirmation: PASSWORD }

const post = (url: string, body: string, type: string) =>
  fetch(`${url}/setup`, { method: 'POST', body, headers: { 'content-type': type }, redirect: 'manual' })
const form = (url: string, fields: Record<string, string>) =>
  post(url, new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded')

describe('setting a gateway up', () => {
  test('takes the code of the log, once, and nothing is left of it then', async () => {
    await using gw = await gwStart()
    const code = setupCodeOf(gw)
    const shown = await fetch(`${gw.url}/setup`)
    expect(shown.status).toBe(200)
    expect(shown.headers.get('cache-control')).toBe('no-store')
    const policy = shown.headers.get('content-security-policy')!
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'/)
    const page = await shown.text()
    expect(page).not.toContain('<script')
    expect(page).not.toMatch(/https?:/)
    expect(page).not.toContain(code)

    for (const wrong of ['', 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA', code.slice(0, -1)]) {
      const answer = await form(gw.url, { ...ROOT, code: wrong })
      expect(answer.status).toBe(403)
      expect(await answer.text()).toContain('aria-invalid="true"')
    }
    const evil = { ...ROOT, code, email: '"><script>alert(1)</script>', password_confirmation: 'another' }
    const refused = await form(gw.url, evil)
    expect(refused.status).toBe(400)
    const told = await refused.text()
    expect(told).toContain('The two passwords differ.')
    expect(told).not.toContain('<script')
    expect(told).not.toContain(PASSWORD)
    const asJson = await post(
      gw.url,
      JSON.stringify({ code, email: 'x', name: 'X', password: PASSWORD }),
      'application/json',
    )
    expect([asJson.status, ((await asJson.json()) as any).error.context]).toEqual([
      400,
      { email: ['The email must be a valid address.'] },
    ])
    expect((await post(gw.url, '{', 'application/json')).status).toBe(400)
    expect((await post(gw.url, `code=${'x'.repeat(100_000)}`, 'application/x-www-form-urlencoded')).status).toBe(413)

    const isOpen = async () => {
      const environment: any = await (await fetch(`${gw.url}/api/v2/system/environment`)).json()
      expect(JSON.stringify(environment)).not.toContain(code)
      return environment.setup
    }
    expect(await isOpen()).toEqual({ open: true })
    // Of many who come at the same time, one makes an administrator.
    const many = await Promise.all([1, 2, 3].map((at) => form(gw.url, { ...ROOT, email: `root${at}@gw.test`, code })))
    expect(many.map(({ status }) => status).sort()).toEqual([303, 403, 403])
    for (const late of [await fetch(`${gw.url}/setup`, { redirect: 'manual' }), await form(gw.url, { ...ROOT, code })])
      expect([late.status, late.headers.get('location')]).toEqual([303, '/'])
    expect(await isOpen()).toEqual({ open: false })
    const again = await post(gw.url, JSON.stringify({ ...ROOT, code }), 'application/json')
    expect([again.status, ((await again.json()) as any).error.message]).toEqual([
      409,
      'There is an administrator already. Sign in, or ask one of them.',
    ])
    const session = (email: string) =>
      fetch(`${gw.url}/api/v2/system/admin/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: PASSWORD }),
      })
    const opened = await Promise.all([1, 2, 3].map((at) => session(`root${at}@gw.test`)))
    expect(opened.filter(({ ok }) => ok)).toHaveLength(1)
  })
})

describe.skipIf(missing !== '')(`the set-up page${missing}`, () => {
  test('works in a browser without scripts, by keyboard, and says what is wrong', async () => {
    await using gw = await gwStart()
    const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    try {
      const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 900, height: 1100 } })
      const page = await context.newPage()
      const problems: string[] = []
      page.on('console', (message) => void problems.push(message.text()))
      await page.goto(`${gw.url}/setup`)
      const shot = process.env.GW_SCREENSHOTS
      if (shot) await page.screenshot({ path: `${shot}/setup.png`, fullPage: true })
      await page.getByLabel('Set-up code').fill(setupCodeOf(gw).toLowerCase().replaceAll('-', ' '))
      await page.getByLabel('E-mail address').fill('root@gw.test')
      await page.getByLabel('Name', { exact: true }).fill('Root')
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await page.getByLabel('The same password again').fill(`${PASSWORD}!`)
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      if (shot) await page.screenshot({ path: `${shot}/setup-problem.png`, fullPage: true })
      expect(await page.getByLabel('E-mail address').inputValue()).toBe('root@gw.test')
      expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await page.getByLabel('The same password again').fill(PASSWORD)
      await page.getByRole('button').click()
      await page.waitForURL(`${gw.url}/docs/`)
      // The policy forbids nothing that the page itself needs.
      expect(problems.filter((text) => text.includes('setup') || text.includes('style'))).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
