import { describe, expect, test } from 'vitest'
import { missing, PHONE } from './browser.ts'
import { openConsole } from './console.ts'
import { ADMIN } from './gateway.ts'
import { inspect } from './inspect.ts'

describe.skipIf(missing !== '')(`the frame of the console${missing}`, () => {
  const { gateway, open, visit } = openConsole()

  test('lets in who signs in, keeps no secret in the browser, and lets go who signs out', async () => {
    const { page, complaints } = await visit()
    await page.goto(`${gateway.url}/console/lookups`)
    await page.waitForURL(/sign-in/)
    await inspect(page, 'sign-in')
    await page.getByLabel('Email address').fill(ADMIN.email)
    await page.getByLabel('Password').fill('not the password at all')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/Invalid credentials/)
    await page.getByLabel('Password').fill(ADMIN.password)
    await page.keyboard.press('Enter')
    // Back where they wanted to go.
    await page.waitForURL(/\/console\/lookups$/)
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]))
    expect(kept).not.toMatch(/eyJ|session|token|password/i)
    const [cookie] = await page.context().cookies(`${gateway.url}/api/v2`)
    expect(cookie).toMatchObject({ name: 'gw_session', httpOnly: true, sameSite: 'Strict' })

    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL(/sign-in/)
    expect(await page.context().cookies(`${gateway.url}/api/v2`)).toEqual([])
    expect(complaints).toEqual([])
  })

  test('finds pages by Ctrl-K, has a link past the navigation, and changes its theme', async () => {
    const { page, complaints } = await open('/')
    await page.locator('#content').waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('lookup')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/lookups$/)
    await page.getByRole('button', { name: /^Theme/ }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    expect(await page.locator('html').getAttribute('class')).toBe('dark')
    await page.reload()
    expect(await page.locator('html').getAttribute('class')).toBe('dark')
    await inspect(page, 'lookups-empty-dark')
    expect(complaints).toEqual([])
  })

  test('is a drawer on a phone, which closes behind whoever uses it', async () => {
    const { page } = await open('/', { viewport: PHONE })
    await inspect(page, 'dashboard-phone')
    await page.getByRole('button', { name: 'Menu' }).click()
    await inspect(page, 'menu-phone')
    await page.getByRole('dialog').getByRole('link', { name: 'Lookups' }).click()
    await page.waitForURL(/\/lookups$/)
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })

  test('a record is made, found, changed and deleted, and says what is wrong at its field', async () => {
    const { page, complaints } = await open('/lookups')
    await page.getByRole('button', { name: 'New lookup' }).first().click()
    await page.getByRole('button', { name: 'Create' }).click()
    await expect.poll(() => page.getByText('This is required.').count()).toBe(1)
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).getAttribute('aria-invalid'))).toBe(
      'true',
    )
    await inspect(page, 'lookup-problem')
    await page.getByLabel('Name').fill('db_host')
    await page.getByLabel('Value').fill('db.internal')
    // Leaving asks first.
    await page.getByRole('link', { name: 'Roles' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/lookups$/)
    await page.getByRole('row', { name: 'Open db_host' }).click()
    await page.getByLabel('Value').fill('other.internal')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('db_host was saved.').waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await inspect(page, 'lookup-delete')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await page.waitForURL(/\/lookups$/)
    await page.getByText('No lookups yet').waitFor()
    expect(complaints).toEqual([])
  })
})
