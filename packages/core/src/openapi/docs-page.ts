/** The docs page at `/docs/`: our own frame around Swagger UI, everything served from here. */
import { type AssetName, assetReader, isAsset } from './assets.ts'

export interface DocsOptions {
  /** The server's base path, below which the API is `/v2`: `/api`. */
  readonly basePath: string
  /** Shown in the header and as the page's title. */
  readonly title: string
}

const ROOT = '/docs'

/** Nothing inline, nothing from elsewhere, no frame around it: a key is typed into this page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Swagger UI's icons are data addresses in its style sheet; answers that are images are shown from blobs.
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const COMMON = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')

const LINK = /(?<=")assets\/([\w.-]+)(?=")/g

/**
 * Makes the routes of the docs page: `/docs/` and `/docs/assets/…`. They need no credentials: the page asks for the
 * reader's key and shows what that key may call.
 * @returns a function from a path (and the request's headers, for `If-None-Match`) to the answer, or to `undefined`
 *   where the path is none of the page's
 */
export const docsRoutes = (
  options: DocsOptions,
): ((path: string, headers?: Headers) => Response | undefined | Promise<Response | undefined>) => {
  const asset = assetReader()

  const page = async (): Promise<Response> => {
    const template = new TextDecoder().decode((await asset('index.html')).body)
    const values: Record<string, string> = { title: options.title, api: `${options.basePath.replace(/\/+$/, '')}/v2` }
    // A new version has a new address, so that caches never mix two.
    const names = [...template.matchAll(LINK)].map(([, name = '']) => name).filter(isAsset)
    const versions = new Map<string, string>()
    for (const name of names) versions.set(name, (await asset(name)).etag.slice(1, 9))
    const html = template
      .replace(LINK, (link, name: string) => `${link}?v=${versions.get(name)}`)
      .replace(/\{\{(\w+)\}\}/g, (_match, name: string) => escapeHtml(values[name] ?? ''))
    return new Response(html, {
      headers: { ...COMMON, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    })
  }

  const file = async (name: AssetName, headers: Headers | undefined): Promise<Response> => {
    const { body, type, etag } = await asset(name)
    const shared = { ...COMMON, etag, 'cache-control': 'public, max-age=86400' }
    const known = headers
      ?.get('if-none-match')
      ?.split(',')
      .map((one) => one.trim().replace(/^W\//, ''))
    if (known?.includes(etag) || known?.includes('*')) return new Response(null, { status: 304, headers: shared })
    return new Response(body, { headers: { ...shared, 'content-type': type } })
  }

  return (path, headers) => {
    if (path === ROOT) return new Response(null, { status: 308, headers: { ...COMMON, location: `${ROOT}/` } })
    if (path === `${ROOT}/`) return page()
    const name = path.startsWith(`${ROOT}/assets/`) ? path.slice(`${ROOT}/assets/`.length) : ''
    return isAsset(name) && name !== 'index.html' ? file(name, headers) : undefined
  }
}
