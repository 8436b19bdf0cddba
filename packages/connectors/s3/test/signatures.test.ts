/** What is sent to a store is signed as Amazon wants it, and so are the addresses that browsers are given. */
import { createEgress } from '@gw/core/kernel'
import { openGateway, recordedHost } from '@gw/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { s3Config } from '../src/config.ts'
import s3 from '../src/index.ts'
import { KEYS, startStore, type TestStore, testBucket } from './bucket.ts'
import { startVerifying, type VerifyingStore } from './verifying.ts'

let store: TestStore
let verifying: VerifyingStore
let bucket: Awaited<ReturnType<typeof testBucket>>
let gateway: Awaited<ReturnType<typeof openGateway>>
beforeAll(async () => {
  store = await startStore()
  bucket = await testBucket(store, 'a/root b/')
  verifying = await startVerifying(KEYS, store.endpoint)
  const config = { ...bucket.config, endpoint: verifying.endpoint }
  gateway = await openGateway({ services: { files: { type: s3, config } } })
}, 120_000)
afterAll(async () => {
  await gateway?.close()
  await verifying?.close()
  await bucket?.close()
  await store?.close()
})

const ask = (method: string, path: string, more: object = {}) =>
  gateway.ask({ service: 'files', method, path, ...more } as never)
const faults = () => verifying.seen.filter(({ fault }) => fault !== undefined)

/** Characters that have to be written in one way only to be signed. */
const NAME = "docs/é +&=?#%41'()*!~;:@,$ x.txt"
const inUrl = NAME.split('/').map(encodeURIComponent).join('/')

test('files of any name, in parts or not, listed and removed: each request is signed', async () => {
  verifying.seen.splice(0)
  expect((await ask('POST', 'docs/')).status).toBe(201)
  expect((await ask('PUT', inUrl, { body: 'words', headers: { 'content-type': 'text/plain' } })).status).toBe(201)
  expect((await ask('GET', inUrl)).text).toBe('words')
  const large = Buffer.alloc(11 * 2 ** 20, 'x')
  const sent = await ask('PUT', 'docs/large.bin', {
    body: large,
    headers: { 'content-type': 'application/octet-stream' },
  })
  expect(sent.status, sent.text).toBe(201)
  const { body } = await ask('GET', 'docs/')
  expect(body.resource.map(({ path }: any) => path).toSorted()).toEqual(['docs/large.bin', NAME].toSorted())
  expect((await ask('DELETE', 'docs/', { query: { force: true } })).status).toBe(200)
  expect(faults()).toEqual([])
  expect(verifying.seen.length).toBeGreaterThan(8)
})

test('an address of the store’s own is signed for one file, one method and one time', async () => {
  await ask('POST', 'docs/')
  const asked = async (presigned: string) => (await ask('GET', inUrl, { query: { presigned, expires: 60 } })).body
  const upload = await asked('upload')
  const put = (url: string) => fetch(url, { method: 'PUT', body: 'straight' })
  expect((await put(upload.url)).status).toBe(200)
  const download = await asked('download')
  expect(await (await fetch(download.url)).text()).toBe('straight')
  expect(new URL(download.url).searchParams.get('X-Amz-Expires')).toBe('60')
  // Nothing of it can be changed.
  expect((await put(download.url)).status).toBe(403)
  for (const [from, to] of [
    ['X-Amz-Expires=60', 'X-Amz-Expires=61'],
    ['x.txt', 'y.txt'],
    ['root%20b/', 'root%20c/'],
  ] as const) {
    expect(download.url).toContain(from)
    expect((await fetch(download.url.replace(from, to))).status).toBe(403)
  }
})

test('a secret that is wrong is turned away, and told as such', async () => {
  const egress = createEgress({ allow: ['127.0.0.1'] })
  const config = s3Config.parse({ ...bucket.config, endpoint: verifying.endpoint, secret: 'another secret' })
  const service = s3.create(config, { ...recordedHost(), lookup: egress.lookup })
  await expect(service.health!(AbortSignal.timeout(20_000))).rejects.toMatchObject({ code: 'upstream_failed' })
  expect(faults().at(-1)!.fault).toBe('its signature does not match')
  await service.stop?.()
  await egress.close()
})

test('the bucket is in the path or in the name of the host, as configured, and the host is signed', async () => {
  const own = await startVerifying(KEYS)
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
  const egress = createEgress({ resolve, allow: ['store.example', '*.store.example'] })
  try {
    for (const [style, line] of [
      [true, `HEAD store.example:${own.port} /bucket/`],
      [false, `HEAD bucket.store.example:${own.port} /`],
    ] as const) {
      const config = s3Config.parse({
        ...KEYS,
        region: 'eu-central-1',
        container: 'bucket',
        endpoint: `http://store.example:${own.port}`,
        use_path_style_endpoint: style,
      })
      const service = s3.create(config, { ...recordedHost(), lookup: egress.lookup })
      await service.health!(AbortSignal.timeout(20_000))
      expect(own.seen.at(-1)).toEqual({ line, fault: undefined })
      await service.stop?.()
    }
  } finally {
    await egress.close()
    await own.close()
  }
})
