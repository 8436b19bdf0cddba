/** Pages that packages bring, such as a console: files as they lie in their folders, and nothing made of them. */
import { getMimeType } from 'hono/utils/mime'
import type { InstalledPackage } from '../discovery/index.ts'
import { knownAs, variantOf } from '../entity-tag.ts'
import { codingFrom, compress, toResponse } from '../formats/index.ts'
import type { Folder, Listed } from './folder.ts'
import { type Mounts, mountsOf } from './mounts.ts'

/** Whoever signs in there holds the whole gateway: scripts come from here alone, and no other page puts it in a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Widgets place what they show by styles of elements.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const COMMON = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
}

const INDEX = 'index.html'
/** A year, which is as long as caches keep anything. */
const FOR_GOOD = 'public, max-age=31536000, immutable'
/** `assets/index-B3xk9_Qa.js`: its name changes with its content. A word of small letters is no hash. */
const HASHED = /^assets\/(?:.*\/)?[^/]*[.-](?=[\w-]*[A-Z0-9_])[\w-]{8,}\.\w+(?:\.map)?$/

const refused = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(`${message}\n`, {
    status,
    headers: { ...COMMON, ...headers, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  })

/** A path's segments; `undefined` for what no file can be called. */
const segmentsOf = (path: string): readonly string[] | undefined => {
  try {
    const segments = path.split('/').map(decodeURIComponent)
    return segments.some((one) => /^\.|[\\/\0]/.test(one)) ? undefined : segments
  } catch {
    return undefined
  }
}

/** Whether somebody opens an address, rather than a page asking for one of its files. */
const isOpened = (request: Request): boolean => /\btext\/html\b/.test(request.headers.get('accept') ?? '')

/**
 * The file that a path means: itself, or for the addresses that a page makes up, the page. What looks like a file is
 * such an address only when it is opened: `/console/event-scripts/db._table.get.post_process`.
 */
const fileFor = async (
  folder: Folder,
  segments: readonly string[],
  request: Request,
): Promise<{ readonly path: string; readonly listed: Listed } | undefined> => {
  const path = segments.join('/')
  const own = await folder.find(path)
  if (own) return { path, listed: own }
  const isMissing = segments.at(-1)?.includes('.') && (segments[0] === 'assets' || !isOpened(request))
  const page = isMissing ? undefined : await folder.find(INDEX)
  return page && { path: INDEX, listed: page }
}

const sent = async (
  folder: Folder,
  path: string,
  { codings }: Listed,
  request: Request,
  compression: boolean,
): Promise<Response | undefined> => {
  const accepted = request.headers.get('accept-encoding')
  const coding = accepted ? codingFrom(accepted, [...codings]) : undefined
  // The page is known by its plain bytes, in whichever form it is sent.
  const [plain, body] = await Promise.all([folder.read(path), coding && folder.read(path, coding)])
  if (!plain) return undefined
  const headers = {
    ...COMMON,
    'cache-control': HASHED.test(path) ? FOR_GOOD : 'no-cache',
    ...(codings.size > 0 && { vary: 'accept-encoding' }),
  }
  const known = knownAs(request.headers.get('if-none-match') ?? '', plain.etag)
  if (known !== undefined) return new Response(null, { status: 304, headers: { ...headers, etag: known } })
  const type = { 'content-type': getMimeType(path) ?? 'application/octet-stream' }
  const bodyOf = (bytes: Uint8Array<ArrayBuffer>) => (request.method === 'HEAD' ? null : bytes)
  if (coding && body)
    return new Response(bodyOf(body.body), {
      headers: {
        ...headers,
        ...type,
        etag: variantOf(plain.etag, coding)!,
        'content-encoding': coding,
        'content-length': String(body.body.byteLength),
      },
    })
  const answer = new Response(bodyOf(plain.body), {
    headers: { ...headers, ...type, etag: plain.etag, 'content-length': String(plain.body.byteLength) },
  })
  return accepted && compression ? toResponse(await compress(answer, accepted)) : answer
}

export interface Statics {
  /** Whether a package serves what is below `/{name}`. */
  has(name: string): boolean
  /** @returns `undefined` for a path that no package serves */
  answer(request: Request): Promise<Response | undefined>
}

/**
 * @param packages those that are installed; another list when the configuration names others
 * @param compression whether files without a compressed copy are compressed as they are sent
 */
export const createStatics = (packages: () => readonly InstalledPackage[], compression: boolean): Statics => {
  let from: readonly InstalledPackage[] | undefined
  let mounts: Mounts = new Map()
  const current = (): Mounts => {
    const now = packages()
    if (now !== from) [from, mounts] = [now, mountsOf(now)]
    return mounts
  }
  return {
    has: (name) => current().has(name),
    async answer(request) {
      const { pathname, search } = new URL(request.url)
      const [, name = '', ...rest] = pathname.split('/')
      const folder = current().get(name)
      if (!folder) return undefined
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return refused(405, 'These are files: use GET or HEAD.', { allow: 'GET, HEAD' })
      if (rest.length === 0)
        return new Response(null, { status: 308, headers: { ...COMMON, location: `/${name}/${search}` } })
      const segments = segmentsOf(rest.join('/'))
      const found = segments && (await fileFor(folder, segments, request))
      const answer = found && (await sent(folder, found.path, found.listed, request, compression))
      return answer ?? refused(404, 'There is no such file.')
    },
  }
}
