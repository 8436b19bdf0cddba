/** The configuration of this example, started in front of servers of the test's own. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { type Folder, folderWith, gw, type Node, startNode } from '../../../scripts/examples/gateway.ts'

const EXAMPLE = dirname(import.meta.dirname)
const read = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8')
const SECRETS = { GEO_KEY: 'the-key-of-the-gateway', SHOP_TOKEN: 'a-token-of-the-test', APP_KEY: 'an-apps-key' }
const folderFor = (configuration: string): Folder =>
  folderWith({
    example: EXAMPLE,
    connectors: ['@gw/http'],
    files: { 'gw.config.yaml': configuration, 'shop.yaml': read('shop.yaml') },
  })

test('the configuration passes gw check', () => {
  const folder = folderFor(read('gw.config.yaml'))
  expect(gw(folder.path, ['check'], SECRETS)).toEqual({ status: 0, told: expect.any(String) })
  expect(gw(folder.path, ['check'], { APP_KEY: SECRETS.APP_KEY }).told).toContain('GEO_KEY')
  folder.remove()
})

describe('a gateway as the example has it', () => {
  const seen: { method: string; url: string; headers: IncomingHttpHeaders }[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, url, headers })
    const body = url.startsWith('/geo') ? { name: 'Vienna' } : { id: 1, item: 'tea', count: 2 }
    request.resume()
    response.writeHead(method === 'POST' ? 201 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  let folder: Folder
  let node: Node
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    // Here the services are on this machine, which is a private address.
    folder = folderFor(stringify({ ...parse(read('gw.config.yaml')), egress: { allow: ['127.0.0.1'] } }))
    const env = { ...SECRETS, GEO_URL: `${base}/geo`, SHOP_URL: `${base}/shop` }
    node = await startNode(folder.path, ['start', '--port', '0'], env)
  }, 120_000)
  beforeEach(() => {
    seen.length = 0
  })
  afterAll(async () => {
    await node?.stop()
    server.close()
    folder?.remove()
  })
  const call = async (path: string, headers = {}, body?: object) => {
    const answer = await fetch(`${node.url}/api/v2/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'x-dreamfactory-api-key': SECRETS.APP_KEY, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: await answer.json() }
  }

  test('sends its own key in place of the caller’s, passes the language on, and keeps the answer', async () => {
    const headers = { 'accept-language': 'de' }
    for (const key of ['one', 'two'])
      expect(await call(`geo/cities/7?key=${key}`, headers)).toEqual({ status: 200, body: { name: 'Vienna' } })
    expect(seen.map(({ url, headers: sent }) => [url, sent['accept-language']])).toEqual([
      ['/geo/cities/7?key=the-key-of-the-gateway', 'de'],
    ])
  })

  test('makes endpoints of the description, which check what is sent and hold the token', async () => {
    expect(await call('shop/orders/1')).toEqual({ status: 200, body: { id: 1, item: 'tea', count: 2 } })
    expect((await call('shop/orders', {}, { item: 'tea', count: 2 })).status).toBe(201)
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill('Bearer a-token-of-the-test'))
    expect((await call('shop/orders', {}, { item: 'tea', count: 0 })).status).toBe(400)
    expect((await call('shop/orders/first')).status).toBe(400)
    expect(seen).toHaveLength(2)
  })
})
