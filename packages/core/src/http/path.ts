/** `/api[/v2]/{service}/{resource…}` taken apart (the wire contract's platform part, §1.1). */
import { GwError } from '../contract.ts'

export interface ApiPath {
  /** Lower-case; empty for the listing of services. */
  readonly service: string
  /** Percent-decoded segments below the service. */
  readonly segments: readonly string[]
  /** The segments joined by slashes, a trailing slash kept. */
  readonly path: string
  readonly trailingSlash: boolean
}

const VERSION = /^v[0-9.]+$/
/** `.` or `..`, also behind an encoded slash or backslash. */
const DOTS = /(^|[\\/])\.\.?($|[\\/])/

const decode = (segment: string): string => {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new GwError(
      'invalid_request',
      'The path has a percent sign that is not followed by two hexadecimal digits of UTF-8.',
    )
  }
}

/**
 * Parses the part of a request's path below the API prefix. `.` and `..` segments are refused in every spelling:
 * whatever stands before this gateway may have resolved them differently.
 */
export const parseApiPath = (path: string, prefix: string): ApiPath => {
  const raw = path.slice(prefix.length).split('/')
  const segments: string[] = []
  for (const part of raw) {
    if (part === '') continue
    const segment = decode(part)
    if (DOTS.test(segment)) throw new GwError('invalid_request', "The path must not have '.' or '..' segments.")
    if (segment.includes('\0')) throw new GwError('invalid_request', 'The path must not contain null characters.')
    segments.push(segment)
  }
  if (segments[0] !== undefined && VERSION.test(segments[0])) segments.shift()
  const service = (segments.shift() ?? '').toLowerCase()
  const trailingSlash = segments.length > 0 && path.endsWith('/')
  return { service, segments, path: segments.join('/') + (trailingSlash ? '/' : ''), trailingSlash }
}
