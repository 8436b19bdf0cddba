import { describe, expect, test } from 'vitest'
import { missing, PHONE } from './browser.ts'
import { openConsole } from './console.ts'
import { inspect } from './inspect.ts'
import { makeShop } from './shop.ts'

describe.skipIf(missing !== '')(`who may do what${missing}`, () => {
  const { api, gateway, open } = openConsole({
    fill: async (api, gateway) => {
      const text = { type: 'string' }
      await makeShop(api, gateway, {
        customer: [
          { name: 'country', ...text },
          { name: 'secret', ...text },
        ],
      })
      await api('POST', 'shop/_table/customer', {
        resource: [
          { country: 'Brazil', secret: 'x' },
          { country: 'Norway', secret: 'y' },
        ],
      })
    },
  })
  const asApp = async (path: string, key: string) => {
    const answer = await fetch(`${gateway.url}/api/v2/${path}`, { headers: { 'x-dreamfactory-api-key': key } })
    return { status: answer.status, body: (await answer.json()) as any }
  }

  test('a role is given a table, its rows and its fields, and an app with it can do just that', async () => {
    const { page, complaints } = await open('/roles/new')
    await page.getByLabel('Name').fill('reader')
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByLabel('Service', { exact: true }).selectOption('shop')
    await page.getByLabel('Path').fill('_table/customer')
    await page.getByRole('button', { name: 'Add a condition on rows' }).click()
    await page.getByLabel('Field', { exact: true }).fill('country')
    await page.getByLabel('Value').fill('Brazil')
    await page.getByLabel('Hidden fields').fill('secret')
    await inspect(page, 'role')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/roles$/)
    await page.goto(`${gateway.url}/console/apps/new`)
    await page.getByLabel('Name').fill('web')
    await page.getByLabel('Role').selectOption('reader')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: 'Show' }).click()
    const shown = page.locator('code').filter({ hasText: /^[0-9a-f]{64}$/ })
    const key = (await shown.textContent()) ?? ''
    await inspect(page, 'app')
    expect(await asApp('shop/_table/customer', key)).toEqual({
      status: 200,
      body: { resource: [{ id: 1, country: 'Brazil' }] },
    })
    expect((await asApp('shop/_schema/customer', key)).status).not.toBe(200)
    // A new key takes the place of the old one.
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'New key' }).click()
    await expect.poll(async () => (await asApp('shop/_table/customer', key)).status).not.toBe(200)
    await expect.poll(async () => (await shown.textContent()) !== key).toBe(true)
    expect((await asApp('shop/_table/customer', (await shown.textContent()) ?? '')).status).toBe(200)
    expect(complaints).toEqual([])
  })

  test('what a role may see is looked at from its page, and tried as it', async () => {
    const { page, complaints } = await open('/roles')
    await page.getByRole('row', { name: 'Open reader' }).click()
    await page.getByRole('link', { name: 'What may this role see?' }).click()
    await page.waitForURL(/\/api-docs\?role=/)
    const operations = page.getByRole('listbox', { name: 'Operations' })
    await operations.getByRole('option', { name: /Read records/ }).waitFor()
    await page.getByLabel('Service', { exact: true }).selectOption('shop')
    await operations.getByRole('option', { name: /Read records/ }).click()
    await page.getByRole('tab', { name: 'Try it' }).click()
    expect(await page.getByLabel('Call as').locator('option:checked').textContent()).toBe('Role reader')
    await page.getByLabel('table_name').fill('customer')
    const asked = page.waitForRequest((request) => request.url().includes('/shop/_table/customer'))
    await page.getByRole('button', { name: 'Send GET' }).click()
    expect((await asked).headers()).toHaveProperty('x-gw-act-as-role')
    const answer = page.getByRole('region', { name: 'Answer' })
    await answer.getByLabel('Status 200').waitFor()
    // Its rows and its fields, though it is an administrator who asks.
    await expect.poll(() => answer.locator('.cm-content').textContent()).toContain('Brazil')
    expect(await answer.locator('.cm-content').textContent()).not.toMatch(/Norway|secret/)
    expect(complaints).toEqual([])
  })

  test('a rule is taken from a role again, and the app may nothing more', async () => {
    const [{ api_key: key }] = (await api('GET', 'system/app')).resource
    const { page, complaints } = await open('/roles')
    await page.getByRole('row', { name: 'Open reader' }).click()
    await page.getByRole('button', { name: 'Remove this rule' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('reader was saved.').waitFor()
    await expect.poll(async () => [401, 403].includes((await asApp('shop/_table/customer', key)).status)).toBe(true)
    await page.goto(`${gateway.url}/console/roles`)
    await page.getByRole('row', { name: 'Open reader' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('1 app loses its role').waitFor()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
    expect(complaints).toEqual([])
  })

  test('a user gets a role in an app, and loses it', async () => {
    const { page, complaints } = await open('/users/new')
    await page.getByLabel('Display name').fill('Ann')
    await page.getByLabel('Email address').fill('ann@gw.test')
    await page.getByLabel('Password').fill('a password that is long enough')
    await page.getByRole('button', { name: 'Add a role in an app' }).click()
    await page.getByLabel('App', { exact: true }).selectOption('web')
    await page.getByLabel('Role', { exact: true }).selectOption('reader')
    await inspect(page, 'user')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/users$/)
    const of = async () => (await api('GET', 'system/user?related=user_to_app_to_role_by_user_id')).resource[0]
    expect((await of()).user_to_app_to_role_by_user_id).toHaveLength(1)
    await page.getByRole('row', { name: 'Open Ann' }).click()
    await page.getByRole('button', { name: 'Remove this role' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Ann was saved.').waitFor()
    expect((await of()).user_to_app_to_role_by_user_id).toEqual([])
    // The password that nobody typed is still the old one.
    const login = await fetch(`${gateway.url}/api/v2/user/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ann@gw.test', password: 'a password that is long enough' }),
    })
    expect(login.status).toBe(200)
    expect(complaints).toEqual([])
  })

  test('an admin is made who can sign in, and one who can not be invited is told why', async () => {
    const { page, complaints } = await open('/admins/new')
    await page.getByLabel('Display name').fill('Bo')
    await page.getByLabel('Email address').fill('bo@gw.test')
    await page.getByLabel('Password').fill('a password that is long enough')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: 'Send an invitation' }).click()
    await page.getByRole('alert').waitFor()
    await inspect(page, 'admin')
    expect(complaints).toEqual([])
  })

  test('a limit is made, counts, and begins again', async () => {
    const { page, complaints } = await open('/limits/new')
    await page.getByLabel('Name').fill('shop')
    await page.getByLabel('What is counted').selectOption('instance.service')
    await page.getByLabel('Service').selectOption('shop')
    await page.getByLabel('Calls').fill('1000')
    // A minute might end while this looks.
    await page.getByLabel('In each').selectOption('day')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('Nobody has called in this period.').waitFor()
    await api('GET', 'shop/_table/customer')
    await page.getByRole('cell', { name: '999' }).waitFor()
    await inspect(page, 'limit')
    await page.getByRole('button', { name: 'Begin again' }).click()
    await page.getByText('The counter was set back.').waitFor()
    expect(complaints).toEqual([])
  })

  test('a web page is let in', async () => {
    const { page, complaints } = await open('/cors/new')
    await page.getByLabel('Origins').fill('https://app.example.com')
    await inspect(page, 'cors')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/cors$/)
    const preflight = await fetch(`${gateway.url}/api/v2/shop/_table`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', 'access-control-request-method': 'GET' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(complaints).toEqual([])
  })

  test('fits a phone, in the dark', async () => {
    const { page } = await open('/roles/new', { viewport: PHONE, colorScheme: 'dark' })
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await inspect(page, 'role-phone-dark')
  })
})
