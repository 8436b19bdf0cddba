/** Rate limits are kept and shown, and what is known already is asked about with its tag. */
import { describe, expect, test } from 'vitest'
import type { Answered, Seen } from './emulator.ts'
import { opened } from './gateway.ts'

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answered => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

const path = '_repository/scripts'

describe('conditional requests', () => {
  test('what was read before is asked about with its tag, and a 304 is the answer from before', async () => {
    const { ask, host } = await opened()
    const first = await ask({ path })
    const again = await ask({ path })
    expect(again.body).toEqual(first.body)
    expect(host.seen.map(({ status }) => status)).toEqual([200, 304])
    expect(host.seen[1]!.headers['if-none-match']).toMatch(/^W\/"/)
  })

  test('a change is seen at once', async () => {
    const { ask, host } = await opened({ writable: true })
    const file = '_file/scripts/README.md'
    const before = await ask({ path: file })
    const body = { content: 'changed', message: 'm', sha: before.body.sha }
    expect((await ask({ method: 'PUT', path: file, body })).status).toBe(200)
    expect((await ask({ path: file })).body.content).toBe('changed')
    expect(host.seen.map(({ method, status }) => `${method} ${status}`)).toEqual(['GET 200', 'PUT 200', 'GET 200'])
  })

  test('the cache is emptied by a flush, and there is none with cache_size 0', async () => {
    const { ask, host } = await opened({ cache_size: 0 })
    await ask({ path })
    await ask({ path })
    expect(host.seen.map(({ status }) => status)).toEqual([200, 200])
  })

  test('a caller has answers tagged, too', async () => {
    const { ask } = await opened()
    const headers = { 'if-none-match': '"x"' }
    const first = await ask({ path, headers })
    expect([first.status, typeof first.headers.get('etag')]).toEqual([200, 'string'])
    const again = await ask({ path, headers: { 'if-none-match': first.headers.get('etag')! } })
    expect(again.status).toBe(304)
  })
})

describe('the rate limit of the host', () => {
  const headersOf = (remaining: number, after: number) => ({
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + after),
  })

  test('is shown with every answer, also with a refusal', async () => {
    const { ask } = await opened()
    for (const asked of [path, '_repository/no-such-thing', '_file/scripts']) {
      const { headers } = await ask({ path: asked })
      expect(headers.get('x-source-ratelimit-limit'), asked).toBe('5000')
      expect(Number(headers.get('x-source-ratelimit-remaining'))).toBeLessThan(5000)
      expect(Number(headers.get('x-source-ratelimit-reset'))).toBeGreaterThan(1_000_000)
    }
  })

  test('once it is used up, the host is left alone until it begins anew', async () => {
    const { ask, host } = await opened()
    host.intercept = async (_, answer) => {
      const real = await answer()
      return { ...real, headers: { ...real.headers, ...headersOf(0, 1_800) } }
    }
    expect((await ask({ path })).status).toBe(200)
    const refused = await ask({ path })
    expect([refused.status, host.seen.length]).toEqual([429, 1])
    expect(refused.body.error.message).toMatch(/rate limit .* Try again in \d+ seconds/)
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(1_700)
    expect(wait).toBeLessThanOrEqual(1_800)
    expect(refused.headers.get('x-source-ratelimit-remaining')).toBe('0')
  })

  const refusals: readonly (readonly [string, number, () => Record<string, string>, number])[] = [
    ['403, with nothing left', 403, () => headersOf(0, 600), 600],
    ['403, with Retry-After', 403, () => ({ 'retry-after': '7' }), 7],
    ['429, with Retry-After', 429, () => ({ 'retry-after': '7' }), 7],
    ['429, without a word', 429, () => ({}), 60],
  ]
  test.each(refusals)('a refusal keeps the host’s status: %s', async (_, status, headers, wait) => {
    const { ask, host } = await opened()
    const message = 'API rate limit exceeded for 203.0.113.9.'
    host.intercept = () => json(status, { message }, headers())
    const first = await ask({ path })
    expect(first.status).toBe(status)
    expect(first.text).not.toContain('203.0.113.9')
    expect(Math.abs(Number(first.headers.get('retry-after')) - wait)).toBeLessThan(5)
    expect((await ask({ path })).status).toBe(429)
    expect(host.seen.length).toBe(1)
  })

  test('a denial is no refusal for the limit’s sake', async () => {
    const { ask, host } = await opened()
    host.intercept = (seen: Seen) =>
      json(403, { message: `Resource not accessible to 203.0.113.9 ${seen.url}` }, headersOf(4_000, 600))
    for (const _ of [1, 2]) {
      const { status, body } = await ask({ path })
      expect(status).toBe(403)
      expect(body.error.message).toMatch(/credentials do not suffice/)
      expect(body.error.message).not.toContain('203.0.113.9')
    }
    expect(host.seen.length).toBe(2)
  })
})
