import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newFolder, type Opened, opened, shopIn } from './opened.ts'
import { gwStart, setupCodeOf } from './process.ts'

let gw: Opened
beforeAll(async () => {
  gw = await opened()
  const config = { database: shopIn(gw.folder) }
  await gw.ask('POST', 'system/service', { resource: [{ name: 'shop', type: 'sqlite', is_active: true, config }] })
})
afterAll(() => gw[Symbol.asyncDispose]())

/** The key of an app whose role may do anything, and which is no administrator. */
const keyOfAlmighty = async () => {
  const access = [{ service_id: null, component: '*', verb_mask: 31, requestor_mask: 3 }]
  const role = await gw.ask('POST', 'system/role', {
    resource: [{ name: 'all', is_active: true, role_service_access_by_role_id: access }],
  })
  const app = await gw.ask('POST', 'system/app?fields=*', {
    resource: [{ name: 'all', is_active: true, role_id: role.body.resource[0].id }],
  })
  return { 'x-dreamfactory-api-key': app.body.resource[0].api_key }
}

test('what was asked of this node is counted by service, without anything that callers wrote', async () => {
  for (let at = 0; at < 5; at++) await gw.ask('GET', 'shop/_table/items?filter=name=lamp')
  await gw.ask('GET', 'shop/_table/secretname')
  await gw.ask('GET', 'nowhere/at/all')
  const { status, body } = await gw.ask('GET', 'system/activity?minutes=5')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    minutes: 5,
    node: { id: expect.any(String), version: expect.any(String), memory: { rss: expect.any(Number) } },
  })
  const shop = body.services.find(({ name }: any) => name === 'shop')
  expect(shop).toMatchObject({ requests: 6, errors_4xx: 1, errors_5xx: 0, limited: 0 })
  expect(shop.p50_ms).toBeLessThanOrEqual(shop.p99_ms)
  expect(shop.buckets.reduce((sum: number, { requests }: any) => sum + requests, 0)).toBe(6)
  expect(body.services.find(({ name }: any) => name === null)).toMatchObject({ requests: 1 })
  expect(body.slowest).toContainEqual(
    expect.objectContaining({ service: 'shop', method: 'GET', path: '/_table/{table_name}' }),
  )
  expect(JSON.stringify(body)).not.toMatch(/lamp|secretname|nowhere/)
  for (const minutes of ['0', '1441', 'x', '-1'])
    expect((await gw.ask('GET', `system/activity?minutes=${minutes}`)).status).toBe(400)
})

test('what a limit refuses is counted as such', async () => {
  const limit = { name: 'few', type: 'instance', rate: 1, period: 'minute', is_active: true }
  const made = await gw.ask('POST', 'system/limit', { resource: [limit] })
  expect(made.status).toBe(201)
  const statuses = [await gw.ask('GET', 'shop/_table'), await gw.ask('GET', 'shop/_table')].map(({ status }) => status)
  expect(statuses).toContain(429)
  await gw.ask('DELETE', `system/limit/${made.body.resource[0].id}`)
  await gw[Symbol.asyncDispose]()
  gw = await opened()
})

test('only administrators see numbers, the log and the packages', async () => {
  const key = await keyOfAlmighty()
  expect((await gw.ask('GET', 'system/service', undefined, key)).status).toBe(200)
  for (const path of ['activity', 'log', 'connector']) {
    expect([path, (await gw.ask('GET', `system/${path}`, undefined, key)).status]).toEqual([path, 403])
    expect([path, (await gw.ask('GET', `system/${path}`, undefined, {})).status]).toEqual([path, 400])
    expect([path, (await gw.ask('GET', `system/${path}`)).status]).toEqual([path, 200])
  }
})

test('packages are listed with what is wrong with them, and what they say they pass', async () => {
  const folder = newFolder()
  const bring = (name: string, gwKey: unknown, files: Record<string, string> = {}) => {
    const place = join(folder, name)
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version: '1.2.3', type: 'module', gw: gwKey }))
    for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text)
    return `./${name}`
  }
  const connectors = [
    bring(
      'broken',
      { contract: '^1.0', serviceTypes: { broken: './broken.js' } },
      { 'broken.js': 'throw new Error("no")' },
    ),
    bring('old', { contract: '^9.0', serviceTypes: { old: '.' } }),
    bring('pages', { contract: '^1.0', static: { '/pages': './dist' } }),
    bring('proven', { contract: '^1.0' }, { 'gw-conformance.json': '{"suites":{"records":{"passed":12}}}' }),
    bring('unproven', { contract: '^1.0' }, { 'gw-conformance.json': 'no JSON' }),
    join(import.meta.dirname, '../../connectors/sqlite'),
    'not-installed',
  ]
  await using other = await opened({ folder, config: { connectors } })
  const { status, body } = await other.ask('GET', 'system/connector')
  expect(status).toBe(200)
  const byName = Object.fromEntries(body.resource.map((one: any) => [one.name, one]))
  expect(byName['@gw/sqlite']).toMatchObject({
    contract: expect.any(String),
    service_types: ['sqlite'],
    state: 'usable',
    problems: [],
    conformance: expect.objectContaining({ package: expect.anything() }),
  })
  expect(byName.broken).toMatchObject({ state: 'unusable', problems: [expect.stringContaining('cannot be imported')] })
  expect(byName.old).toMatchObject({ version: '1.2.3', state: 'unusable', problems: [expect.stringContaining('^9.0')] })
  expect(byName.pages).toMatchObject({ static: ['/pages'], problems: [expect.stringContaining('is it built?')] })
  expect(byName.proven).toMatchObject({ state: 'usable', conformance: { suites: { records: { passed: 12 } } } })
  expect(byName.unproven).toMatchObject({ state: 'usable', conformance: null })
  expect(byName['not-installed']).toMatchObject({ version: null, state: 'unusable' })
  expect(JSON.stringify(body)).not.toContain(folder)
})

test('the last lines of the log can be read and followed, and hold no secrets', async () => {
  await using process = await gwStart({ server: { trustedProxies: [] } })
  const password = 'sixteen letters and more'
  const root = { email: 'root@gw.test', name: 'Root', password, code: setupCodeOf(process) }
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${process.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as any }
  }
  expect((await call('POST', '/setup', root)).status).toBe(201)
  const { body: session } = await call('POST', '/api/v2/system/admin/session', root)
  const admin = { 'x-dreamfactory-session-token': session.session_token }
  const read = (query = '') => call('GET', `/api/v2/system/log${query}`, undefined, admin)
  await call('GET', `/api/v2/nowhere?api_key=hunter2hunter2&session_token=${session.session_token}`)
  const { status, body } = await read()
  expect(status).toBe(200)
  const paths = body.resource.map(({ path }: any) => path)
  expect(paths).toContain('/api/v2/nowhere?api_key=**********&session_token=**********')
  const told = JSON.stringify(body)
  for (const secret of ['hunter2', session.session_token, password]) expect(told).not.toContain(secret)
  const sequences = body.resource.map(({ sequence }: any) => sequence)
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
  expect([body.last, body.missed, body.node]).toEqual([sequences.at(-1), 0, expect.any(String)])

  await call('GET', '/api/v2/again', undefined, admin)
  const next = (await read(`?after=${body.last}`)).body
  expect(next.resource.map(({ path, status: answered }: any) => [path, answered])).toEqual([
    ['/api/v2/system/log', 200],
    ['/api/v2/again', 404],
  ])
  expect((await read(`?after=${next.last}&status=404`)).body.resource).toEqual([])
  expect((await read('?status=4xx&limit=1')).body.resource).toMatchObject([{ path: '/api/v2/again' }])
  expect((await read('?service=again')).body.resource).toHaveLength(1)
  const warnings = (await read('?level=warn')).body.resource
  expect(warnings.every(({ level }: any) => level === 'warn' || level === 'error')).toBe(true)
  // From the beginning, a piece at a time, nothing is left out.
  const first = (await read('?after=0&limit=2')).body
  expect(first.resource.map(({ sequence }: any) => sequence)).toEqual([1, 2])
  expect((await read(`?after=${first.last}&limit=1`)).body.resource[0].sequence).toBe(3)
  // What another node, or this one before it was restarted, had got to is no place to go on from.
  expect((await read('?after=999999')).body.resource.length).toBeGreaterThan(3)
  for (const wrong of ['?level=loud', '?status=9xx', '?status=x', '?limit=0', '?after=-1'])
    expect([wrong, (await read(wrong)).status]).toEqual([wrong, 400])
})
