/** The configurations of this example, started as the README says. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startFauxqs } from 'fauxqs'
import { afterAll, describe, expect, test } from 'vitest'
import { type Env, folderWith, gw, type Node, startNode } from '../../../scripts/examples/gateway.ts'

const EXAMPLE = dirname(import.meta.dirname)
const CONFIGURATIONS = ['gw.config.yaml', 'gw.aws.yaml', 'gw.minio.yaml', 'gw.r2.yaml']
const read = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8')
const folder = folderWith({
  example: EXAMPLE,
  connectors: ['@gw/local-files', '@gw/s3'],
  files: Object.fromEntries(CONFIGURATIONS.map((name) => [name, read(name)])),
})
afterAll(() => folder.remove())

const KEYS = { EDITOR_KEY: 'an-editors-key', READER_KEY: 'a-readers-key' }
/** Every variable that a configuration asks for. */
const filled = (name: string): Env =>
  Object.fromEntries(
    [...read(name).matchAll(/\$\{env:(\w+)\}/g)].map(([, variable]) => [
      variable!,
      `a-${variable!.toLowerCase()}`.replaceAll('_', '-'),
    ]),
  )

test('every configuration passes gw check, and without its variables gw says which are missing', () => {
  for (const name of CONFIGURATIONS) {
    const { status, told } = gw(folder.path, ['check', '--config', name], filled(name))
    expect([name, status, told]).toEqual([name, 0, expect.any(String)])
    expect(gw(folder.path, ['check', '--config', name]).told).toContain('EDITOR_KEY')
  }
})

test('gw check says where a store is at an address that is not open', () => {
  const closed = { ...filled('gw.minio.yaml'), MINIO_URL: 'http://192.168.7.7:9000' }
  const { status, told } = gw(folder.path, ['check', '--config', 'gw.minio.yaml'], closed)
  expect([status, told]).toEqual([1, expect.stringContaining('services.files')])
})

test('the README names every configuration and every variable that one needs', () => {
  for (const name of CONFIGURATIONS.slice(1))
    for (const variable of Object.keys(filled(name)))
      expect(
        read('README.md')
          .split('\n')
          .find((line) => line.includes(name)),
      ).toContain(`${variable}=`)
})

const using = async (args: readonly string[], env: Env, work: (node: Node) => Promise<void>) => {
  const node = await startNode(folder.path, ['start', '--port', '0', ...args], { ...KEYS, ...env })
  try {
    await work(node)
  } finally {
    await node.stop()
  }
}

const call = async (url: string, path: string, key?: string, body?: string) => {
  const headers = { 'content-type': 'text/plain', ...(key !== undefined && { 'x-dreamfactory-api-key': key }) }
  const answer = await fetch(url + path, { method: body === undefined ? 'GET' : 'PUT', headers, ...(body && { body }) })
  return { status: answer.status, text: await answer.text() }
}

const storesAndPublishes = async ({ url }: Node) => {
  const { EDITOR_KEY } = KEYS
  expect((await call(url, '/api/v2/files/', EDITOR_KEY)).text).toBe('{"resource":[]}')
  for (const name of ['docs', 'img']) expect((await post(url, `/api/v2/files/${name}/`, EDITOR_KEY)).status).toBe(201)
  for (const path of ['docs/hello.txt', 'img/a.txt'])
    expect((await call(url, `/api/v2/files/${path}`, EDITOR_KEY, 'hello')).status).toBe(201)
  expect(await call(url, '/files/img/a.txt')).toEqual({ status: 200, text: 'hello' })
  expect((await call(url, '/files/docs/hello.txt')).status).toBe(403)
  expect((await call(url, '/api/v2/files/img/a.txt')).status).toBe(400)
}
const post = (url: string, path: string, key: string) =>
  fetch(url + path, { method: 'POST', headers: { 'x-dreamfactory-api-key': key } })

describe('a gateway as the example has it', () => {
  test('serves the folder, to readers only what is for them', async () => {
    await using([], {}, async (node) => {
      await storesAndPublishes(node)
      const as = (path: string) => call(node.url, `/api/v2/files/${path}`, KEYS.READER_KEY)
      expect(await as('docs/hello.txt')).toEqual({ status: 200, text: 'hello' })
      expect((await as('img/a.txt')).status).toBe(401)
    })
  })

  test('serves a bucket of a server that speaks S3', async () => {
    const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
    try {
      const env = { BUCKET: 'shop-files', MINIO_URL: `http://127.0.0.1:${server.port}` }
      const keys = { MINIO_ACCESS_KEY: 'AKIAIOSFODNN7EXAMPLE', MINIO_SECRET_KEY: 'a-secret-of-the-test-suite' }
      await using(['--config', 'gw.minio.yaml'], { ...env, ...keys }, storesAndPublishes)
    } finally {
      await server.stop()
    }
  })
})
