/** Connectors in processes of their own, as `gw start` runs them: what would end the gateway ends their process. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ensureShop } from '../shop/database.ts'
import { freePort } from './demo.ts'
import { writeConnector } from './written-connector.ts'

const GW = resolve(import.meta.dirname, '../../../packages/core/src/bin.ts')
const KEY = 'a-key-that-is-long-enough'
const SECRET = 'what only the gateway may know'

/** A connector that does what its endpoints are called; `name` is its type. */
const connector = (name: string) => `
const open = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }),
  jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) } } }
const limited = { '~standard': { version: 1, vendor: 'test',
  validate: (value) => Number(value.limit) > 0 ? { value: { limit: Number(value.limit) } } : { issues: [{ message: 'must be more than 0', path: ['limit'] }] },
  jsonSchema: { input: () => ({ type: 'object', properties: { limit: { type: 'integer' } } }), output: () => ({}) } } }
const wait = (ms) => new Promise((settle) => setTimeout(settle, ms))
const kept = []
const get = (id, handle, more = {}) => ({ id, method: 'GET', path: '/' + id, summary: id, handle, ...more })
let heard = 0
export default { contract: 1, name: '${name}', label: 'x', description: 'x', group: 'Test', config: open,
  capabilities: { rowFilters: true },
  create(config, host) {
    console.log('it is made')
    return { 
      canonical: (component) => component.toLowerCase(),
      resources: async () => [{ component: 'thing', kind: 'thing' }],
      endpoints: [
      get('idle', () => ({ idle: true })),
      get('pid', () => ({ pid: process.pid })),
      get('exit', () => process.exit(3)),
      get('abort', () => process.abort()),
      get('stray', () => { setTimeout(() => { throw new Error('by itself') }, 5); return {} }),
      get('loop', () => { for (;;); }),
      get('leak', async () => { for (;;) { kept.push(Buffer.alloc(8 * 2 ** 20, 1)); await wait(2) } }),
      get('heap', async () => { for (;;) { kept.push(Array.from({ length: 1e5 }, (_, i) => ({ i }))); await wait(1) } }),
      get('environment', () => Object.keys(process.env)),
      get('whole', () => process.env),
      get('config', () => config),
      get('limited', ({ query }) => ({ limit: query.limit }), { query: limited }),
      get('caller', ({ caller, grant, client, header }) => ({ app: caller.app, role: caller.role, admin: caller.admin, id: caller.lookup('app.id'),
        color: caller.lookup('color'), hidden: caller.lookup('hidden'), shown: caller.lookup('hidden', 'private'), filters: grant.filters, client,
        key: header('x-dreamfactory-api-key') })),
      get('access', ({ access }) => ({ thing: access('thing').filters, other: (() => { try { access('Closed'); return 'granted' } catch (error) { return error.code } })() })),
      { ...get('closed', () => 'open'), path: '/{name}', component: '{name}' },
      get('others', async ({ fetch }) => { const answer = await fetch('/fine/_table/customers?limit=1&fields=id&order=id'); return { status: answer.status, body: await answer.json() } }),
      get('forbidden', async ({ fetch }) => (await fetch('/secretly/idle')).status),
      get('out', async () => { try { return { status: (await host.fetch(config.url)).status } } catch (error) { return { code: error.code } } }),
      get('remember', async () => { await host.state.put('count', { n: ((await host.state.get('count'))?.value.n ?? 0) + 1 }); return (await host.state.get('count')) }),
      get('log', () => { host.log.warn('from within', { detail: 5, password: 'x' }); return {} }),
      get('refuse', () => { throw Object.assign(new Error('It is not there.'), { name: 'GwError', code: 'not_found', headers: { 'x-why': 'because' } }) }),
      get('slow', async ({ signal }) => { signal.addEventListener('abort', () => { heard++ }); await wait(1e6) }),
      get('heard', () => ({ heard })),
      get('rows', () => { let taken = 0; return { [Symbol.for('gw.reply.rows')]: true, items: (async function* () { try { for (;;) { taken++; yield { n: taken, text: 'x'.repeat(1000) } } } finally { heard = taken } })() } }),
      { id: 'echo', method: 'POST', path: '/echo', summary: 'x', handle: ({ body }) => body },
      { id: 'upload', method: 'PUT', path: '/upload', summary: 'x', body: { bytes: ['*/*'], anySize: true }, async handle({ body }) { let size = 0; for await (const piece of body) size += piece.byteLength; return { size } } },
      { id: 'mirror', method: 'PUT', path: '/mirror', summary: 'x', body: { bytes: ['*/*'], anySize: true }, response: { bytes: ['*/*'] }, handle: ({ body }) => new Response(body, { headers: { 'content-type': 'application/octet-stream', 'x-own': 'yes' } }) },
    ] }
  } }
`

describe('a service with a process of its own', () => {
  let folder: string
  let url: string
  let gateway: ReturnType<typeof spawn>
  let log = ''
  let inner: Server
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${url}/api/v2/${path}`, { ...init, headers: { 'X-DreamFactory-API-Key': KEY, ...init.headers } })
  const json = async (path: string, init?: RequestInit) => (await ask(path, init)).json() as Promise<any>
  const isBack = (service: string) =>
    expect.poll(async () => (await ask(`${service}/idle`)).status, { timeout: 120_000, interval: 100 }).toBe(200)

  beforeAll(async () => {
    inner = createServer((_, response) => response.end('inner')).listen(0, '127.0.0.1')
    mkdirSync(resolve(import.meta.dirname, '../data'), { recursive: true })
    folder = mkdtempSync(resolve(import.meta.dirname, '../data/isolation-'))
    ensureShop(join(folder, 'shop.sqlite'))
    writeConnector(folder, 'wild', connector('wild'))
    const port = await freePort()
    const wild = { type: 'wild', isolation: 'process' }
    const config = { url: `http://127.0.0.1:${(inner.address() as AddressInfo).port}/`, token: '${env:TEST_TOKEN}' }
    const configuration = {
      server: { startTimeout: 60_000, requestTimeout: 60_000 },
      connectors: ['@gw/sqlite', './wild'],
      services: {
        fine: { type: 'sqlite', config: { database: 'shop.sqlite' } },
        tame: { ...wild, config },
        secretly: wild,
        exits: wild,
        aborts: wild,
        strays: wild,
        loops: wild,
        leaks: { ...wild, isolation: { process: { memory: '200mb' } } },
        heaps: { ...wild, isolation: { process: { memory: '300mb' } } },
      },
      lookups: { color: 'red', hidden: { value: 'yes', private: true } },
      roles: {
        all: {
          access: [
            { service: '*', component: '*', verbs: ['GET', 'POST', 'PUT'] },
            { service: 'secretly', component: '*', verbs: [] },
            { service: 'tame', component: '*', verbs: ['GET', 'POST', 'PUT'] },
            { service: 'tame', component: 'closed', verbs: [] },
            { service: 'tame', component: 'thing', verbs: ['GET'], filters: [{ name: 'id', value: 5 }] },
          ],
        },
      },
      apps: { tests: { apiKey: KEY, role: 'all' } },
    }
    writeFileSync(join(folder, 'gw.config.json'), JSON.stringify(configuration))
    url = `http://127.0.0.1:${port}`
    gateway = spawn(process.execPath, [GW, 'start'], {
      cwd: folder,
      env: { ...process.env, PORT: String(port), TEST_TOKEN: 'its own', GW_SECRET: SECRET },
    })
    for (const stream of [gateway.stdout!, gateway.stderr!])
      stream.on('data', (chunk) => {
        log += chunk
      })
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status, log).toBe(200), {
      timeout: 100_000,
      interval: 200,
    })
  }, 120_000)

  afterAll(async () => {
    const gone = new Promise((settle) => gateway.once('exit', settle))
    gateway.kill('SIGTERM')
    await gone
    inner.close()
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  it('runs in another process, and each in its own', async () => {
    const pids = await Promise.all(['tame', 'exits', 'loops'].map(async (name) => (await json(`${name}/pid`)).pid))
    expect(new Set([...pids, gateway.pid]).size).toBe(4)
  })
  it('has its own configuration, and nothing of the gateway’s environment that is secret', async () => {
    expect((await json('tame/config')).token).toBe('its own')
    const names = (await json('tame/environment')).resource
    expect(names).not.toContain('TEST_TOKEN')
    expect(names).not.toContain('GW_SECRET')
    expect(JSON.stringify(await json('tame/whole'))).not.toContain(SECRET)
    const { pid } = await json('tame/pid')
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toMatch(/its own/)
  })
  it('knows who calls, and not by which key', async () => {
    expect(await json('tame/caller')).toEqual({
      app: { id: 'tests', name: 'tests' },
      role: { id: 'all', name: 'all' },
      admin: false,
      id: 'tests',
      color: 'red',
      hidden: undefined,
      shown: 'yes',
      filters: [],
      client: '127.0.0.1',
    })
  })
  it('decides on further components under the caller’s role, in every spelling', async () => {
    expect(await json('tame/access')).toEqual({
      thing: [{ op: 'AND', conditions: [{ name: 'id', operator: '=', value: 5 }] }],
      other: 'unauthenticated',
    })
    expect((await ask('tame/closed')).status).toBe(401)
    expect((await ask('tame/CLOSED')).status).toBe(401)
  })
  it('validates what is sent, and answers with its own errors and their headers', async () => {
    expect(await json('tame/limited?limit=3')).toEqual({ limit: 3 })
    const invalid = await ask('tame/limited?limit=0')
    expect([invalid.status, ((await invalid.json()) as any).error.context]).toEqual([
      400,
      { limit: ['must be more than 0'] },
    ])
    const refused = await ask('tame/refuse')
    expect([refused.status, refused.headers.get('x-why')]).toEqual([404, 'because'])
  })
  it('takes bodies of every kind', async () => {
    const sent = { method: 'POST', body: '{"a":[1,null,"ü"]}', headers: { 'content-type': 'application/json' } }
    expect(await json('tame/echo', sent)).toEqual({ a: [1, null, 'ü'] })
    const body = Buffer.alloc(30 * 2 ** 20, 7)
    expect(await json('tame/upload', { method: 'PUT', body })).toEqual({ size: body.byteLength })
    const back = await ask('tame/mirror', { method: 'PUT', body })
    expect(back.headers.get('x-own')).toBe('yes')
    expect(Buffer.from(await back.arrayBuffer()).equals(body)).toBe(true)
  }, 120_000)
  it('is read from no faster than its client reads', async () => {
    const answer = await ask('tame/rows?limit=0', {
      headers: { accept: 'application/x-ndjson', 'accept-encoding': 'identity' },
    })
    const reader = answer.body!.getReader()
    await reader.read()
    await new Promise((settle) => setTimeout(settle, 1_000))
    await reader.cancel()
    const taken = async () => (await json('tame/heard')).heard
    await expect.poll(taken, { timeout: 30_000 }).toBeGreaterThan(0)
    // A thousand bytes each: what sockets hold, and not what a second could give.
    expect(await taken()).toBeLessThan(40_000)
  }, 60_000)
  it('calls others as its caller, and goes out under the gateway’s rules', async () => {
    expect(await json('tame/others')).toEqual({ status: 200, body: { resource: [{ id: 1 }] } })
    expect(await json('tame/forbidden')).toBe(401)
    expect(await json('tame/out')).toEqual({ code: 'forbidden' })
  })
  it('keeps its documents with the gateway, and writes to its log, masked', async () => {
    await json('tame/remember')
    expect(await json('tame/remember')).toEqual({ value: { n: 2 }, version: 2 })
    await json('tame/log')
    await expect.poll(() => log).toMatch(/"service":"tame",.*"detail":5,"password":"\*+".*"msg":"from within"/)
    expect(log).toMatch(/"service":"tame","line":"it is made"/)
  })
  it('hears that its caller has left', async () => {
    const before = (await json('tame/heard')).heard
    const leaving = new AbortController()
    const call = ask('tame/slow', { signal: leaving.signal }).catch(() => undefined)
    await new Promise((settle) => setTimeout(settle, 500))
    leaving.abort()
    await call
    await expect.poll(async () => (await json('tame/heard')).heard, { timeout: 30_000 }).toBe(before + 1)
  }, 60_000)
  it('is described', async () => {
    const { paths } = await json('tame/_spec')
    expect(paths['/limited'].get.parameters[0].name).toBe('limit')
    expect(Object.keys((await json('api_docs/tame')).paths)).toContain('/limited')
  })

  // biome-ignore format: reads as a table
  const ENDS: readonly (readonly [string, string, RegExp])[] = [
    ['exits', 'exit', /ended its process \(exit code 3\)/],
    ['aborts', 'abort', /ended its process \(SIGABRT\)/],
    ['strays', 'stray', /threw an error outside of any call/],
    ['loops', 'loop', /gave no sign of life for 20 s/],
    ['leaks', 'leak', /took more memory than the 200 MB that it may have/],
    ['heaps', 'heap', /(took more|ran out of the 300 MB of) memory/],
  ]
  it.each(ENDS)(
    '%s: its calls get 503, the others serve meanwhile, and it comes back',
    async (service, path, reason) => {
      const { pid } = await json(`${service}/pid`)
      let over = false
      const ending = ask(`${service}/${path}`).then(async (answer) => {
        const text = await answer.text()
        over = true
        return [answer.status, text] as const
      })
      while (!over) expect((await ask('fine/_table/customers?limit=1')).status).toBe(200)
      const [status, text] = await ending
      if (path !== 'stray') expect([status, JSON.parse(text).error.code]).toEqual([503, 503])
      await expect
        .poll(() => log, { timeout: 60_000 })
        .toMatch(new RegExp(`"service":"${service}",.*${reason.source}.*service is quarantined`))
      await isBack(service)
      expect((await json(`${service}/pid`)).pid).not.toBe(pid)
      expect(() => process.kill(pid, 0)).toThrow()
    },
    240_000,
  )
})
