/**
 * Sessions of the gateway's own pages: a token in a cookie, which scripts of a page can not read. It counts only where
 * no other page could have had it sent: beside a header that forms, images and links can not carry, and that pages of
 * other origins would have to ask for first (a preflight).
 */
import { parse } from 'hono/utils/cookie'
import type { HeaderReader } from './credentials.ts'

const NAME = 'gw_session'
/** Says that a page wants its session in a cookie. */
const HEADER = 'x-gw-session'
const WANTED = 'cookie'

/** Where a request came to, as far as the gateway knows. */
export interface Origin {
  readonly protocol: 'http' | 'https'
  readonly host: string | undefined
}

/**
 * Whether two origins are one. A proxy that is not trusted to say so may have taken off the encryption, so that the
 * protocol counts only where nothing else vouches for it.
 */
const isSame = (sent: string, { protocol, host }: Origin, vouched: boolean): boolean => {
  if (!URL.canParse(sent) || host === undefined) return false
  const origin = new URL(sent)
  const own = `${origin.protocol}//${host}`
  if (!URL.canParse(own) || new URL(own).host !== origin.host) return false
  return vouched || origin.protocol === `${protocol}:`
}

/**
 * Whether a request says that its session is in a cookie, and nothing says that another page had it sent.
 * @param origin asked only where the request names one
 */
export const asksForCookie = (headers: HeaderReader, origin: () => Origin): boolean => {
  if (headers.get(HEADER)?.trim().toLowerCase() !== WANTED) return false
  const site = headers.get('sec-fetch-site') ?? undefined
  if (site !== undefined && site !== 'same-origin') return false
  const sent = headers.get('origin') ?? undefined
  return sent === undefined || isSame(sent, origin(), site !== undefined)
}

/** The token in a request's cookie. Of two with this name, one may be another host's: then neither counts. */
export const tokenInCookie = (headers: HeaderReader): string | undefined => {
  const cookies = headers.get('cookie')
  if (!cookies?.includes(NAME)) return undefined
  const named = cookies.split(';').filter((one) => one.split('=', 1)[0]?.trim() === NAME)
  return named.length === 1 ? parse(cookies, NAME)[NAME] || undefined : undefined
}

/**
 * A `Set-Cookie` header. It lasts as long as the browser runs, and the token in it as long as any.
 * @param token absent: the cookie is taken away
 * @param path below which the API is
 */
export const sessionCookie = (token: string | undefined, path: string, secure: boolean): string =>
  `${NAME}=${token ?? ''}; ${token === undefined ? 'Max-Age=0; ' : ''}HttpOnly; SameSite=Strict; Path=${path}${secure ? '; Secure' : ''}`
