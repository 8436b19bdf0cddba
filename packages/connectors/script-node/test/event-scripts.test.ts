/** Scripts on events and queued runs in a gateway whose whole governance is `gw.config`. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openGateway } from '@gw/core/open'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const KEY = 'a-key-that-is-long-enough'
const CONNECTOR = resolve(import.meta.dirname, '..')
const SANDBOX = { sandbox: 'preferred' }

const folderOf = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-events-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const write = (folder: string, config: object) =>
  writeFileSync(
    join(folder, 'gw.config.json'),
    JSON.stringify({
      connectors: [CONNECTOR],
      log: { level: 'silent' },
      egress: { allow: ['127.0.0.1'] },
      roles: { all: { access: [{ service: '*', component: '*', verbs: 31, requestors: ['api', 'script'] }] } },
      apps: { site: { apiKey: KEY, role: 'all' } },
      ...config,
    }),
  )

const start = async (folder: string) => {
  const opened = await openGateway({ cwd: folder })
  await opened.gateway.start()
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= opened.gateway.stop()
    return stopped
  }
  onTestFinished(stop)
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await opened.gateway.fetch(
      new Request(`http://gateway.test/api/v2/${path}`, {
        method,
        headers: { 'x-dreamfactory-api-key': KEY, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  return { ...opened, ask, stop }
}

/** A server that hears what scripts tell it, and answers or does not. */
const listener = async () => {
  const heard: string[] = []
  const listening = { silent: false }
  const server = createServer((request, response) => {
    heard.push(request.url!)
    if (!listening.silent) response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { heard, listening, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 50 })

describe('event scripts in gw.config', () => {
  const services = {
    stock: { type: 'nodejs', config: { ...SANDBOX, content: 'return { got: event.request.payload }' } },
  }

  test('change the call and its answer, by templated and by concrete names, and refuse it', async () => {
    const folder = folderOf()
    writeFileSync(
      join(folder, 'check.js'),
      "if (event.request.payload?.bad) throw Object.assign(new Error('No.'), { status: 422 })",
    )
    write(folder, {
      services,
      eventScripts: {
        'stock.{path}.post.pre_process': { type: 'nodejs', content: '${file:check.js}', config: SANDBOX },
        'stock.orders.post.pre_process': {
          type: 'nodejs',
          content: 'event.request.payload.by = platform.config.name',
          config: { ...SANDBOX, name: 'a ${brace} and {another}' },
          allow_event_modification: true,
        },
        'stock.orders.post.post_process': {
          type: 'nodejs',
          content: 'event.response.content.seen = true',
          config: SANDBOX,
          allow_event_modification: true,
        },
        'stock.orders.get.pre_process': { type: 'nodejs', content: "throw new Error('never')", is_active: false },
      },
    })
    const { ask } = await start(folder)
    const made = await ask('POST', 'stock/orders', { n: 1 })
    expect(made).toEqual({ status: 200, body: { got: { n: 1, by: 'a ${brace} and {another}' }, seen: true } })
    const refused = await ask('POST', 'stock/orders', { bad: true })
    expect(refused).toMatchObject({ status: 422, body: { error: { message: 'No.' } } })
    expect((await ask('GET', 'stock/orders')).status).toBe(200)
  })

  test('follow the file without a restart', async () => {
    const folder = folderOf()
    const scripted = (content: string) => ({
      services,
      eventScripts: {
        'stock.get.post_process': { type: 'nodejs', content, config: SANDBOX, allow_event_modification: true },
      },
    })
    write(folder, scripted('return 1'))
    const { ask, reload } = await start(folder)
    expect((await ask('GET', 'stock')).body).toBe(1)
    write(folder, scripted('return 2'))
    expect(await reload()).toBe(true)
    expect((await ask('GET', 'stock')).body).toBe(2)
    write(folder, { services })
    expect(await reload()).toBe(true)
    expect((await ask('GET', 'stock')).body).toEqual({ got: null })
  })

  test('that can not be run refuse the call', async () => {
    const folder = folderOf()
    write(folder, { services, eventScripts: { 'stock.get.pre_process': { type: 'cobol', content: '' } } })
    const { ask } = await start(folder)
    const { status, body } = await ask('GET', 'stock')
    expect([status, body.error.message]).toEqual([
      503,
      expect.stringContaining("'stock.get.pre_process' can not be run"),
    ])
  })
})

describe('queued runs', () => {
  test('of services and of events that a gateway was not done with are done by the next one', {
    timeout: 120_000,
  }, async () => {
    const { heard, listening, url } = await listener()
    const folder = folderOf()
    const content = `
      const { content } = await platform.api.get('who/' + (platform.session.app?.name ?? 'nobody'))
      await platform.api.post('${url}/' + event.request.service + '/' + event.resource + '/' + content.role, {})`
    const config = { ...SANDBOX, max_concurrency: 1, allowed_hosts: ['127.0.0.1'] }
    write(folder, {
      services: {
        later: { type: 'nodejs', config: { ...config, content, queued: true } },
        who: { type: 'nodejs', config: { ...SANDBOX, content: 'return { role: platform.session.role.name }' } },
      },
      eventScripts: { 'who.{path}.post.queued': { type: 'nodejs', content, config } },
    })
    listening.silent = true
    const first = await start(folder)
    const answer = await first.ask('POST', 'later/a')
    expect(answer).toEqual({ status: 202, body: { success: true, id: expect.any(String) } })
    await first.ask('POST', 'later/b')
    await first.ask('POST', 'who/c')
    await eventually(() => expect(heard).toContain('/later/a/all'))
    await eventually(() => expect(heard).toContain('/who/c/all'))
    await first.stop()
    expect(heard).not.toContain('/later/b/all')
    listening.silent = false
    heard.length = 0
    const second = await start(folder)
    await eventually(() => expect(heard.toSorted()).toEqual(['/later/a/all', '/later/b/all', '/who/c/all']))
    await second.stop()
    heard.length = 0
    await start(folder)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(heard).toEqual([])
  })
})
