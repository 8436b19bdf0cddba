/**
 * The way to a host of repositories: what it has said before is asked about with its own tag (RFC 9110 §13.1.2), which
 * hosts do not count, and its rate limit is kept.
 */
import { GwError } from '@gw/core'
import { LRUCache } from 'lru-cache'
import type { HostFetch } from './host.ts'
import { keepQuota, type QuotaKeeper } from './quota.ts'

interface Kept {
  readonly etag: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array<ArrayBuffer>
}

export interface SourceFetch {
  readonly fetch: HostFetch
  readonly quota: QuotaKeeper
  /** Forgets every answer. */
  flush(): void
}

/** Bytes that an entry takes beside its body, about. */
const ENTRY = 2_048

/** Of the body as it was sent, not as it is kept. */
const TRANSPORT = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive'])

const answerOf = ({ headers, body }: Kept, fresh: Headers): Response => {
  const merged = new Headers(headers.map(([name, value]): [string, string] => [name, value]))
  for (const [name, value] of fresh) if (!TRANSPORT.has(name)) merged.set(name, value)
  return new Response(body, { status: 200, headers: merged })
}

/**
 * A repository that has been renamed, or given away, redirects. Access rules are about the name that was asked for:
 * what another name leads to is not answered under it.
 */
const refuseMoved = async (response: Response): Promise<void> => {
  if (response.status < 300 || response.status >= 400 || response.status === 304) return
  await response.body?.cancel()
  throw new GwError('not_found', 'It has been moved on the host, or has another name now. Ask for it by its new name.')
}

/**
 * @param fetch the gateway's way out
 * @param cacheSize bytes
 */
export const createSourceFetch = (
  fetch: HostFetch,
  { cacheSize, now }: { readonly cacheSize: number; readonly now?: () => number },
): SourceFetch => {
  const quota = keepQuota(now)
  const kept =
    cacheSize === 0
      ? undefined
      : new LRUCache<string, Kept>({ maxSize: cacheSize, sizeCalculation: ({ body }) => body.byteLength + ENTRY })

  const keep = async (key: string, response: Response): Promise<Response> => {
    const etag = response.headers.get('etag')
    if (!kept || !etag || response.status !== 200) return response
    const body = new Uint8Array(await response.arrayBuffer())
    const headers = [...response.headers].filter(([name]) => !TRANSPORT.has(name))
    const entry: Kept = { etag, headers, body }
    kept.set(key, entry)
    return answerOf(entry, new Headers())
  }

  return {
    quota,
    flush: () => kept?.clear(),
    async fetch(url, init = {}) {
      quota.admit()
      const method = (init.method ?? 'GET').toUpperCase()
      const headers = new Headers(init.headers)
      // What is answered depends on who asks, and a token that is renewed asks anew.
      const key = JSON.stringify([String(url), headers.get('accept'), headers.get('authorization')])
      const known = method === 'GET' ? kept?.get(key) : undefined
      if (known) headers.set('if-none-match', known.etag)
      const response = await fetch(url, { ...init, headers, redirect: 'manual' })
      try {
        quota.learn(response)
      } catch (error) {
        await response.body?.cancel()
        throw error
      }
      await refuseMoved(response)
      if (known && response.status === 304) return answerOf(known, response.headers)
      return method === 'GET' ? keep(key, response) : response
    },
  }
}
