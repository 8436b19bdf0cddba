/** What comes between people and their work: a session that ends, a gateway that is away, a page that is loaded anew. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { missing, PHONE } from './browser.ts'
import { openConsole } from './console.ts'
import { ADMIN } from './gateway.ts'
import { inspect } from './inspect.ts'

describe.skipIf(missing !== '')(`interruptions${missing}`, () => {
  const { api, gateway, open, visit } = openConsole({
    fill: (api) =>
      api('POST', 'system/service', {
        resource: [{ name: 'shop', type: 'sqlite', is_active: true, config: { database: ':memory:' } }],
      }),
  })
  const signInAt = async (page: Page, path: string): Promise<void> => {
    await page.goto(`${gateway.url}/console${path}`)
    await page.getByLabel('Email address').fill(ADMIN.email)
    await page.getByLabel('Password').fill(ADMIN.password)
    await page.keyboard.press('Enter')
    await page.locator('#content').waitFor()
  }
  const lookups = async (): Promise<readonly string[]> =>
    (await api('GET', 'system/lookup')).resource.map(({ name }: { name: string }) => name)

  test('a session that ends in the middle is begun again, and what was typed is still there', async () => {
    const { page, complaints } = await visit({ viewport: PHONE, colorScheme: 'dark' })
    await signInAt(page, '/lookups/new')
    await page.getByLabel('Name').fill('typed_before')
    await page.getByLabel('Value').fill('kept')
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Create' }).click()
    const again = page.getByRole('dialog', { name: 'Your session has ended' })
    await again.waitFor()
    await inspect(page, 'session-ended')
    expect(await again.getByLabel('Email address').inputValue()).toBe(ADMIN.email)
    // Escape leads no way past it.
    await page.keyboard.press('Escape')
    await again.getByLabel('Password').fill('not the password at all')
    await page.keyboard.press('Enter')
    await again.getByRole('alert').waitFor()
    await again.getByLabel('Password').fill(ADMIN.password)
    await page.keyboard.press('Enter')
    await expect.poll(() => again.count()).toBe(0)
    expect(await page.getByLabel('Name').inputValue()).toBe('typed_before')
    expect(await page.getByLabel('Value').inputValue()).toBe('kept')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/lookups$/)
    expect(await lookups()).toContain('typed_before')
    expect(complaints).toEqual([])
  })

  test('who does not come back to a session that has ended leaves nothing to be seen', async () => {
    const { page } = await visit()
    await signInAt(page, '/services')
    await page.getByRole('row', { name: 'Open shop' }).waitFor()
    await page.context().clearCookies()
    await page.getByRole('link', { name: 'Roles' }).click()
    const again = page.getByRole('dialog', { name: 'Your session has ended' })
    await again.waitFor()
    const covered = await page.evaluate(() => {
      const { clientWidth, clientHeight } = document.documentElement
      const points = [0.02, 0.25, 0.5, 0.75, 0.98].flatMap((x) => [0.02, 0.5, 0.98].map((y) => [x, y] as const))
      return points.every(([x, y]) => {
        const at = document.elementFromPoint(x * clientWidth, y * clientHeight)
        return at !== null && at.closest('#root') === null
      })
    })
    expect(covered).toBe(true)
    await again.getByRole('button', { name: 'Leave without it' }).click()
    await page.waitForURL(/\/sign-in$/)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('a page that is loaded anew without a session asks for one, and leads back to its place', async () => {
    const { page } = await visit()
    await signInAt(page, '/services/shop?view=settings')
    await page.getByLabel('Database').waitFor()
    await page.context().clearCookies()
    await page.reload()
    await page.waitForURL(/\/sign-in\?to=/)
    await page.getByLabel('Email address').fill(ADMIN.email)
    await page.getByLabel('Password').fill(ADMIN.password)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/services\/shop\?view=settings$/)
    await page.getByLabel('Database').waitFor()
  })

  test('a gateway that is away is told, loses nothing that was typed, and is noticed when it is back', async () => {
    const { page, complaints } = await open('/lookups/new')
    await page.getByLabel('Name').fill('typed_meanwhile')
    await page.getByLabel('Value').fill('kept')
    const comeBack = await gateway.leave()
    await page.getByRole('button', { name: 'Create' }).click()
    const banner = page.getByRole('alert').filter({ hasText: 'What you have typed stays.' })
    await banner.waitFor()
    await inspect(page, 'gateway-away')
    await comeBack()
    await expect.poll(() => banner.count()).toBe(0)
    expect(await page.getByLabel('Name').inputValue()).toBe('typed_meanwhile')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/lookups$/)
    expect(await lookups()).toContain('typed_meanwhile')
    expect(complaints).toEqual([])
  })

  test('a screen that can not be fetched while the gateway is away comes when it is back', async () => {
    const { page } = await open('/lookups')
    await page.getByRole('heading', { name: 'Lookups' }).waitFor()
    const comeBack = await gateway.leave()
    await page.getByRole('link', { name: 'CORS' }).click()
    await page.getByText('The gateway does not answer.').first().waitFor()
    expect(page.url()).toContain(gateway.url)
    await comeBack()
    await page.getByRole('heading', { name: 'CORS', exact: false, level: 1 }).waitFor()
  })

  test('tabs, lists and records have addresses: loading anew, back and forward find them', async () => {
    const { page, complaints } = await open('/services')
    await page.getByRole('row', { name: 'Open shop' }).click()
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.waitForURL(/\/services\/shop\?view=settings$/)
    await page.reload()
    await page.getByLabel('Database').waitFor()
    await page.goBack()
    await page.getByRole('tab', { name: 'Settings', selected: false }).waitFor()
    await page.goBack()
    await page.getByRole('row', { name: 'Open shop' }).waitFor()
    await page.goForward()
    await page.goForward()
    await page.getByLabel('Database').waitFor()
    expect(complaints).toEqual([])
  })
})
