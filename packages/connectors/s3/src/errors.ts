/** S3's and the SDK's failures in the family's words (Amazon S3 API reference, “Error responses”). */
import type { FileReason } from '@gw/files'

const BY_NAME: Readonly<Record<string, FileReason>> = {
  NoSuchBucket: 'no_container',
  AccessDenied: 'refused',
  AllAccessDisabled: 'refused',
  AccountProblem: 'credentials',
  InvalidAccessKeyId: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  ExpiredToken: 'credentials',
  InvalidToken: 'credentials',
  CredentialsProviderError: 'credentials',
  PreconditionFailed: 'changed',
  ConditionalRequestConflict: 'changed',
  // What was there a moment ago is gone.
  NoSuchKey: 'changed',
  NotFound: 'changed',
  EntityTooLarge: 'too_large',
  KeyTooLongError: 'name_refused',
  InvalidObjectName: 'name_refused',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  SlowDown: 'busy',
  TooManyRequests: 'busy',
  ThrottlingException: 'busy',
  ServiceUnavailable: 'busy',
  RequestTimeout: 'timeout',
  TimeoutError: 'timeout',
}

const BY_CODE: Readonly<Record<string, FileReason>> = {
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EPIPE: 'unreachable',
  ERR_TLS_CERT_ALTNAME_INVALID: 'unreachable',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unreachable',
  ETIMEDOUT: 'timeout',
}

const BY_STATUS: Readonly<Record<number, FileReason>> = {
  401: 'credentials',
  403: 'refused',
  404: 'changed',
  409: 'changed',
  412: 'changed',
  413: 'too_large',
  429: 'busy',
  503: 'busy',
}

const own = <T>(table: Readonly<Record<string, T>>, key: unknown): T | undefined =>
  (typeof key === 'string' || typeof key === 'number') && Object.hasOwn(table, key) ? table[key] : undefined

export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | null | undefined)?.$metadata?.httpStatusCode

/** Total and pure. */
export const classify = (error: unknown): FileReason | undefined => {
  if (typeof error !== 'object' || error === null) return undefined
  const { name, code, cause } = error as { name?: unknown; code?: unknown; cause?: unknown }
  const status = statusOf(error)
  const known = own(BY_NAME, name) ?? own(BY_CODE, code) ?? own(BY_STATUS, status)
  if (known) return known
  if (status !== undefined) return status >= 500 ? 'unreachable' : 'protocol'
  return cause === undefined || cause === error ? undefined : own(BY_CODE, (cause as { code?: unknown } | null)?.code)
}

export const isMissing = (error: unknown): boolean => {
  const name = (error as { name?: unknown } | null | undefined)?.name
  return name === 'NotFound' || name === 'NoSuchKey' || (statusOf(error) === 404 && name !== 'NoSuchBucket')
}
