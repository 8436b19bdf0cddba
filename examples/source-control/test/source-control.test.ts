/** The configurations of this example; the first one is started in front of an emulator of GitHub. */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { createEmulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { type Folder, folderWith, gw, type Node, startNode } from '../../../scripts/examples/gateway.ts'

const EXAMPLE = dirname(import.meta.dirname)
const read = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8')
const ENV = { GITHUB_ACCOUNT: 'acme', READER_KEY: 'a-readers-key' }
const TOKEN = 'ghp_a-token-of-the-test'
const folderFor = (files: Readonly<Record<string, string>>): Folder =>
  folderWith({ example: EXAMPLE, connectors: ['@gw/github'], files })

test('both configurations pass gw check, by a token and as an app', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const folder = folderFor({
    'gw.config.yaml': read('gw.config.yaml'),
    'gw.app.yaml': read('gw.app.yaml'),
    'secrets/app.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  })
  const checked = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    gw(folder.path, ['check', ...args], { ...ENV, ...env })
  expect(checked([], { GITHUB_TOKEN: TOKEN })).toEqual({ status: 0, told: expect.any(String) })
  expect(checked([], {}).told).toContain('GITHUB_TOKEN')
  const app = ['--config', 'gw.app.yaml']
  expect(checked(app, { GITHUB_APP: '12345' })).toEqual({ status: 0, told: expect.any(String) })
  expect(checked(app, {}).told).toContain('GITHUB_APP')
  folder.remove()
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('a gateway as the example has it', () => {
  let emulator: { readonly url: string; close(): Promise<void> }
  let folder: Folder
  let node: Node
  beforeAll(async () => {
    const seed = {
      tokens: { [TOKEN]: { login: 'acme', scopes: ['repo', 'user'] } },
      github: {
        users: [{ login: 'acme', name: 'Acme', email: 'acme@mail.example' }],
        repos: [{ owner: 'acme', name: 'shop', auto_init: true, default_branch: 'main' }],
      },
    }
    emulator = await createEmulator({ service: 'github', port: await freePort(), seed: seed as never })
    // Here GitHub is on this machine, which is a private address.
    const configuration = { ...parse(read('gw.config.yaml')), egress: { allow: ['127.0.0.1', 'localhost'] } }
    folder = folderFor({ 'gw.config.yaml': stringify(configuration) })
    const env = { ...ENV, GITHUB_TOKEN: TOKEN, GITHUB_API: emulator.url }
    node = await startNode(folder.path, ['start', '--port', '0'], env)
  }, 120_000)
  afterAll(async () => {
    await node?.stop()
    await emulator?.close()
    folder?.remove()
  })
  const call = async (path: string, method = 'GET') => {
    const headers = { 'x-dreamfactory-api-key': ENV.READER_KEY }
    const answer = await fetch(`${node.url}/api/v2/${path}`, { method, headers })
    return { status: answer.status, body: (await answer.json()) as any }
  }

  test('answers what the README asks for', async () => {
    const paths = [...read('README.md').matchAll(/8080\/api\/v2\/(\S+)/g)].map(([, path]) => path!)
    expect(paths).toHaveLength(2)
    const [list, file] = [await call(paths[0]!), await call(paths[1]!)]
    expect(list.body.resource.map(({ name }: { name: string }) => name)).toEqual(['shop'])
    expect([file.status, file.body.name, file.body.encoding]).toEqual([200, 'README.md', 'utf-8'])
  })

  test('lets readers write nothing', async () => {
    expect((await call('code/_file/shop/README.md', 'DELETE')).status).toBe(401)
  })
})
