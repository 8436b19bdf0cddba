import { EVERYTHING, openGateway } from '@gw/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import s3 from '../src/index.ts'
import { startStore, testBucket } from './bucket.ts'

/** More than two pages of 1,000. */
const KEYS = 2_100

let store: Awaited<ReturnType<typeof startStore>>
let bucket: Awaited<ReturnType<typeof testBucket>>
let gateway: Awaited<ReturnType<typeof openGateway>>
beforeAll(async () => {
  store = await startStore()
  bucket = await testBucket(store, 'below/')
  const names = Array.from({ length: KEYS }, (_, index) => `many/f${String(index).padStart(4, '0')}.txt`)
  for (let from = 0; from < KEYS; from += 50)
    await Promise.all(names.slice(from, from + 50).map((name) => bucket.plant(name, name)))
  gateway = await openGateway({ services: { files: { type: s3, config: bucket.config } } })
}, 300_000)
afterAll(async () => {
  await gateway?.close()
  await bucket?.close()
  await store?.close()
})

const ask = (method: string, path: string) => gateway.ask({ service: 'files', method, path, as: EVERYTHING })

test('a list is complete beyond 1,000 keys, and a folder of so many is removed by force', {
  timeout: 300_000,
}, async () => {
  const { body } = await ask('GET', 'many/')
  expect(body.resource.length).toBe(KEYS)
  expect(new Set(body.resource.map(({ path }: { path: string }) => path)).size).toBe(KEYS)
  expect(body.resource[0]).toMatchObject({ path: 'many/f0000.txt', content_length: 14, content_type: 'text/plain' })
  expect(body.resource[0].last_modified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  expect((await ask('GET', '')).body.resource).toMatchObject([{ path: 'many/', type: 'folder' }])
  const removed = await gateway.ask({ service: 'files', method: 'DELETE', path: 'many/', query: { force: true } })
  expect(removed.status).toBe(200)
  // What is beside the prefix stays, and was never to be seen.
  expect(await bucket.raw()).toEqual(['/outside.txt'])
})
