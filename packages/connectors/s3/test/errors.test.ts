import { describe, expect, test } from 'vitest'
import { classify, isMissing } from '../src/errors.ts'

const failure = (name: string, httpStatusCode?: number, more = {}) =>
  Object.assign(new Error('a text with a host in it'), { name, $metadata: { httpStatusCode }, ...more })

describe('a failure of the store', () => {
  test.each([
    [failure('NoSuchBucket', 404), 'no_container'],
    [failure('AccessDenied', 403), 'refused'],
    [failure('SignatureDoesNotMatch', 403), 'credentials'],
    [failure('CredentialsProviderError'), 'credentials'],
    [failure('PreconditionFailed', 412), 'changed'],
    [failure('ConditionalRequestConflict', 409), 'changed'],
    [failure('SlowDown', 503), 'busy'],
    [failure('EntityTooLarge', 400), 'too_large'],
    [failure('QuotaExceeded', 403), 'full'],
    [failure('Unknown', 403), 'refused'],
    [failure('Unknown', 500), 'unreachable'],
    [failure('Unknown', 400), 'protocol'],
    [failure('TimeoutError'), 'timeout'],
    [failure('Error', undefined, { code: 'ECONNREFUSED' }), 'unreachable'],
    [new Error('x', { cause: { code: 'ENOTFOUND' } }), 'unreachable'],
  ])('%o is %s', (error, reason) => {
    expect(classify(error)).toBe(reason)
  })
  test('that is not known stays a fault of the gateway', () => {
    for (const odd of [undefined, null, 'SlowDown', new Error('SlowDown'), { name: 'constructor' }])
      expect(classify(odd)).toBeUndefined()
  })
  test('says that an object is missing, and not that the bucket is', () => {
    expect(isMissing(failure('NotFound', 404))).toBe(true)
    expect(isMissing(failure('NoSuchKey', 404))).toBe(true)
    expect(isMissing(failure('NoSuchBucket', 404))).toBe(false)
    expect(isMissing(failure('AccessDenied', 403))).toBe(false)
  })
})
