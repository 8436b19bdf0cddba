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

/** Nothing to decode, to refuse or to pass over: only slashes between segments. */
const PLAIN = /^(?:\/(?!\.)[^/\\%\0]+)+\/?$/

/**
 * Parses the part of a request's path below the API prefix. `.` and `..` segments are refused in every spelling:
 * whatever stands before this gateway may have resolved them differently.
 */
export const parseApiPath = (path: string, prefix: string): ApiPath => {
  const segments = segmentsOf(path.slice(prefix.length))
  if (segments[0] !== undefined && VERSION.test(segments[0])) segments.shift()
  const service = (segments.shift() ?? '').toLowerCase()
  const trailingSlash = segments.length > 0 && path.endsWith('/')
  return { service, segments, path: segments.join('/') + (trailingSlash ? '/' : ''), trailingSlash }
}

const segmentsOf = (raw: string): string[] => {
  const segments: string[] = []
  // Most paths are plain, which one look at the whole tells.
  const plain = PLAIN.test(raw)
  for (let from = 0; from < raw.length; ) {
    const slash = raw.indexOf('/', from)
    const end = slash < 0 ? raw.length : slash
    const part = raw.slice(from, end)
    from = end + 1
    if (part === '') continue
    if (plain) {
      segments.push(part)
      continue
    }
    const segment = decode(part)
    if (DOTS.test(segment)) throw new GwError('invalid_request', "The path must not have '.' or '..' segments.")
    if (segment.includes('\0')) throw new GwError('invalid_request', 'The path must not contain null characters.')
    segments.push(segment)
  }
  return segments
}
