import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { missing, PHONE } from './browser.ts'
import { openConsole } from './console.ts'
import { inspect } from './inspect.ts'

const run = promisify(execFile)
const TABLES = 1_000
/** What a shell and two languages would trip over. */
const NASTY = `O'Brien "x" $HOME \\ ü`

describe.skipIf(missing !== '')(`the API docs${missing}`, () => {
  let key = ''
  const { api, open } = openConsole({
    fill: async (api, gateway) => {
      const [shop, large] = ['shop.db', 'large.db'].map((name) => join(gateway.folder, name))
      const small = new DatabaseSync(shop!)
      small.exec('create table artist (id integer primary key, name text not null, born integer)')
      small.prepare('insert into artist (name) values (?), (?)').run('Ada', NASTY)
      small.close()
      const many = new DatabaseSync(large!)
      many.exec('begin')
      for (let at = 1; at <= TABLES; at++)
        many.exec(`create table t${String(at).padStart(4, '0')} (id integer primary key, name text, amount real)`)
      many.exec('commit')
      many.close()
      const service = (name: string, database: string) => ({
        name,
        type: 'sqlite',
        is_active: true,
        config: { database },
      })
      const made = await api('POST', 'system/service', { resource: [service('shop', shop!), service('large', large!)] })
      const rule = { service_id: made.resource[0].id, component: '_table/*', verb_mask: 1, requestor_mask: 1 }
      const role = await api('POST', 'system/role', {
        resource: [{ name: 'reader', is_active: true, role_service_access_by_role_id: [rule] }],
      })
      const app = await api('POST', 'system/app?fields=*', {
        resource: [{ name: 'web', is_active: true, role_id: role.resource[0].id }],
      })
      key = app.resource[0].api_key
    },
  })

  const operations = (page: Page) => page.getByRole('listbox', { name: 'Operations' })

  test('leads from a service to an operation, what it takes and answers, and to its first answer', async () => {
    const { page, complaints } = await open('/api-docs')
    await operations(page).getByRole('option').first().waitFor()
    await inspect(page, 'api-docs-all')
    await page.getByLabel('Service', { exact: true }).selectOption('shop')
    await page.waitForURL(/\/api-docs\/shop/)
    await page.getByLabel('Search operations').fill('get record read')
    await operations(page)
      .getByRole('option', { name: /Read records/ })
      .click()
    await page.getByRole('heading', { name: 'Read records' }).waitFor()
    await page.getByText('The order: fields with asc or desc').waitFor()
    await inspect(page, 'api-docs-operation')

    await page.getByRole('tab', { name: 'Try it' }).click()
    await page.getByRole('button', { name: 'Send GET' }).click()
    await page.getByText('table_name is part of the address: fill it in.').waitFor()
    await page.getByLabel('table_name').fill('artist')
    await page.getByLabel('filter', { exact: true }).fill("name = 'Ada'")
    await page.getByRole('button', { name: 'Send GET' }).click()
    const answer = page.getByRole('region', { name: 'Answer' })
    await answer.getByLabel('Status 200').waitFor()
    await answer.getByText(/^\d[\d,]* ms$/).waitFor()
    await expect.poll(() => answer.locator('.cm-content').textContent()).toContain('"name": "Ada"')
    await answer.getByText(/^\d+ headers$/).click()
    await answer.getByText('application/json', { exact: false }).first().waitFor()
    await inspect(page, 'api-docs-answer')
    expect(complaints).toEqual([])
  })

  test('tries a call as a role and with an app’s key, and shows what is refused', async () => {
    const op = encodeURIComponent('POST /_table/{table_name}')
    const { page, complaints } = await open(`/api-docs/shop?op=${op}`)
    await page.getByRole('tab', { name: 'Try it' }).click()
    await page.getByLabel('table_name').fill('artist')
    const answer = page.getByRole('region', { name: 'Answer' })
    const asked: (string | undefined)[] = []
    page.on('request', (request) => {
      if (request.url().includes('/shop/_table')) asked.push(request.headers()['x-dreamfactory-api-key'])
    })
    for (const [caller, status] of [
      ['Role reader', '403'],
      // The role says no to someone whom the gateway does not know: they may be asked to sign in.
      ['Key of web', '401'],
    ] as const) {
      await page.getByLabel('Call as').selectOption({ label: caller })
      await page.getByRole('button', { name: 'Send POST' }).click()
      await expect.poll(() => answer.getByLabel(/^Status/).textContent(), { message: caller }).toContain(status)
    }
    expect(asked).toEqual([undefined, key])
    // As oneself, with the body that the schema gave as an example.
    await page.getByLabel('Call as').selectOption({ label: 'Yourself, with your session' })
    await page.locator('form .cm-content').fill('{"resource": [{"name": "Bea"}]}')
    await page.getByRole('button', { name: 'Send POST' }).click()
    await answer.getByLabel(/Status 20/).waitFor()
    expect((await api('GET', `shop/_table/artist?filter=${encodeURIComponent("name='Bea'")}`)).resource).toHaveLength(1)
    await inspect(page, 'api-docs-try')
    expect(await page.content()).not.toContain(key)
    expect(complaints).toEqual([])
  })

  test('the code that is copied does what the page did, and names no key', async () => {
    const op = encodeURIComponent('GET /_table/{table_name}')
    const { page } = await open(`/api-docs/shop?op=${op}`)
    await page.getByRole('tab', { name: 'Try it' }).click()
    await page.getByLabel('table_name').fill('artist')
    await page.getByLabel('filter', { exact: true }).fill(`name = '${NASTY.replace("'", "''")}'`)
    await page.getByLabel('Call as').selectOption({ label: 'Key of web' })
    const codeIn = async (language: string) => {
      await page.getByRole('tab', { name: language }).click()
      const code = await page.locator('pre').textContent()
      expect(code).not.toContain(key)
      return code ?? ''
    }
    const env = { PATH: process.env.PATH, GW_API_KEY: key }
    const curl = await run('bash', ['-c', (await codeIn('curl')).replace('curl', 'curl -s')], { env })
    expect(JSON.parse(curl.stdout).resource).toMatchObject([{ name: NASTY }])
    const script = `const GW_API_KEY = process.env.GW_API_KEY\n${await codeIn('JavaScript')}`
    const fetched = await run(process.execPath, ['--input-type=module', '-e', script], { env })
    expect(fetched.stdout).toContain('200')
    expect(fetched.stdout).toContain('Brien')
    const python = await codeIn('Python')
    await run('python3', ['-c', 'import ast, sys; ast.parse(sys.argv[1])', python])
    expect(python).toContain('os.environ["GW_API_KEY"]')
  })

  test('is what a role would find, and says where it may not look', async () => {
    const { page, complaints } = await open('/api-docs/shop')
    await page.getByLabel('Read as').selectOption({ label: 'Role reader' })
    await page.waitForURL(/role=/)
    await operations(page)
      .getByRole('option', { name: /Read records/ })
      .waitFor()
    expect(
      await operations(page)
        .getByRole('option', { name: /Create records/ })
        .count(),
    ).toBe(0)
    await page.getByLabel('Service', { exact: true }).selectOption('large')
    await page.getByText('This role may not use the service').waitFor()
    await inspect(page, 'api-docs-forbidden')
    expect(complaints).toEqual([])
  })

  test('1,000 tables are searched and walked through by keyboard, and few of their operations are drawn', async () => {
    const { page, complaints } = await open('/api-docs/large')
    await operations(page).getByRole('option').first().waitFor()
    await page.getByLabel('A path for each table').click()
    const count = page.getByText(/^[\d,]+ operations$/)
    await expect
      .poll(async () => Number((await count.textContent())?.replace(/\D/g, '')), { timeout: 100_000 })
      .toBeGreaterThan(10 * TABLES)
    await page.getByRole('listbox').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowUp')
    await operations(page).getByRole('option', { selected: true }).waitFor()
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    expect(await operations(page).getByRole('option').count()).toBeLessThan(60)
    await page.getByLabel('Search operations').fill('t0777 get')
    await expect.poll(() => operations(page).getByRole('option').first().getAttribute('title')).toContain('t0777')
    await inspect(page, 'api-docs-large')
    expect(complaints).toEqual([])
  })

  test('fits a phone, in the dark', async () => {
    const { page } = await open('/api-docs/shop', { viewport: PHONE, colorScheme: 'dark' })
    await operations(page)
      .getByRole('option', { name: /List tables/ })
      .click()
    await page.getByRole('tab', { name: 'Try it' }).click()
    await page.getByRole('button', { name: 'Send GET' }).click()
    await page.getByLabel('Status 200').waitFor()
    await inspect(page, 'api-docs-phone-dark')
    await page.getByRole('button', { name: 'All operations' }).click()
    await page.getByRole('listbox').waitFor()
    await inspect(page, 'api-docs-phone-list-dark')
  })
})
