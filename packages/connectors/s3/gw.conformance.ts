/** How this connector is proved: `gw conformance`, and its own tests. `S3_ENDPOINT` names another server than fauxqs. */
import { defineConformance } from '@gw/testkit'
import s3 from './src/index.ts'
import { startStore, testBucket } from './test/bucket.ts'

export default defineConformance({
  type: s3,
  async open() {
    const store = await startStore()
    const bucket = await testBucket(store)
    return {
      service: {
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
      },
      files: { prepare: () => testBucket(store, 'a/root/') },
      async close() {
        await bucket.close()
        await store.close()
      },
    }
  },
})
