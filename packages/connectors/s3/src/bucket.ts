/** One bucket, as one client sees it. Paths of the service are keys behind the prefix. */
import { CreateBucketCommand, HeadBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { S3Config } from './config.ts'
import { isMissing, statusOf } from './errors.ts'

/** Calls at a time. */
const SOCKETS = 64

export interface Bucket {
  readonly client: S3Client
  readonly name: string
  keyOf(path: string): string
  /** `undefined` for a key that is not below the prefix. */
  pathOf(key: string): string | undefined
}

const clientOf = ({ key, secret, region, endpoint, use_path_style_endpoint, timeout }: S3Config): S3Client => {
  const config: S3ClientConfig = {
    region,
    forcePathStyle: use_path_style_endpoint,
    maxAttempts: 3,
    // Not every store knows the checksums that Amazon's own takes; TLS and lengths guard the rest.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: timeout * 1000,
      httpAgent: { maxSockets: SOCKETS },
      httpsAgent: { maxSockets: SOCKETS },
    },
    ...(endpoint && { endpoint }),
    ...(key && secret && { credentials: { accessKeyId: key, secretAccessKey: secret } }),
  }
  return new S3Client(config)
}

/** No I/O. */
export const bucketOf = (config: S3Config): Bucket => {
  const { container, prefix } = config
  return {
    client: clientOf(config),
    name: container,
    keyOf: (path) => prefix + path,
    pathOf: (key) => (key.startsWith(prefix) ? key.slice(prefix.length) : undefined),
  }
}

/** @throws the SDK's error where it is not there, or not to be seen */
export const verify = async ({ client, name }: Bucket, abortSignal: AbortSignal): Promise<void> => {
  await client.send(new HeadBucketCommand({ Bucket: name }), { abortSignal })
}

/** Makes the bucket where there is none (the wire contract's services part, §2.9). */
export const ensure = async (bucket: Bucket, abortSignal: AbortSignal): Promise<void> => {
  try {
    await verify(bucket, abortSignal)
  } catch (error) {
    if (!isMissing(error) && statusOf(error) !== 404) throw error
    await bucket.client.send(new CreateBucketCommand({ Bucket: bucket.name }), { abortSignal })
  }
}
