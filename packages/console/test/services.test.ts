/** Services: the list, wrong settings, changes, copies, the switch and the end. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { missing, PHONE } from './browser.ts'
import { openConsole } from './console.ts'
import { inspect } from './inspect.ts'

describe.skipIf(missing !== '')(`the screens of services${missing}`, () => {
  const { api, gateway, open } = openConsole({
    config: { services: { fixed: { type: 'sqlite', config: { database: ':memory:' } } } },
    fill: async (api, { folder }) => {
      new DatabaseSync(join(folder, 'shop.db')).close()
      const make = (name: string, type: string, config: object) =>
        api('POST', 'system/service', { resource: [{ name, type, label: name, is_active: true, config }] })
      await make('shop', 'sqlite', { database: 'shop.db' })
      await make('broken', 'sqlite', { database: 'nowhere.db' })
      await make('weather', 'rws', {
        base_url: 'https://weather.example',
        headers: [{ name: 'x-key', value: 'a very secret key', action: 31 }],
      })
    },
  })

  test.each([
    ['wide', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: PHONE }],
    ['phone-dark', { viewport: PHONE, colorScheme: 'dark' }],
  ] as const)('can be used by everybody, %s', async (name, options) => {
    const { page, complaints } = await open('/services', options)
    const look = async (path: string, ready: string, shot: string) => {
      await page.goto(`${gateway.url}/console${path}`)
      await page.getByText(ready).first().waitFor()
      await inspect(page, `${shot}-${name}`)
    }
    await look('/services', 'weather', 'services')
    await look('/services?group=Script', 'No script services yet', 'services-empty')
    await look('/services/new', 'What do you want to connect?', 'service-choose')
    await look('/services/new?type=rws', 'Base URL', 'service-new')
    await look('/services/broken', 'This service is down.', 'service-down')
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByRole('button', { name: /^More settings/ }).click()
    await inspect(page, `service-settings-${name}`)
    expect(complaints).toEqual([])
  })

  test('a list says how each is, narrows to a category, and switches one off', async () => {
    const { page } = await open('/services')
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /^Database/ })
      .click()
    const row = (name: string) => page.getByRole('row', { name: `Open ${name}` })
    await expect.poll(() => row('broken').textContent()).toContain('Down')
    await expect.poll(() => row('shop').textContent()).toContain('Serving')
    expect(await row('weather').count()).toBe(0)
    await page.getByRole('switch', { name: 'shop is active' }).click()
    await expect.poll(() => row('shop').textContent()).toContain('Inactive')
    await page.getByRole('switch', { name: 'shop is active' }).click()
    await expect.poll(() => row('shop').textContent()).toContain('Serving')
    expect(await page.getByRole('switch', { name: 'fixed is active' }).isDisabled()).toBe(true)
  })

  test('wrong settings are told at their fields, by the form, by the test and by the gateway', async () => {
    const { page } = await open('/services/new?type=sqlite')
    await page.getByLabel('Name', { exact: false }).first().fill('shop')
    await page.getByText('There is a service of this name already.').waitFor()
    await page.getByRole('button', { name: 'Create service' }).click()
    await expect.poll(() => page.getByText('This is required.').count()).toBe(1)
    await page.getByLabel('Database').fill('nowhere.db')
    await page.getByRole('button', { name: 'Test connection' }).click()
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/does not exist, or can not be opened/)
    await page.getByLabel('Name', { exact: false }).first().fill('other')
    await page.getByRole('button', { name: /^More settings/ }).click()
    await page.getByRole('button', { name: 'Add to Driver Options' }).click()
    await page.getByLabel('Driver Options: Name 1').fill('not a pragma')
    await page.getByRole('button', { name: 'Create service' }).click()
    await expect.poll(() => page.locator('[aria-invalid="true"], [role="alert"]').count()).toBeGreaterThan(0)
    const { resource } = await api('GET', `system/service?filter=${encodeURIComponent("name='other'")}`)
    expect(resource).toEqual([])
  })

  test('a change sends what was changed, and secrets stay that are left alone', async () => {
    const { page } = await open('/services/weather')
    await page.getByRole('tab', { name: 'Settings' }).click()
    expect(await page.content()).not.toContain('a very secret key')
    const sent = page.waitForRequest((request) => request.method() === 'PATCH')
    await page.getByLabel('Label').fill('Weather of the world')
    await page.getByLabel('Base URL').fill('https://weather.example/v2')
    await page.getByRole('button', { name: 'Save changes' }).click()
    expect((await sent).postDataJSON().config).toEqual({ base_url: 'https://weather.example/v2' })
    await page.getByRole('heading', { name: 'Weather of the world' }).waitFor()
    const {
      resource: [stored],
    } = await api('GET', `system/service?filter=${encodeURIComponent("name='weather'")}`)
    expect(stored.config).toMatchObject({ base_url: 'https://weather.example/v2', headers: [{ value: '**********' }] })
  })

  test('a copy begins with everything but secrets, under a name that is free', async () => {
    const { page } = await open('/services/shop')
    await page.getByRole('button', { name: 'Duplicate' }).click()
    await page.getByRole('heading', { name: 'A copy of shop' }).waitFor()
    expect(await page.getByLabel('Database').inputValue()).toBe('shop.db')
    await page.getByRole('button', { name: 'Create service' }).click()
    await page.waitForURL(/\/services\/shop-2$/)
  })

  test('is deleted only by who types its name', async () => {
    const { page } = await open('/services')
    await page.getByRole('button', { name: 'More for broken' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const dialog = page.getByRole('alertdialog')
    await inspect(page, 'service-delete')
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Type broken to confirm').fill('broken')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => page.getByRole('row', { name: 'Open broken' }).count()).toBe(0)
  })
})
