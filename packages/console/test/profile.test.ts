import { describe, expect, test } from 'vitest'
import { missing, PHONE } from './browser.ts'
import { openConsole } from './console.ts'
import { ADMIN } from './gateway.ts'
import { inspect } from './inspect.ts'

const NEXT = { email: 'other@gw.test', password: 'another long sentence to keep' } as const

describe.skipIf(missing !== '')(`one’s own profile${missing}`, () => {
  const { gateway, open } = openConsole()

  const login = async (email: string, password: string): Promise<number> => {
    const answer = await fetch(`${gateway.url}/api/v2/system/admin/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    return answer.status
  }

  test('name, address and password are changed, each with its proof, and the session goes on', async () => {
    const { page, complaints } = await open('/')
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Your profile' }).click()
    await page.getByLabel('Display name').fill('Ro Ot')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your profile was saved.').waitFor()
    await inspect(page, 'profile')

    await page.getByLabel('Email address').fill(NEXT.email)
    await page.getByLabel('Current password').fill('not the password at all')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Current password').fill(ADMIN.password)
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => login(NEXT.email, ADMIN.password)).toBe(200)
    await page.getByRole('main').getByText(NEXT.email).waitFor()

    await page.getByLabel('Password until now').fill(ADMIN.password)
    await page.getByLabel(/^New password\W*$/).fill('short')
    await page.getByLabel('New password, again').fill('another')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('This is not the same as above.').waitFor()
    await inspect(page, 'profile-problems')
    await page.getByLabel(/^New password\W*$/).fill(NEXT.password)
    await page.getByLabel('New password, again').fill(NEXT.password)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password was changed.').waitFor()
    expect(await login(NEXT.email, NEXT.password)).toBe(200)
    expect(await login(NEXT.email, ADMIN.password)).toBe(401)

    // Still signed in, until they leave.
    await page.goto(`${gateway.url}/console/profile`)
    expect(await page.getByLabel('Display name').inputValue()).toBe('Ro Ot')
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await inspect(page, 'profile-phone-dark')
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(/sign-in/)
    expect(complaints).toEqual([])
  })
})
