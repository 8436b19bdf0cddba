/** Nothing that a configuration, a name, a redirect or a caller's path says leads into the operator's own network. */
import { defineServiceType } from '@gw/core'
import { createEgress } from '@gw/core/kernel'
import { openGateway } from '@gw/testkit'
import { HOSTILE_ADDRESSES as HOSTILE, HOSTILE_NAMES, type HostileAddress } from '@gw/testkit/remote'
import { describe, expect, test } from 'vitest'
import http from '../src/index.ts'
import { cleanups, serve } from './server.ts'

/** A gateway whose names are the table's, and in which `allow` alone is open. */
const gatewayWith = async (config: Readonly<Record<string, unknown>>, allow: readonly string[] = []) => {
  const asked: string[] = []
  const egress = createEgress({
    allow,
    resolve: async (host) => {
      asked.push(host)
      const addresses = HOSTILE_NAMES[host.replace(/\.$/, '').toLowerCase()] ?? ['127.0.0.1']
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    },
  })
  const type = defineServiceType({
    ...http,
    create: (settings, host) => http.create(settings, { ...host, outgoing: egress.outgoing }),
  })
  const gateway = await openGateway({ services: { db: { type, config: { retries: 0, ...config } } } })
  cleanups.push(
    () => gateway.close(),
    () => egress.close(),
  )
  return { ...gateway, asked }
}

const at = ({ url }: HostileAddress, port: number) => url.replaceAll('{port}', String(port))
const called = HOSTILE.filter(({ where }) => where !== 'writing')

describe('an address', () => {
  test('of at least sixty kinds is in the table', () => {
    expect(HOSTILE.length).toBeGreaterThanOrEqual(60)
    expect(new Set(HOSTILE.map(({ url }) => url)).size).toBe(HOSTILE.length)
  })

  for (const row of HOSTILE)
    test(`like ${JSON.stringify(row.url)} is refused by its ${row.where}`, async () => {
      const trap = await serve()
      const base_url = at(row, trap.port)
      if (row.where === 'writing') {
        const result = await http.config['~standard'].validate({ base_url })
        expect(result.issues?.map(({ message }) => message).join(' ')).toContain(row.because)
        return
      }
      const { ask, asked } = await gatewayWith({ base_url })
      const { status, body } = await ask({ path: 'a' })
      expect(status, JSON.stringify(body)).toBe(403)
      expect(body.error.message).toContain(row.because)
      expect(body.error.message).not.toMatch(/127|10\.|169\.|192\.168|example/)
      expect(asked.length > 0).toBe(row.where === 'name')
      expect(trap.seen).toEqual([])
    })

  test('is refused as well where a service that is open redirects to it', { timeout: 120_000 }, async () => {
    const trap = await serve()
    let to = ''
    const door = await serve((_request, response) => response.writeHead(302, { location: to }).end())
    const { ask } = await gatewayWith({ base_url: door.url }, [`127.0.0.1:${door.port}`])
    for (const row of called) {
      const url = at(row, trap.port)
      // A header holds no other characters; a URL decodes them again.
      to = /[^\x20-\x7e]/.test(url) ? encodeURI(url) : url
      const { status, body } = await ask({ path: 'a' })
      expect([to, status]).toEqual([to, 403])
      expect(body.error.message).toContain(row.because)
    }
    for (const scheme of [
      'file:///etc/passwd',
      'ftp://public.example/',
      'data:text/plain,x',
      `http://u:p@127.0.0.1:${trap.port}/`,
    ]) {
      to = scheme
      expect([to, (await ask({ path: 'a' })).status]).toEqual([to, 403])
    }
    expect(trap.seen).toEqual([])
  })

  test('is refused as well where the token server is there, or the proxy', async () => {
    const trap = await serve()
    const door = await serve()
    const allow = [`127.0.0.1:${door.port}`]
    for (const row of called) {
      const url = at(row, trap.port)
      const oauth2 = { token_url: url, client_id: 'a', client_secret: 'b' }
      for (const config of [{ oauth2 }, { proxy: { url } }]) {
        const parsed = await http.config['~standard'].validate({ base_url: door.url, ...config })
        if (parsed.issues) continue
        const { ask, close } = await gatewayWith({ base_url: door.url, ...config }, allow)
        expect([url, Object.keys(config), (await ask({ path: 'a' })).status]).toEqual([url, Object.keys(config), 403])
        await close()
      }
    }
    expect([trap.seen, door.seen]).toEqual([[], []])
  }, 300_000)
})

test('no path of a caller changes the host, the port or the scheme', async () => {
  const trap = await serve()
  const door = await serve()
  const { ask } = await gatewayWith({ base_url: `${door.url}/base` }, [`127.0.0.1:${door.port}`])
  const evil = `127.0.0.1:${trap.port}`
  for (const path of [
    `@${evil}/`,
    `/${evil}/`,
    `//${evil}/x`,
    `%2F%2F${evil}/`,
    `http:%2F%2F${evil}/`,
    `%5C%5C${evil}/`,
    `.${evil}`,
    `:80@${evil}`,
    `%0d%0aHost:%20${evil}`,
    `%23@${evil}`,
    `%3F@${evil}`,
    `;@${evil}`,
  ])
    await ask({ path })
  expect(trap.seen).toEqual([])
  for (const { url, headers } of door.seen) {
    expect(url).toMatch(/^\/base(\/|$)/)
    expect(headers.host).toBe(`127.0.0.1:${door.port}`)
  }
  expect(door.seen.length).toBeGreaterThan(8)
})
