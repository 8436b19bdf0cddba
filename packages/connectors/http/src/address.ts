/** Where a call goes (services part, §3.1). */
import { type Call, GwError } from '@gw/core'
import { encodeSegment } from '@gw/remote'

export interface AddressOptions {
  readonly base: string
  /** Every path ends in a slash. */
  readonly trailingSlash: boolean
}

/** The path of a call as it was sent, its segments encoded anew. */
export const sentPath = ({ path }: Call): string => {
  const segments = path.split('/').filter((segment) => segment !== '')
  return segments.length === 0 ? '' : `/${segments.map(encodeSegment).join('/')}`
}

/**
 * @param path below the base URL: encoded, with a slash before it, or empty
 * @param query in form style, or empty
 * @throws `invalid_request` where the whole would lead anywhere else than below the base URL
 */
export const addressOf = ({ base, trailingSlash }: AddressOptions, path: string, query: string): URL => {
  const ended = trailingSlash ? `${path.replace(/\/+$/, '')}/` : path
  const whole = path === '' ? base : base.replace(/\/+$/, '') + ended
  const text = query === '' ? whole : `${whole}${whole.includes('?') ? '&' : '?'}${query}`
  const [url, root] = [new URL(text), new URL(base)]
  const below = root.pathname.replace(/\/+$/, '')
  const inside = url.pathname === root.pathname || url.pathname === below || url.pathname.startsWith(`${below}/`)
  if (url.origin !== root.origin || url.username !== '' || !inside)
    throw new GwError('invalid_request', 'The path does not stay below the service’s base URL.')
  return url
}
