import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildDocument, docsRoutes } from '../src/openapi/index.ts'
import { database, several, single, weather } from './openapi-samples.ts'

const CHROMIUM = process.env.GW_CHROMIUM ?? '/usr/bin/chromium'
const missing = existsSync(CHROMIUM) ? '' : ` (skipped: there is no browser at ${CHROMIUM})`
if (missing) console.warn(`The docs page in a browser${missing}`)

const KEY = 'k3y-of-the-reader'
const shop = database(['customers', 'orders'])
const calls: {
  readonly url: string
  readonly key: string | undefined
  readonly token: string | undefined
  readonly accept: string | undefined
}[] = []

const documents: Readonly<Record<string, object>> = {
  '/api/v2/weather/_spec': buildDocument(single(weather)),
  '/api/v2/db/_spec': buildDocument(single(shop, { expand: true })),
  '/api/v2/api_docs': buildDocument(several([weather, shop])),
}
const listed = [weather, shop].map(({ name, label, description }) => ({
  name,
  label,
  description,
  spec_url: `/api/v2/${name}/_spec`,
}))

/** The gateway's part in the play: a list, documents, one call, and errors as the wire contract has them. */
const answer = (url: URL, key: string | undefined): readonly [status: number, body: object] => {
  const error = (code: number, message: string) =>
    [code, { error: { code, context: null, message, status_code: code } }] as const
  if (key === 'empty') return [200, { services: [] }]
  if (key !== KEY) return error(400, 'No session token (JWT) provided.')
  if (url.pathname === '/api/v2') return [200, { services: listed }]
  if (url.pathname === '/api/v2/weather/forecast/Oslo')
    return [200, { resource: [{ date: '2031-01-05', max: -12.5 }], days: url.searchParams.get('days') }]
  const document = documents[url.pathname]
  return document ? [200, document] : error(404, 'There is nothing under this name.')
}

const pages = docsRoutes({ basePath: '/api', title: 'gw' })
const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (!url.pathname.startsWith('/api/')) {
    const found = (await pages(url.pathname)) ?? new Response('', { status: 404 })
    response.writeHead(found.status, Object.fromEntries(found.headers))
    response.end(Buffer.from(await found.arrayBuffer()))
    return
  }
  const header = (name: string) => request.headers[name]?.toString()
  const key = header('x-dreamfactory-api-key')
  calls.push({ url: request.url ?? '', key, token: header('x-dreamfactory-session-token'), accept: header('accept') })
  const [status, body] = answer(url, key)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

describe.skipIf(missing)(`the docs page in a browser${missing}`, { timeout: 60_000 }, () => {
  let server: Server
  let browser: BrowserContext
  let profile: string
  let origin: string
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    server = createServer((request, response) => void handle(request, response))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    profile = await mkdtemp(join(tmpdir(), 'gw-docs-'))
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      viewport: { width: 1280, height: 860 },
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await new Promise((done) => server.close(done))
    await rm(profile, { recursive: true, force: true })
  })

  beforeEach(async () => {
    calls.length = 0
    complaints.length = 0
    await page?.close()
    page = await browser.newPage()
    page.setDefaultTimeout(15_000)
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
        complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => {
      if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin))
        complaints.push(`left: ${request.url()}`)
    })
    await page.goto(`${origin}/docs/`)
  }, 120_000)

  const enter = async (key: string): Promise<void> => {
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Use key' }).click()
  }
  const shot = async (name: string): Promise<void> => {
    const folder = process.env.GW_SCREENSHOTS
    if (!folder) return
    // Swagger UI fades its colours.
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(folder, `${name}.png`) })
  }

  it('asks for a key first, and calls nothing without one', async () => {
    await page.getByText('Enter your API key to see what it may call').waitFor()
    await shot('1-prompt')
    expect(calls).toEqual([])
    expect(complaints).toEqual([])
  })

  it('shows what the key may call, tries a call and shows the answer', async () => {
    await enter(KEY)
    await page.getByRole('button', { name: 'Weather' }).waitFor()
    await shot('2-services')
    await page.getByRole('combobox', { name: 'Service' }).selectOption('weather')
    await page.getByText('Forecast for one city').click()
    await page.getByRole('button', { name: 'Try it out' }).click()
    await page.getByPlaceholder('city').fill('Oslo')
    await page.getByRole('button', { name: 'Execute' }).click()
    const live = page.locator('.live-responses-table')
    await live.getByText('2031-01-05').first().waitFor()
    await live.scrollIntoViewIfNeeded()
    await shot('3-answer')
    expect(await live.textContent()).toContain('-12.5')
    expect(calls.map(({ url }) => url)).toEqual([
      '/api/v2',
      '/api/v2/weather/_spec',
      '/api/v2/weather/forecast/Oslo?days=3',
    ])
    await page.getByLabel('Media Type').first().selectOption('text/csv')
    await page.getByRole('button', { name: 'Execute' }).click()
    await expect.poll(() => calls.at(-1)?.accept).toBe('text/csv')
    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set([KEY]))
    expect(complaints).toEqual([])
  })

  it('keeps the key out of addresses and of what outlives the tab, and forgets it on request', async () => {
    await enter(KEY)
    await page.getByRole('button', { name: 'Weather' }).click()
    await page.getByText('Forecast for one city').waitFor()
    expect(page.url()).toBe(`${origin}/docs/?service=weather`)
    expect(calls.map(({ url }) => url).join()).not.toContain(KEY)
    expect(await page.evaluate('JSON.stringify({ ...localStorage }) + document.cookie')).toBe('{}')
    expect(await page.content()).not.toContain(KEY)
    await page.reload()
    await page.getByText('Forecast for one city').waitFor()
    await page.getByRole('button', { name: 'Forget key' }).click()
    await page.getByText('Enter your API key to see what it may call').waitFor()
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain(KEY)
    expect(await page.getByText('Forecast for one city').count()).toBe(0)
    const before = calls.length
    await page.reload()
    await page.getByText('Enter your API key to see what it may call').waitFor()
    expect(calls.length).toBe(before)
    expect(complaints).toEqual([])
  })

  it('says in the words of the gateway why a key was refused, and that a role may be empty', async () => {
    await enter('wrong')
    await page.getByText('No session token (JWT) provided.').waitFor()
    await shot('4-refused')
    await page.getByLabel('API key').fill('empty')
    await page.getByRole('button', { name: 'Change key' }).click()
    await page.getByText('gives no access to any service').waitFor()
    expect(complaints).toEqual([])
  })

  it('sends a session token beside the key', async () => {
    await page.getByRole('button', { name: '+ token' }).click()
    await page.getByLabel('Session token').fill('t0ken')
    await enter(KEY)
    await page.getByRole('button', { name: 'Weather' }).waitFor()
    expect(calls).toMatchObject([{ url: '/api/v2', key: KEY, token: 't0ken' }])
  })

  it('groups a service by table, and shows all services in one document', async () => {
    await enter(KEY)
    await page.getByRole('combobox', { name: 'Service' }).selectOption('db')
    await page.locator('.opblock-tag', { hasText: '_table/orders' }).waitFor()
    expect(await page.locator('.opblock-tag').allInnerTexts()).toEqual(['_table/customers', '_table/orders', 'db'])
    await shot('5-tables')
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html.dark-mode').waitFor()
    await shot('6-dark')
    await page.getByRole('button', { name: 'Switch between light and dark' }).click()
    expect(await page.locator('html.dark-mode').count()).toBe(0)
    await page.getByRole('combobox', { name: 'Service' }).selectOption('*')
    await page.locator('.opblock-tag', { hasText: 'weather' }).waitFor()
    expect(calls.at(-1)?.url).toBe('/api/v2/api_docs')
    expect(complaints).toEqual([])
  })
})
