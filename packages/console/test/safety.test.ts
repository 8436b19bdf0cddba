/** What must never happen to whoever is signed in to the console, tried from where an attacker would. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing, settle } from './browser.ts'
import { openConsole } from './console.ts'

const CANARY = '"><img src=x onerror="globalThis.canary=1"><script>globalThis.canary=1</script>'
/** In what is stored by browsers nothing else has a place. */
const PREFERENCES = /^gw[-.:]?theme$|^theme$/
/** Of compressed script, in bytes, until the first screen stands. */
const FIRST_LOAD = 300_000

/** Pages of somebody else: of another port, which cookies do not tell apart, and under another name. */
const startForeign = async (): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html' })
    answer.end('<!doctype html><title>elsewhere</title><body></body>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

describe.skipIf(missing !== '')(`the safety of the console${missing}`, () => {
  let foreign: Awaited<ReturnType<typeof startForeign>>
  beforeAll(async () => {
    foreign = await startForeign()
  })
  const { api, gateway, open, visit } = openConsole({
    fill: async (api) => {
      await api('POST', 'system/service', {
        resource: [
          {
            name: 'shop',
            label: CANARY,
            description: CANARY,
            type: 'sqlite',
            is_active: true,
            config: { database: ':memory:' },
          },
        ],
      })
      const role = await api('POST', 'system/role', {
        resource: [{ name: CANARY.slice(0, 64), description: CANARY, is_active: true }],
      })
      await api('POST', 'system/app', {
        resource: [{ name: CANARY.slice(0, 64), description: CANARY, is_active: true, role_id: role.resource[0].id }],
      })
      await api('POST', 'system/lookup', { resource: [{ name: 'canary', value: CANARY, description: CANARY }] })
    },
  })
  afterAll(() => foreign?.server.close())

  /** Every page that the navigation leads to. */
  const pagesOf = async (page: Page): Promise<readonly string[]> => {
    const links = page.locator('nav a[href^="/console"]')
    await links.first().waitFor()
    const found = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
    return [...new Set([...found, '/console/api-docs/shop', '/console/files', '/console/profile'])]
  }
  const goto = async (page: Page, path: string) => {
    await page.goto(`${gateway.url}${path}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await settle(page)
  }

  test('no page asks another origin for anything, runs what a name holds, or keeps more than a preference', async () => {
    const { page, complaints } = await open('/')
    const { page: stranger } = await visit()
    const asked = new Set<string>()
    for (const one of [page, stranger])
      one.context().on('request', (request) => {
        const { protocol, origin } = new URL(request.url())
        if (protocol !== 'blob:' && protocol !== 'data:') asked.add(origin)
      })
    await goto(stranger, '/console/sign-in')
    const paths = await pagesOf(page)
    expect(paths.length).toBeGreaterThan(12)
    for (const path of paths) {
      await goto(page, path)
      expect(await page.evaluate(() => (globalThis as { canary?: number }).canary), path).toBeUndefined()
      expect(await page.locator('img[src="x"]').count(), path).toBe(0)
    }
    expect([...asked]).toEqual([gateway.url])

    const kept = await page.evaluate(async () => ({
      local: Object.keys(localStorage),
      session: Object.entries(sessionStorage) as [string, string][],
      databases: (await indexedDB.databases()).length,
      caches: typeof caches === 'undefined' ? 0 : (await caches.keys()).length,
      workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
      cookie: document.cookie,
    }))
    expect(kept).toMatchObject({ databases: 0, caches: 0, workers: 0, cookie: '' })
    expect(kept.local.filter((name) => !PREFERENCES.test(name))).toEqual([])
    // How far each page was scrolled: places of elements, and nothing that was shown in them.
    for (const [name, value] of kept.session) {
      expect(name).toMatch(/^tsr-scroll-restoration/)
      expect(value).not.toMatch(/@|token|password|secret|eyJ|canary/i)
    }
    expect(complaints).toEqual([])
  })

  const attack = async (context: BrowserContext, host: string): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(`http://${host}:${foreign.port}/`)
    return page
  }
  const names = async (): Promise<readonly string[]> =>
    (await api('GET', 'system/role')).resource.map(({ name }: { name: string }) => name)

  // 127.0.0.1 on another port is the same site: the cookie goes with its requests, and something else has to refuse.
  test.each(['127.0.0.1', 'localhost'])(
    'a page of %s can neither send forms nor call with the session',
    async (host) => {
      const { page: own } = await open('/roles')
      const before = await names()
      const page = await attack(own.context(), host)
      const results = await page.evaluate(async (url) => {
        const address = `${url}/api/v2/system/role`
        const body = JSON.stringify({ resource: [{ name: 'forged', is_active: true }] })
        const tried: Record<string, string> = {}
        const attempt = async (name: string, target: string, options: RequestInit) => {
          try {
            const answer = await fetch(target, { credentials: 'include', ...options })
            tried[name] = answer.type === 'opaque' ? 'opaque' : `${answer.status} ${await answer.text()}`
          } catch {
            tried[name] = 'refused'
          }
        }
        const json = { 'content-type': 'application/json' }
        const session = { 'x-gw-session': 'cookie' }
        await attempt('read', address, {})
        await attempt('read with header', address, { headers: session })
        await attempt('simple', address, { method: 'POST', mode: 'no-cors', body })
        await attempt('json', address, { method: 'POST', headers: json, body })
        await attempt('header', address, { method: 'POST', headers: { ...json, ...session }, body })
        await attempt('override', `${address}?method=POST`, { mode: 'no-cors' })
        await attempt('delete', `${url}/api/v2/system/admin/session`, { method: 'DELETE', headers: session })
        await attempt('query', `${address}?session_token=cookie`, { mode: 'no-cors' })
        return tried
      }, gateway.url)
      // Nothing that can be read from elsewhere, whatever was asked.
      expect(Object.values(results).filter((result) => !['refused', 'opaque'].includes(result))).toEqual([])

      const form = page
      for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
        await form.goto(`http://${host}:${foreign.port}/`)
        const answer = form.waitForResponse((told) => told.url().includes('/api/v2/system/role'))
        await form.evaluate(
          ({ url, type }) => {
            const form = document.createElement('form')
            form.method = 'POST'
            form.enctype = type
            form.action = `${url}/api/v2/system/role`
            const field = document.createElement('input')
            field.name = type === 'text/plain' ? '{"resource":[{"name":"forged","is_active":true,"x":"' : 'name'
            field.value = type === 'text/plain' ? '"}]}' : 'forged'
            form.append(field)
            document.body.append(form)
            // Afterwards: a page that is left does not answer.
            setTimeout(() => form.submit())
          },
          { url: gateway.url, type },
        )
        expect((await answer).status(), type).toBeGreaterThanOrEqual(400)
        await form.waitForURL(/system\/role$/)
      }
      expect(await names()).toEqual(before)
      // The session was there all the time, and still is.
      await goto(own, '/console/roles')
      expect(own.url()).toContain('/console/roles')
    },
  )

  test('no other page can put it, or what it links to, into a frame', async () => {
    const { page: own } = await open('/roles')
    const page = await attack(own.context(), '127.0.0.1')
    for (const path of ['/console/', '/console/roles', '/setup', '/docs/']) {
      const headers = (await fetch(`${gateway.url}${path}`)).headers
      expect(headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'none'/)
      if (path.startsWith('/console')) expect(headers.get('x-frame-options')).toBe('DENY')
      await page.evaluate((address) => {
        const frame = document.createElement('iframe')
        frame.src = address
        document.body.replaceChildren(frame)
        return new Promise((done) => frame.addEventListener('load', done, { once: true }))
      }, `${gateway.url}${path}`)
      // What stands in the frame is the browser's own page about the refusal.
      await expect.poll(() => page.frames()[1]?.url(), { message: path }).toMatch(/^chrome-error:/)
    }
  })

  test('an injected script, style sheet or base would not be run: the policy forbids it', async () => {
    const { page } = await open('/')
    const ran = await page.evaluate(async (port) => {
      const blocked: string[] = []
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective: directive }) =>
        blocked.push(directive),
      )
      const inline = document.createElement('script')
      inline.textContent = 'globalThis.canary = 1'
      const far = document.createElement('script')
      far.src = `http://127.0.0.1:${port}/x.js`
      const frame = document.createElement('iframe')
      frame.src = `http://127.0.0.1:${port}/`
      document.body.append(inline, far, frame)
      await fetch(`http://127.0.0.1:${port}/`, { mode: 'no-cors' }).catch(() => undefined)
      await new Promise((done) => setTimeout(done, 500))
      return { blocked, canary: (globalThis as { canary?: number }).canary }
    }, foreign.port)
    expect(ran.canary).toBeUndefined()
    expect([...new Set(ran.blocked)].toSorted()).toEqual(['connect-src', 'frame-src', 'script-src-elem'])
  })

  test('the first screen stands after at most 300 kB of compressed script', async () => {
    const { page } = await visit()
    const scripts = new Map<string, number>()
    const reading: Promise<unknown>[] = []
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return
      reading.push(response.body().then((body) => scripts.set(response.url(), gzipSync(body).byteLength)))
    })
    await page.goto(`${gateway.url}/console/`)
    await page.getByLabel('Password').waitFor()
    await settle(page)
    await Promise.all(reading)
    const bytes = [...scripts.values()].reduce((sum, one) => sum + one, 0)
    expect(scripts.size).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(FIRST_LOAD)
  })
})
