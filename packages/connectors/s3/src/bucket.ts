/** One bucket, as one client sees it. Paths of the service are keys behind the prefix. */
import { CreateBucketCommand, HeadBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { GwError, type Host } from '@gw/core'
import type { S3Config } from './config.ts'
import { isMissing, statusOf } from './errors.ts'

/** Where a machine's role is asked for: of a container, and of anything else. */
const METADATA = { container: 'http://169.254.170.2', machine: 'http://169.254.169.254' } as const

type Way = Pick<Host, 'lookup'>

/** The SDK asks a machine for its role, which is an address like any other: the operator has to have opened it. */
const mayAskMachine = ({ lookup }: Way): boolean => {
  const { container, machine } = METADATA
  try {
    lookup?.(process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ? container : machine)
    return lookup !== undefined
  } catch (error) {
    if (GwError.is(error) && error.code === 'forbidden') return false
    throw error
  }
}

const fromEnvironment = async () => {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key, AWS_SESSION_TOKEN: token } = process.env
  if (id && key) return { accessKeyId: id, secretAccessKey: key, ...(token && { sessionToken: token }) }
  throw Object.assign(new Error('No key is configured, and none is in the environment.'), {
    name: 'CredentialsProviderError',
  })
}

/** `undefined`: what the SDK finds. */
const credentialsOf = ({ key, secret }: S3Config, way: Way) => {
  if (key && secret) return { accessKeyId: key, secretAccessKey: secret }
  return mayAskMachine(way) ? undefined : fromEnvironment
}

/** Every socket of the client looks its names up by the operator's rules. */
const lookupOf = ({ endpoint, region }: S3Config, { lookup }: Way) => {
  if (!lookup) throw new GwError('not_supported', 'This gateway can not say where a store of files may be.')
  const amazon = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return lookup(endpoint ?? `https://s3.${region}.${amazon}`)
}

/** Calls at a time. */
const SOCKETS = 64

export interface Bucket {
  readonly client: S3Client
  readonly name: string
  keyOf(path: string): string
  /** `undefined` for a key that is not below the prefix. */
  pathOf(key: string): string | undefined
}

const clientOf = (settings: S3Config, way: Way): S3Client => {
  const { region, endpoint, use_path_style_endpoint, timeout } = settings
  const sockets = { maxSockets: SOCKETS, lookup: lookupOf(settings, way) }
  const credentials = credentialsOf(settings, way)
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
      httpAgent: sockets,
      httpsAgent: sockets,
    },
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
  }
  return new S3Client(config)
}

/** No I/O. @throws GwError `forbidden` where the operator's rules refuse the store */
export const bucketOf = (config: S3Config, way: Way): Bucket => {
  const { container, prefix } = config
  return {
    client: clientOf(config, way),
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
