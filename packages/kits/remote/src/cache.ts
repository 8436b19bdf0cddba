/**
 * Answers to GET that are kept: status, content type and body together, as far as the service's own headers permit
 * (RFC 9111, read by http-cache-semantics) and no longer than the operator says.
 */
import { createHash } from 'node:crypto'
import CachePolicy from 'http-cache-semantics'
import { LRUCache } from 'lru-cache'

/** Bytes of one answer, and of all that a service keeps. */
const MOST_OF_ONE = 1024 * 1024
const MOST_OF_ALL = 32 * 1024 * 1024

interface Kept {
  readonly policy: CachePolicy
  readonly status: number
  readonly body: Uint8Array<ArrayBuffer>
}

export interface Cache {
  find(key: string): Response | undefined
  /** Gives the answer on, and keeps what passes by. */
  keep(key: string, response: Response): Response
  clear(): void
}

/** Every part in one fixed length; some are secrets. */
export const keyOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')

const REQUEST = { method: 'GET', url: '/', headers: {} } as const

/** Whether the service itself says how long its answer is good for. */
const saysHowLong = (headers: Headers): boolean =>
  /(?:^|[,\s])(?:s-maxage|max-age)\s*=/i.test(headers.get('cache-control') ?? '') || headers.has('expires')

/** Passes bytes on and gives all of them to `done`, unless they are too many. */
const collecting = (
  body: ReadableStream<Uint8Array>,
  done: (bytes: Uint8Array<ArrayBuffer>) => void,
): ReadableStream<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let size = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength
        if (size <= MOST_OF_ONE) chunks.push(chunk.slice())
        else chunks.length = 0
        controller.enqueue(chunk)
      },
      flush() {
        if (size <= MOST_OF_ONE) done(new Uint8Array(Buffer.concat(chunks)))
      },
    }),
  )
}

/** @param ttl seconds that an answer is kept at most */
export const createCache = (ttl: number): Cache => {
  const entries = new LRUCache<string, Kept>({
    maxSize: MOST_OF_ALL,
    sizeCalculation: ({ body }) => body.byteLength + 1024,
    ttl: 1,
  })
  return {
    find(key) {
      const kept = entries.get(key)
      if (!kept) return undefined
      const headers = new Headers()
      for (const [name, value] of Object.entries(kept.policy.responseHeaders()))
        if (value !== undefined) headers.set(name, String(value))
      return new Response(kept.body, { status: kept.status, headers })
    },
    keep(key, response) {
      const { status, headers, body } = response
      const policy = new CachePolicy(REQUEST, { status, headers: Object.fromEntries(headers) }, { shared: true })
      const allowed = saysHowLong(headers) ? policy.timeToLive() : Number.POSITIVE_INFINITY
      const life = Math.min(ttl * 1000, allowed)
      const refused = /\bno-cache\b/i.test(headers.get('cache-control') ?? '') || headers.get('vary')?.includes('*')
      if (status !== 200 || !body || life <= 0 || refused || !policy.storable()) return response
      const passed = collecting(body, (bytes) => entries.set(key, { policy, status, body: bytes }, { ttl: life }))
      return new Response(passed, { status, headers })
    },
    clear: () => entries.clear(),
  }
}
