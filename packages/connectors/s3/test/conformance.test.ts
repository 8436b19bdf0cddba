import { conformance } from '@gw/testkit'
import { FILES_PROVEN, filesConformance } from '@gw/testkit/files'
import { afterAll } from 'vitest'
import s3 from '../src/index.ts'
import { startStore, testBucket } from './bucket.ts'

const store = await startStore()
const bucket = await testBucket(store)
afterAll(async () => {
  await bucket.close()
  await store.close()
})

conformance({
  type: s3,
  config: bucket.config,
  invalid: [
    {},
    { container: 'abc' },
    { region: 'x', container: 'ab' },
    { region: 'x', container: '../up' },
    { region: 'x', container: 'abc', prefix: '/a' },
    { region: 'x', container: 'abc', endpoint: 'ftp://a' },
    { region: 'x', container: 'abc', key: 'only-a-key' },
    { region: 'x', container: 'abc', unknown: 1 },
  ],
  unreachable: { ...bucket.config, endpoint: 'http://127.0.0.1:2' },
  notSecret: ['use_path_style_endpoint'],
  caseInsensitive: false,
  proven: FILES_PROVEN,
})

filesConformance({ type: s3, prepare: () => testBucket(store, 'a/root/') })
