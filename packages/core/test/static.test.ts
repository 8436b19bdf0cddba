import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { afterEach, expect, test, vi } from 'vitest'
import { type OpenedGateway, openGateway } from '../src/commands/open.ts'
import { type FakePackage, makeProject, removeProjects } from './discovery-projects.ts'

const PAGE = '<!doctype html><title>Console</title>'
const SCRIPT = `console.log("${'x'.repeat(3_000)}")`

const pages = (more: Record<string, string> = {}, place = '/console'): FakePackage => ({
  gw: { contract: '^1.0', static: { [place]: './dist/app' } },
  files: {
    'secret.txt': 'outside',
    'dist/app/index.html': PAGE,
    'dist/app/favicon.svg': '<svg/>',
    'dist/app/assets/index-B3xk9_Qa.js': SCRIPT,
    'dist/app/assets/dashboard.js': 'plain',
    'dist/app/.vite/manifest.json': '{}',
    ...more,
  },
})

let opened: OpenedGateway | undefined
let folder = ''
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
  removeProjects()
})
const open = async (packages: Record<string, FakePackage>, config: object = {}, prepare?: () => void) => {
  folder = makeProject({ packages, files: { 'gw.config.json': JSON.stringify(config) } })
  prepare?.()
  opened = await openGateway({ cwd: folder, quiet: true })
  await opened.gateway.start()
  return opened
}
const app = (...path: string[]) => join(folder, 'node_modules/console/dist/app', ...path)
const ask = async (path: string, init: RequestInit = {}) => {
  const response = await opened!.gateway.fetch(
    new Request(`http://gateway.test${path}`, { redirect: 'manual', ...init }),
  )
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString() }
}

test('a package with files alone is found, and its files are served with what keeps a page safe', async () => {
  await open({ console: pages() })
  expect(opened!.registry.problems).toEqual([])
  const page = await ask('/console/')
  expect([page.status, page.text]).toEqual([200, PAGE])
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  })
  expect(page.headers.get('etag')).toMatch(/^"[\w-]{22}"$/)
  const script = await ask('/console/assets/index-B3xk9_Qa.js')
  expect([script.text, script.headers.get('content-type')]).toEqual([SCRIPT, 'text/javascript; charset=utf-8'])
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect((await ask('/console/assets/dashboard.js')).headers.get('cache-control')).toBe('no-cache')
  expect((await ask('/console/favicon.svg')).headers.get('content-type')).toContain('image/svg+xml')
})

test('addresses that the page makes up lead to it; files that are not there do not', async () => {
  await open({ console: pages() })
  for (const path of ['/console/services', '/console/services/12/edit', '/console/x?y=z.w'])
    expect([path, (await ask(path)).text]).toEqual([path, PAGE])
  for (const path of ['/console/nothing.js', '/console/assets/index-00000000.js', '/console/a/b.png']) {
    const missing = await ask(path)
    expect([path, missing.status, missing.headers.get('x-frame-options')]).toEqual([path, 404, 'DENY'])
  }
  // A record may be called as a file is: whoever opens its address means the page.
  const opening = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }
  const named = '/console/event-scripts/db._table.get.post_process'
  expect([(await ask(named)).status, (await ask(named, opening)).text]).toEqual([404, PAGE])
  expect((await ask('/console/assets/index-00000000.js', opening)).status).toBe(404)
  const bare = await ask('/console?next=1')
  expect([bare.status, bare.headers.get('location')]).toEqual([308, '/console/?next=1'])
  expect((await ask('/consoles/')).status).toBe(404)
})

test('nothing outside the folder is reached, however it is spelt, and no link and no hidden file is followed', async () => {
  await open({ console: pages() }, {}, () => {
    symlinkSync(join(folder, 'node_modules/console/secret.txt'), app('link.txt'))
    symlinkSync(join(folder, 'node_modules/console'), app('linked'))
  })
  const spellings = [
    '/console/../secret.txt',
    '/console/%2e%2e/%2e%2e/secret.txt',
    '/console/..%2f..%2fsecret.txt',
    '/console/..%5c..%5csecret.txt',
    '/console/assets/..%2f..%2f..%2fsecret',
    '/console/%2e%2e%2f%2e%2e%2fpackage.json',
    '/console/link.txt',
    '/console/linked/secret.txt',
    '/console/linked/package.json',
    '/console/.vite/manifest.json',
    '/console/index.html%00.js',
    '/console/%',
    '/console//etc/passwd.txt',
  ]
  for (const path of spellings) expect([path, (await ask(path)).status]).toEqual([path, 404])
})

test('who has a file already is told so, and HEAD sends none', async () => {
  await open({ console: pages() })
  const { headers } = await ask('/console/')
  const etag = headers.get('etag')!
  const same = await ask('/console/', { headers: { 'if-none-match': `"other", ${etag}` } })
  expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag])
  expect(same.headers.get('cache-control')).toBe('no-cache')
  const head = await ask('/console/', { method: 'HEAD' })
  expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', String(PAGE.length)])
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const refused = await ask('/console/', { method })
    expect([method, refused.status, refused.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
  }
})

test('a copy that lies compressed beside a file is sent to who takes it, with a tag of its own', async () => {
  await open({ console: pages() }, {}, () =>
    writeFileSync(app('assets/index-B3xk9_Qa.js.br'), brotliCompressSync(Buffer.from(SCRIPT))),
  )
  const path = '/console/assets/index-B3xk9_Qa.js'
  const packed = await ask(path, { headers: { 'accept-encoding': 'gzip, br' } })
  expect(packed.headers.get('content-encoding')).toBe('br')
  expect(brotliDecompressSync(packed.bytes).toString()).toBe(SCRIPT)
  const plain = await ask(path)
  expect([plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([null, 'accept-encoding'])
  expect(packed.headers.get('etag')).not.toBe(plain.headers.get('etag'))
  for (const answer of [packed, plain]) {
    const known = await ask(path, { headers: { 'if-none-match': answer.headers.get('etag')! } })
    expect([known.status, known.headers.get('etag')]).toEqual([304, answer.headers.get('etag')])
  }
  // The copy is no file of its own, and what has none is compressed on the way.
  expect((await ask(`${path}.br`)).status).toBe(404)
  const gzipped = await ask(path, { headers: { 'accept-encoding': 'gzip' } })
  expect(gzipped.headers.get('content-encoding')).toBe('gzip')
})

test('a new build appears without a restart, and what is gone is gone', async () => {
  await open({ console: pages() })
  expect((await ask('/console/new.js')).status).toBe(404)
  writeFileSync(app('new.js'), 'new')
  writeFileSync(app('index.html'), `${PAGE}2`)
  await vi.waitFor(async () => expect((await ask('/console/new.js')).text).toBe('new'), { timeout: 20_000 })
  expect((await ask('/console/')).text).toBe(`${PAGE}2`)
  rmSync(app('new.js'))
  expect((await ask('/console/new.js')).status).toBe(404)
})

test('the root leads to the console where one is installed, and to the docs otherwise', async () => {
  await open({ console: pages() })
  expect((await ask('/')).headers.get('location')).toBe('/console/')
  await opened!.gateway.stop()
  await open({ other: pages({}, '/shop') })
  expect((await ask('/')).headers.get('location')).toBe('/docs/')
  expect((await ask('/shop/')).text).toBe(PAGE)
})

test('the gateway’s own pages and its API stay its own, whatever a package claims', async () => {
  const gw = { contract: '^1.0', static: { '/docs': './dist/app', '/api': './dist/app', '/healthz': './dist/app' } }
  await open({ console: { ...pages(), gw } })
  expect((await ask('/docs/')).text).not.toBe(PAGE)
  expect((await ask('/healthz')).text).toBe('{"status":"ok"}')
  expect((await ask('/api/v2')).status).toBe(400)
})

test('what two packages claim is served by neither, and what leads out of a package by none', async () => {
  await open({
    one: pages(),
    two: pages(),
    old: { ...pages({}, '/old'), gw: { contract: '^9.0', static: { '/old': './dist/app' } } },
  })
  expect(opened!.registry.problems.map(({ reason }) => reason).join(' ')).toContain(
    'Files at /console are offered by one and by two',
  )
  expect([(await ask('/console/')).status, (await ask('/old/')).status]).toEqual([404, 404])
  await opened!.gateway.stop()
  for (const out of ['../other', './../other', './dist/../../x', '/etc', './']) {
    await open({ console: { gw: { contract: '^1.0', static: { '/console': out } } } })
    expect([out, opened!.registry.problems[0]?.reason]).toEqual([out, expect.stringContaining('gw.static./console')])
    await opened!.gateway.stop()
  }
  await open({ console: { gw: { contract: '^1.0', static: { '/console': './dist' } } } }, {}, () => {
    mkdirSync(join(folder, 'elsewhere'))
    writeFileSync(join(folder, 'elsewhere/index.html'), 'out')
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'node_modules/console/dist'))
  })
  expect((await ask('/console/')).status).toBe(404)
  expect(opened!.registry.problems[0]?.reason).toContain('is it built?')
})
