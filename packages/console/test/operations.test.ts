import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { missing, PHONE } from './browser.ts'
import { openConsole } from './console.ts'
import { inspect } from './inspect.ts'
import { makeShop } from './shop.ts'

const here = (path: string) => resolve(import.meta.dirname, path)

/** A package that says what it passes, and one that can not be used. */
const PACKAGES = {
  proven: [{ contract: '^1.0' }, { suites: { records: { passed: 12, skipped: 1 } } }],
  outdated: [{ contract: '^9.0' }, undefined],
} as const

const bringPackages = (folder: string): readonly string[] =>
  Object.entries(PACKAGES).map(([name, [gw, report]]) => {
    const place = join(folder, name)
    mkdirSync(place)
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version: '1.2.3', type: 'module', gw }))
    if (report) writeFileSync(join(place, 'gw-conformance.json'), JSON.stringify(report))
    return place
  })

describe.skipIf(missing !== '')(`what a node tells of itself${missing}`, () => {
  const packages = mkdtempSync(join(tmpdir(), 'gw-packages-'))
  const known = ['connectors/sqlite', 'connectors/script-node', 'system', 'console']
  const { api, gateway, open } = openConsole({
    config: { connectors: [...known.map((path) => here(`../../${path}`)), ...bringPackages(packages)] },
    fill: async (api, gateway) => {
      await makeShop(api, gateway, { artist: [{ name: 'name', type: 'string' }] })
      await api('POST', 'shop/_table/artist', { resource: [{ name: 'Ada' }] })
    },
  })
  afterAll(() => rmSync(packages, { recursive: true, force: true }))

  test('the system page tells of the node, and forgets what services keep', async () => {
    const { page, complaints } = await open('/system')
    await page.getByText('Running for').waitFor()
    await page.getByText(process.version).first().waitFor()
    await inspect(page, 'system')
    await page.getByRole('button', { name: 'Flush shop' }).click()
    await page.getByText('What shop kept is forgotten.').waitFor()
    await page.getByRole('button', { name: 'Flush all' }).click()
    await page.getByText('What all services kept is forgotten.').waitFor()
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.reload()
    await page.getByText('Running for').waitFor()
    await inspect(page, 'system-phone-dark')
    expect(complaints).toEqual([])
  })

  test('packages are listed with their state, and say what they pass or why they are of no use', async () => {
    const { page, complaints } = await open('/connectors')
    await page.getByRole('row', { name: 'Open outdated' }).getByText('Not usable').waitFor()
    await inspect(page, 'connectors')
    await page.getByRole('row', { name: 'Open outdated' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Why it is not usable').waitFor()
    expect(await dialog.textContent()).toMatch(/contract/)
    await page.keyboard.press('Escape')
    await page.getByRole('row', { name: 'Open proven' }).focus()
    await page.keyboard.press('Enter')
    expect(await dialog.getByRole('row', { name: /^records/ }).textContent()).toBe('records121')
    await inspect(page, 'connector-report')
    expect(complaints).toEqual([])
  })

  test('the audit trail is filtered, and shows each change before and after', async () => {
    const made = await api('POST', 'system/role', { resource: [{ name: 'reader', description: 'May look' }] })
    const { id } = made.resource[0]
    await api('PATCH', `system/role/${id}`, { description: 'May read' })
    const { page, complaints } = await open('/audit')
    await page.getByRole('row', { name: 'Open service shop' }).waitFor()
    await inspect(page, 'audit')
    await page.getByLabel('Action').selectOption('Changed')
    await page.getByLabel('Name or person').fill('read')
    await expect.poll(() => page.getByRole('row', { name: /^Open/ }).count()).toBe(1)
    await page.getByRole('row', { name: 'Open role reader' }).focus()
    await page.keyboard.press('Enter')
    const row = page.getByRole('dialog').getByRole('row', { name: /description/ })
    expect([await row.locator('del').textContent(), await row.locator('ins').textContent()]).toEqual([
      'May look',
      'May read',
    ])
    await inspect(page, 'audit-entry')
    await page.keyboard.press('Escape')
    await page.getByLabel('Name or person').fill("no 'such' record")
    await page.getByText('No change matches these filters.').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('row', { name: 'Open service shop' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('the log goes on by itself, is filtered, and stands still when it is told to', async () => {
    await api('GET', 'system/environment')
    const { page, complaints } = await open('/logs')
    const lines = (text: string) => page.getByRole('row').filter({ hasText: text })
    await lines('GET /api/v2/system/environment').first().waitFor()
    await inspect(page, 'logs')
    await api('GET', 'shop/_table/artist?limit=1')
    await lines('GET /api/v2/shop/_table/artist').first().waitFor()
    await fetch(`${gateway.url}/api/v2/shop/_table/nothing`)
    await page.getByLabel('Service', { exact: true }).selectOption('shop')
    await page.getByLabel('Status', { exact: true }).selectOption('4xx')
    await lines('GET /api/v2/shop/_table/nothing').first().waitFor()
    await expect.poll(() => lines('GET /api/v2/shop/_table/artist').count()).toBe(0)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused').waitFor()
    await page
      .getByRole('row', { name: /^Open Line/ })
      .first()
      .click()
    await page.getByRole('dialog').getByText('"status": 40').waitFor()
    await page.keyboard.press('Escape')
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await inspect(page, 'logs-phone-dark')
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await page.getByText('Waiting for lines').waitFor()
    expect(complaints).toEqual([])
  })

  test('the dashboard counts calls by service, and gives its lines as tables, too', async () => {
    const { resource } = await api('GET', 'system/service?filter=name%3Dshop')
    const limit = { name: 'few', type: 'instance.service', service_id: resource[0].id, rate: 1, period: 'day' }
    const limited = await api('POST', 'system/limit', { resource: [{ ...limit, is_active: true }] })
    await api('GET', 'shop/_table/artist')
    await expect(api('GET', 'shop/_table/artist')).rejects.toThrow('429')
    const { page, complaints } = await open('/')
    const services = page.getByRole('table', { name: 'By service' })
    await services.getByRole('row', { name: 'Open shop' }).waitFor()
    await page.getByRole('table', { name: 'Slowest calls' }).getByText('/admin/session').first().waitFor()
    await page.getByText(/services serve\./).waitFor()
    await page.locator('.u-legend').first().waitFor()
    await page.getByText('Reached').waitFor()
    await inspect(page, 'dashboard')
    await api('DELETE', `system/limit/${limited.resource[0].id}`)
    await services.getByRole('row', { name: 'Open shop' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => services.getByRole('row', { name: /^Open/ }).count()).toBe(1)
    await page.getByText('As a table').first().click()
    await page.getByRole('table', { name: 'Requests a minute: As a table' }).getByRole('row').nth(1).waitFor()
    await page.getByLabel('Time span').selectOption('Last day')
    await services.getByRole('row', { name: 'Open shop' }).waitFor()
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.reload()
    await services.getByRole('row', { name: 'Open shop' }).waitFor()
    await inspect(page, 'dashboard-phone-dark')
    expect(complaints).toEqual([])
  })

  test('an email template is written beside its preview, in which no script runs', async () => {
    const { page, complaints } = await open('/email-templates')
    await inspect(page, 'email-templates')
    await page.getByRole('button', { name: 'New email template' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('welcome')
    await page.getByLabel('Subject').fill('Welcome, {first_name}')
    await page.getByRole('textbox', { name: 'Message as HTML' }).click()
    await page.keyboard.insertText('<h1>Hello {first_name}</h1><p>{nobody}</p><script>parent.canary = 1</script>')
    await page.getByText('Welcome, Ann').waitFor()
    const frame = page.frameLocator('iframe[title="The message as HTML"]')
    expect(await frame.getByRole('heading').textContent()).toBe('Hello Ann')
    await page.getByText('{nobody}', { exact: true }).last().waitFor()
    expect(await page.evaluate(() => (globalThis as { canary?: number }).canary)).toBeUndefined()
    await inspect(page, 'email-template')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('row', { name: 'Open welcome' }).waitFor()
    const { resource } = await api('GET', 'system/email_template?filter=name%3Dwelcome')
    expect(resource[0]).toMatchObject({ subject: 'Welcome, {first_name}', to: null, defaults: null })
    // That a script was held back is what the browser complains of.
    expect(complaints.filter((one) => !/sandbox/.test(one))).toEqual([])
  })

  test('an event script is hung on an event, tried out, stored, and then answers', async () => {
    const { page, complaints } = await open('/event-scripts')
    await page.getByText('No event scripts yet').waitFor()
    await page.getByRole('button', { name: 'New event script' }).first().click()
    await page.getByRole('combobox', { name: 'Service', exact: true }).selectOption('shop')
    await page.getByRole('combobox', { name: 'Call', exact: true }).selectOption('shop._table.{table_name}.get')
    await page.getByLabel('When').selectOption('After the call, before the answer')
    await page.getByText('shop._table.{table_name}.get.post_process', { exact: true }).waitFor()
    await page.getByLabel('Which table_name').selectOption('artist')
    await page.getByText('shop._table.artist.get.post_process', { exact: true }).waitFor()
    await page.getByRole('combobox', { name: 'Language' }).selectOption('Node.js')
    await page.getByRole('textbox', { name: 'Script', exact: true }).click()
    await page.keyboard.insertText("console.log('looked')\nthrow new Error('not yet')")
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('It failed').waitFor()
    await page.getByRole('textbox', { name: 'Script', exact: true }).click()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText("console.log('looked')\nevent.response.content = { seen: true }")
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('It ran').waitFor()
    await page.getByText('looked').last().waitFor()
    await page.getByLabel('May change the call and its answer').click()
    await inspect(page, 'event-script')
    await page.getByRole('region', { name: 'Try it out' }).scrollIntoViewIfNeeded()
    await inspect(page, 'event-script-trial')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('row', { name: 'Open shop._table.artist.get.post_process' }).click()
    await page.getByRole('combobox', { name: 'Language' }).waitFor()
    await page.getByText('shop._table.artist.get.post_process').first().waitFor()
    await inspect(page, 'event-script-stored')
    // An address that ends as a file does is one of the page's all the same.
    await page.reload()
    await page.getByRole('heading', { name: 'shop._table.artist.get.post_process' }).waitFor()
    expect(await api('GET', 'system/event_script/shop._table.artist.get.post_process')).toMatchObject({
      type: 'nodejs',
      is_active: true,
      allow_event_modification: true,
      config: null,
    })
    await expect.poll(() => api('GET', 'shop/_table/artist')).toEqual({ seen: true })

    // A name with a placeholder is an address as well.
    const any = 'shop._table.{table_name}.post.queued'
    await api('POST', 'system/event_script', { resource: [{ name: any, type: 'nodejs', content: 'null' }] })
    await page.goto(`${gateway.url}/console/event-scripts`)
    await page.getByRole('row', { name: `Open ${any}` }).click()
    await page.getByRole('heading', { name: any }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => page.getByRole('row', { name: `Open ${any}` }).count()).toBe(0)
    expect(complaints).toEqual([])
  })
})
