/** Every screen, with its address and what is done there before it is looked at. */
import type { Page } from 'playwright-core'

export interface Pictured {
  readonly name: string
  /** Below `/console`. */
  readonly path: string
  readonly act?: (page: Page) => Promise<unknown>
}

const open =
  (name: string | RegExp) =>
  (page: Page): Promise<void> =>
    page.getByRole('row', { name }).first().click()
const operation = encodeURIComponent('GET /_table/{table_name}')

const tryIt = async (page: Page): Promise<void> => {
  await page.getByRole('tab', { name: 'Try it' }).click()
  await page.getByLabel('table_name').fill('Album')
  await page.getByRole('button', { name: 'Send GET' }).click()
  await page.getByRole('region', { name: 'Answer' }).locator('.cm-content').waitFor()
}

/** Of whoever has not signed in. */
export const BEFORE: readonly Pictured[] = [{ name: 'sign-in', path: '/sign-in' }]

export const SCREENS: readonly Pictured[] = [
  { name: 'dashboard', path: '/', act: (page) => page.locator('.u-legend').first().waitFor() },
  { name: 'services', path: '/services' },
  { name: 'services-of-a-group', path: '/services?group=Script' },
  { name: 'service-choose', path: '/services/new' },
  { name: 'service-new', path: '/services/new?type=sqlite' },
  {
    name: 'service-first-call',
    path: '/services/chinook',
    act: (page) => page.getByRole('button', { name: 'Send' }).click(),
  },
  { name: 'service-down', path: '/services/archive' },
  { name: 'service-settings', path: '/services/weather?view=settings' },
  { name: 'service-script', path: '/services/greeting?view=settings' },
  { name: 'databases', path: '/data' },
  { name: 'tables', path: '/data/chinook' },
  { name: 'tables-none', path: '/data/inventory' },
  {
    name: 'picture',
    path: '/data/chinook?view=picture',
    act: (page) => page.getByRole('link', { name: 'Track', exact: true }).waitFor(),
  },
  { name: 'rows', path: '/data/chinook/Customer' },
  { name: 'rows-none', path: `/data/chinook/Customer?filter=${encodeURIComponent('CustomerId<0')}` },
  {
    name: 'row',
    path: '/data/chinook/Customer',
    act: (page) => page.getByRole('button', { name: 'Open row 1', exact: true }).click(),
  },
  { name: 'structure', path: '/data/chinook/Track?view=structure' },
  { name: 'file-services', path: '/files' },
  { name: 'files', path: '/files/documents?path=reports/' },
  { name: 'file', path: '/files/documents?path=reports/', act: open('Open settings.json') },
  { name: 'file-picture', path: '/files/documents?path=pictures/', act: open('Open logo.svg') },
  { name: 'api-docs', path: '/api-docs' },
  { name: 'api-docs-operation', path: `/api-docs/chinook?op=${operation}` },
  { name: 'api-docs-answer', path: `/api-docs/chinook?op=${operation}`, act: tryIt },
  { name: 'roles', path: '/roles' },
  { name: 'role', path: '/roles', act: open('Open Support') },
  { name: 'apps', path: '/apps' },
  { name: 'app', path: '/apps', act: open('Open Help desk') },
  { name: 'users', path: '/users' },
  { name: 'user', path: '/users', act: open('Open Jane Peacock') },
  { name: 'admins', path: '/admins' },
  { name: 'admin', path: '/admins', act: open('Open Nancy Edwards') },
  { name: 'limits', path: '/limits' },
  { name: 'limit', path: '/limits', act: open('Open All of Chinook') },
  { name: 'cors', path: '/cors' },
  { name: 'cors-new', path: '/cors/new' },
  { name: 'event-scripts', path: '/event-scripts' },
  { name: 'event-script', path: '/event-scripts/chinook._table.Track.get.post_process' },
  { name: 'event-script-new', path: '/event-scripts/new' },
  { name: 'email-templates', path: '/email-templates' },
  { name: 'email-template', path: '/email-templates', act: open('Open password reset') },
  { name: 'lookups', path: '/lookups' },
  { name: 'lookup', path: '/lookups/new', act: (page) => page.getByRole('button', { name: 'Create' }).click() },
  { name: 'audit', path: '/audit' },
  { name: 'audit-entry', path: '/audit', act: open(/^Open role Support/) },
  {
    name: 'logs',
    path: '/logs',
    act: (page) =>
      page
        .getByRole('row', { name: /^Open Line/ })
        .first()
        .waitFor(),
  },
  { name: 'connectors', path: '/connectors' },
  { name: 'system', path: '/system' },
  { name: 'profile', path: '/profile' },
  { name: 'nothing', path: '/no-such-page' },
  {
    name: 'search',
    path: '/services',
    act: async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').getByRole('combobox').fill('ch')
    },
  },
]
