import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineServiceType, endpoint, GwError, type Host, secret } from '@gw/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Opened, opened, shopIn } from './opened.ts'

/** What the services of these tests were made with, and what became of them. */
const seen: { config: any; host: Host; started: boolean; stopped: boolean }[] = []

const type = defineServiceType({
  contract: 1,
  name: 'station',
  label: 'Station',
  description: 'Does what it is told.',
  group: 'Test',
  config: z.strictObject({
    mode: z
      .enum(['well', 'ill', 'silent', 'deaf', 'raw', 'unstartable', 'endless', 'calling', 'telling'])
      .default('well'),
    url: z.string().optional(),
    places: z.int().min(1).default(1),
    token: z.string().min(4).optional().meta(secret),
  }),
  create(config, host) {
    const one = { config, host, started: false, stopped: false }
    seen.push(one)
    const { mode, url, token } = config
    return {
      endpoints: [endpoint({ id: 'ping', method: 'GET', path: '/ping', summary: 'Ping', handle: () => ({}) })],
      async start() {
        if (mode === 'unstartable') throw new Error(`connect postgres://me:${token}@db.internal`)
        one.started = true
        await host.state.put('kept', 1)
        host.emit('catalog.changed', {})
      },
      async health(signal) {
        if (mode === 'ill') throw new GwError('unavailable', 'The station is closed.')
        if (mode === 'telling') throw new GwError('unavailable', `The station knows no ${token}.`)
        if (mode === 'raw') throw new Error(`refused ${token}`)
        if (mode === 'deaf') await new Promise(() => {})
        if (mode === 'silent')
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        if (mode === 'calling') await host.fetch(url!)
      },
      async stop() {
        if (mode === 'endless') await new Promise(() => {})
        one.stopped = true
      },
    }
  },
})

let gw: Opened
beforeAll(async () => {
  gw = await opened({ types: [type] })
})
afterAll(() => gw[Symbol.asyncDispose]())

const trial = (record: object, headers?: Record<string, string>) =>
  gw.ask('POST', 'system/service/_test', record, headers)
const station = (config: object, more: object = {}) => trial({ type: 'station', config, ...more })
const problems = async (config: object) => {
  const { status, body } = await station(config)
  expect([status, body.ok]).toEqual([200, false])
  return body.problems
}

test('a service that works is started, asked and stopped, and nothing of it stays', async () => {
  const names = async () => (await gw.ask('GET', 'system/service?fields=name')).body.resource
  const before = await names()
  const { status, body } = await station({ token: 'a token' }, { name: 'nowhere' })
  expect(status).toBe(200)
  expect(body).toEqual({ ok: true, latency_ms: expect.any(Number) })
  const one = seen.at(-1)!
  expect([one.config.token, one.started, one.stopped]).toEqual(['a token', true, true])
  expect(await names()).toEqual(before)
  expect((await gw.ask('GET', 'nowhere/ping')).status).toBe(404)
  // What it kept of its own went nowhere.
  expect(await gw.governance.state('nowhere').get('kept')).toBeUndefined()
})

test('a list with one service is taken as for creating it, and more than one is not', async () => {
  expect((await trial({ resource: [{ type: 'station', config: {} }] })).body.ok).toBe(true)
  expect((await trial({ resource: [{ type: 'station' }, { type: 'station' }] })).status).toBe(400)
  expect((await trial({ resource: [] })).status).toBe(400)
})

test('what is wrong with a configuration is said by field', async () => {
  expect(await problems({ places: 0, mode: 'nothing' })).toEqual([
    { field: 'config.mode', message: expect.any(String) },
    { field: 'config.places', message: expect.any(String) },
  ])
  expect((await trial({})).body.problems).toEqual([{ field: 'type', message: 'The type is required.' }])
  expect((await trial({ type: 'nothing' })).body.problems).toEqual([
    { field: 'type', message: expect.stringContaining('nothing') },
  ])
  expect((await trial({ type: 'station', config: 'text' })).body.problems).toEqual([
    { field: 'config', message: 'The config must be an object.' },
  ])
  expect((await trial({ type: 'system', config: {} })).body).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringContaining("gateway's own") }],
  })
})

test('a source that does not answer is a readable reason without secrets, and is stopped all the same', async () => {
  expect(await problems({ mode: 'ill' })).toEqual([{ message: 'The station is closed.' }])
  expect(seen.at(-1)!.stopped).toBe(true)
  for (const mode of ['raw', 'unstartable', 'telling']) {
    const [problem] = await problems({ mode, token: 'hunter2hunter2' })
    expect(problem.message).not.toContain('hunter2')
    expect(problem.message).not.toContain('db.internal')
  }
  expect((await problems({ mode: 'telling', token: 'hunter2hunter2' }))[0].message).toBe(
    'The station knows no **********.',
  )
  expect(seen.at(-1)!.stopped).toBe(true)
})

test('more than a few at the same time are asked to come again', async () => {
  const all = (await Promise.all([1, 2, 3, 4, 5].map(() => problems({ mode: 'silent' })))).flat()
  const messages = all.map(({ message }: { message: string }) => message).sort()
  expect(messages.slice(1)).toEqual(Array(4).fill('It did not answer within 10 seconds.'))
  expect(messages[0]).toBe('4 services are being tried out already. Try again in a moment.')
})

test('a source that hangs is given up, also where its connector does not listen or does not stop', async () => {
  const began = performance.now()
  const all = await Promise.all([
    problems({ mode: 'silent' }),
    problems({ mode: 'deaf' }),
    station({ mode: 'endless' }),
  ])
  // A slow machine may take longer for everything else; a source that hangs is not waited for.
  expect(performance.now() - began).toBeLessThan(60_000)
  expect(all.slice(0, 2)).toEqual([0, 1].map(() => [{ message: 'It did not answer within 10 seconds.' }]))
  expect((all[2] as any).body.ok).toBe(true)
})

test('of one that there is, masks and what is not sent are as stored, and only administrators may have it called', async () => {
  const made = await gw.ask('POST', 'system/service', {
    resource: [{ name: 'kept', type: 'station', is_active: true, config: { token: 'the stored one', places: 3 } }],
  })
  const { id } = made.body.resource[0]
  const { body: shown } = await gw.ask('GET', `system/service/${id}`)
  expect(shown.config.token).toBe('**********')
  expect((await trial({ ...shown, config: { ...shown.config, mode: 'well' } })).body.ok).toBe(true)
  expect(seen.at(-1)!.config).toMatchObject({ token: 'the stored one', places: 3 })
  expect((await trial({ id, config: { places: 4 } })).body.ok).toBe(true)
  expect(seen.at(-1)!.config).toMatchObject({ token: 'the stored one', places: 4 })
  expect((await station({ token: '**********' })).body).toEqual({ ok: true, latency_ms: expect.any(Number) })
  expect(seen.at(-1)!.config.token).toBeUndefined()
  expect((await trial({ id: 9_999, config: {} })).status).toBe(404)
  // The running one and its row are as before.
  expect((await gw.ask('GET', `system/service/${id}`)).body.config).toMatchObject({ places: 3 })
  const counted = seen.length
  expect((await gw.ask('GET', 'kept/ping')).status).toBe(200)

  const role = await gw.ask('POST', 'system/role', {
    resource: [
      {
        name: 'nearly all',
        is_active: true,
        role_service_access_by_role_id: [{ service_id: 1, component: '*', verb_mask: 31, requestor_mask: 1 }],
      },
    ],
  })
  const app = await gw.ask('POST', 'system/app?fields=*', {
    resource: [{ name: 'app', is_active: true, type: 0, role_id: role.body.resource[0].id }],
  })
  const key = { 'x-dreamfactory-api-key': app.body.resource[0].api_key }
  expect((await gw.ask('GET', 'system/service', undefined, key)).status).toBe(200)
  for (const headers of [key, {}]) expect([401, 403, 400]).toContain((await trial({ id, config: {} }, headers)).status)
  expect(seen.length).toBe(counted)
})

test('a service is tried out under the rules for going out', async () => {
  const server = createServer((_, response) => response.end('inside')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const [problem] = await problems({ mode: 'calling', url: `http://127.0.0.1:${port}/` })
  expect(problem.message).toMatch(/not allowed|refuse|private|loopback/i)
  server.close()
})

test('a real database is reached, and one that is not there is not made', async () => {
  const database = shopIn(gw.folder)
  expect((await trial({ type: 'sqlite', config: { database } })).body.ok).toBe(true)
  const missing = `${gw.folder}/missing.db`
  const answer = await trial({ type: 'sqlite', config: { database: missing } })
  expect(answer.body).toEqual({ ok: false, problems: [{ message: expect.any(String) }] })
  expect(JSON.stringify(answer.body)).not.toContain(gw.folder)
  expect(existsSync(missing)).toBe(false)
  writeFileSync(missing, 'no database at all, but a text that is long enough to be read')
  expect((await trial({ type: 'sqlite', config: { database: missing } })).body.ok).toBe(false)
})

test('how active services are is told as the node knows it', async () => {
  await gw.ask('POST', 'system/service', {
    resource: [
      { name: 'broken', type: 'station', is_active: true, config: { mode: 'unstartable', token: 'hunter2hunter2' } },
      { name: 'resting', type: 'station', is_active: false, config: {} },
      { name: 'silent', type: 'station', is_active: true, config: { mode: 'deaf' } },
    ],
  })
  const { status, body } = await gw.ask('GET', 'system/service/_health')
  expect(status).toBe(200)
  const byName = Object.fromEntries(body.resource.map((one: any) => [one.name, one]))
  expect(byName.broken).toEqual({
    name: 'broken',
    state: 'down',
    reason: 'Its connector failed to start. The gateway log has the details.',
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  })
  // Its source is not asked: that would take for ever.
  expect(byName.silent).toMatchObject({ state: 'serving' })
  expect(byName.silent.reason).toBeUndefined()
  expect(byName.system.state).toBe('serving')
  expect(byName.resting).toBeUndefined()
})
