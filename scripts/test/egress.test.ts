/** Every way out is tried with every address that must not be called: docs/reference/egress.md shows both. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServiceType } from '../../packages/core/src/contract.ts'
import { createEgress } from '../../packages/core/src/egress/index.ts'
import { HOSTILE_ADDRESSES, HOSTILE_NAMES, type HostileAddress } from '../../packages/testkit/src/remote/addresses.ts'
import { WAYS, type Way, type WayName } from '../egress/ways.ts'
import { readWorkspace } from '../layers/workspace.ts'
import { callersTo } from './egress/callers.ts'

const root = join(import.meta.dirname, '../..')
const closing: (() => unknown)[] = []
afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

const listening = async (answer: RequestListener, host = '127.0.0.1', port = 0) => {
  let asked = 0
  // A tunnel through it, or an attempt at TLS, is a connection, too.
  const server = createServer(answer).on('connection', () => {
    asked += 1
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, asked: () => asked }
}
type Server = Awaited<ReturnType<typeof listening>>

const addressesOf = (host: string): readonly string[] =>
  HOSTILE_NAMES[host.replace(/\.$/, '').toLowerCase()] ?? ['127.0.0.1']

/** The way out under an operator's rules, with names that lead where they are told to. */
const egressTo = (allow: readonly string[], addresses: (host: string) => readonly string[] = addressesOf) => {
  const asked: string[] = []
  const egress = createEgress({
    allow,
    resolve: async (host) => {
      asked.push(host)
      return addresses(host).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    },
  })
  closing.push(() => egress.close())
  return { egress, asked }
}

/** Where only encrypted calls are accepted, everything else about an address is tried with one. */
const written = ({ encrypted }: Way, url: string): string =>
  encrypted === true ? url.replace(/^http:\/\//i, 'https://') : url
const at = ({ url }: Pick<HostileAddress, 'url'>, port: number): string => url.replaceAll('{port}', String(port))
/** A header holds no other characters; a URL decodes them again. */
const located = (url: string): string => (/[^\x20-\x7e]/.test(url) ? encodeURI(url) : url)
/** A NUL can be written into settings, but into no header. */
const redirected = HOSTILE_ADDRESSES.filter(
  ({ where, url }) => where !== 'writing' || /^(file|ftp|gopher|data|http:\/\/.*@)/.test(url),
)

let trap: Server
let door: Server
let location = ''
beforeAll(async () => {
  trap = await listening((_request, response) => response.end('{}'))
  door = await listening((_request, response) => response.writeHead(302, { location, connection: 'close' }).end())
})

for (const [name, way] of Object.entries(WAYS) as [WayName, Way][])
  describe(`${way.type}, ${way.at.replaceAll('`', '')}`, { timeout: 600_000 }, () => {
    test('is refused every address that must not be called, and nothing looks further than it has to', async () => {
      const { egress, asked } = egressTo([`127.0.0.1:${door.port}`])
      const caller = await callersTo(`http://127.0.0.1:${door.port}`)[name](egress)
      const seen: unknown[] = []
      const wanted: unknown[] = []
      for (const row of HOSTILE_ADDRESSES) {
        asked.length = 0
        const { status, message } = await caller.call(written(way, at(row, trap.port)))
        const refused = row.where === 'writing' ? status >= 400 && status < 500 : status === 403
        seen.push([
          row.url,
          refused || `${status} ${message}`,
          asked.length > 0,
          message.includes(String(trap.port)) ? message : '',
        ])
        wanted.push([row.url, true, row.where === 'name', ''])
        if (row.where !== 'writing' && !message.includes(row.because)) seen.push([row.url, status, message])
      }
      await caller.close?.()
      expect(seen).toEqual(wanted)
      expect([trap.asked(), door.asked()]).toEqual([0, 0])
    })
  })

describe.each(Object.entries(WAYS) as [WayName, Way][])('behind a redirect, by %s', (name, way) => {
  test(way.redirects === 'judged' ? 'is refused as well' : 'nothing is called', { timeout: 600_000 }, async () => {
    const { egress } = egressTo([`127.0.0.1:${door.port}`])
    const url = `http://127.0.0.1:${door.port}`
    const caller = await callersTo(url)[name](egress)
    const before = door.asked()
    const seen: unknown[] = []
    for (const row of redirected) {
      location = located(at(row, trap.port))
      const { status } = await caller.call(url)
      seen.push([row.url, way.redirects === 'judged' ? status : status === 200])
    }
    await caller.close?.()
    expect(seen).toEqual(redirected.map((row) => [row.url, way.redirects === 'judged' ? 403 : false]))
    expect(door.asked() - before, 'the redirects were not met').toBeGreaterThanOrEqual(redirected.length)
    expect(trap.asked()).toBe(0)
  })
})

describe.each(Object.entries(WAYS) as [WayName, Way][])('a name that is moved, by %s', (name, way) => {
  test('leads to what was judged, and nowhere else', { timeout: 600_000 }, async () => {
    const host = 'rebinding.example'
    const first = await listening((_request, response) => response.writeHead(200, { connection: 'close' }).end('{}'))
    const second = await listening((_request, response) => response.end('{}'), '127.0.0.2', first.port)
    let looked = 0
    // 127.0.0.1 plays the public address: it is opened by address, and 127.0.0.2 is not.
    const { egress } = egressTo(['127.0.0.1'], () => [looked++ === 0 ? '127.0.0.1' : '127.0.0.2'])
    const url = written(way, `http://${host}:${first.port}/`)
    const caller = await callersTo(url)[name](egress)
    await caller.call(url)
    const again = await caller.call(url)
    await caller.close?.()
    expect(looked, 'the name was not looked up').toBeGreaterThanOrEqual(2)
    expect(again.status).toBe(403)
    // A proxy is only asked for what has been judged itself, which is the second look already.
    if (name !== 'httpProxy') expect(first.asked()).toBeGreaterThanOrEqual(1)
    expect(second.asked()).toBe(0)
  })
})

test('every setting of a connector that holds an address is one of the ways', async () => {
  const connectors = readWorkspace(root).filter(({ layer }) => layer === 'connector')
  const found: string[] = []
  for (const { folder } of connectors) {
    const { default: type } = (await import(join(root, folder, 'src/index.ts'))) as { default: ServiceType }
    const walk = (schema: any, path: string): void => {
      if (schema.format === 'uri') found.push(`${type.name} \`${path}\``)
      for (const each of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) walk(each, path)
      for (const [key, below] of Object.entries(schema.properties ?? {}))
        walk(below, path === '' ? key : `${path}.${key}`)
    }
    walk(type.config['~standard'].jsonSchema.input({ target: 'draft-2020-12' }), '')
  }
  const ways: readonly Way[] = Object.values(WAYS)
  const known = ways.map(({ type, at: setting }) => `${type} ${setting}`)
  expect(found.length).toBeGreaterThanOrEqual(6)
  expect(found.filter((one) => !known.includes(one))).toEqual([])
})
