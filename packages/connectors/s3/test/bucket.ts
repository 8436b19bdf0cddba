/** A server that speaks S3, and a bucket of it for one suite. */
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import { startFauxqs } from 'fauxqs'

export interface TestStore {
  readonly endpoint: string
  close(): Promise<void>
}

/** fauxqs, in memory: it takes any signature, and keeps no conditions of writes. `S3_ENDPOINT` names another server. */
export const startStore = async (): Promise<TestStore> => {
  const live = process.env.S3_ENDPOINT
  if (live) return { endpoint: live, close: async () => {} }
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  return { endpoint: `http://127.0.0.1:${server.port}`, close: () => server.stop() }
}

/** Not a secret of anybody's. */
export const KEYS = { key: 'AKIAIOSFODNN7EXAMPLE', secret: 'a-secret-of-the-test-suite' }

let buckets = 0
/** On a server that stays, no two runs share a bucket. */
const RUN = Date.now().toString(36)

export const testBucket = async ({ endpoint }: TestStore, prefix = '') => {
  const container = `bucket-${RUN}-${process.pid}-${++buckets}`
  const credentials = { accessKeyId: KEYS.key, secretAccessKey: KEYS.secret }
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  await client.send(new CreateBucketCommand({ Bucket: container }))
  const put = async (Key: string, Body: string) =>
    void (await client.send(new PutObjectCommand({ Bucket: container, Key, Body })))
  if (prefix !== '') await put('outside.txt', 'the words outside')
  return {
    client,
    container,
    put,
    config: { ...KEYS, region: 'us-east-1', container, prefix, endpoint, use_path_style_endpoint: true },
    async raw(): Promise<readonly string[]> {
      const names: string[] = []
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: container }))
        names.push(...Contents.map(({ Key = '' }) => (Key.startsWith(prefix) ? Key.slice(prefix.length) : `/${Key}`)))
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: container }))
      return [...names.sort(), ...Uploads.map(({ Key }) => `unfinished ${Key}`)]
    },
    plant: (name: string, text: string) => put(prefix + name, text),
    close: async () => client.destroy(),
  }
}
