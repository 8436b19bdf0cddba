import { GwError } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { createSourceFetch } from '../src/source-fetch.ts'

/** A host that answers by what is asked; what it was asked. */
const hostOf = (answer: (request: Request) => Response) => {
  const asked: Request[] = []
  const fetch = async (url: string | URL, init?: RequestInit) => {
    const request = new Request(url, init)
    asked.push(request)
    return answer(request)
  }
  return { asked, fetch }
}

const taggedHost = () =>
  hostOf((request) =>
    request.headers.get('if-none-match') === '"1"'
      ? new Response(null, { status: 304, headers: { etag: '"1"', 'x-ratelimit-remaining': '8' } })
      : Response.json({ path: new URL(request.url).pathname }, { headers: { etag: '"1"', 'content-length': '3' } }),
  )

const URL_A = 'https://host.example/a'

describe('the way to a host', () => {
  test('asks with the tag that it has, and answers what it has on 304, with the newer headers', async () => {
    const { asked, fetch } = taggedHost()
    const source = createSourceFetch(fetch, { cacheSize: 100_000 })
    expect(await (await source.fetch(URL_A)).json()).toEqual({ path: '/a' })
    const again = await source.fetch(URL_A)
    expect([again.status, again.headers.get('x-ratelimit-remaining'), again.headers.get('content-length')]).toEqual([
      200,
      '8',
      null,
    ])
    expect(await again.json()).toEqual({ path: '/a' })
    expect(asked.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, '"1"'])
    source.flush()
    await source.fetch(URL_A)
    expect(asked[2]!.headers.get('if-none-match')).toBeNull()
  })

  test('keeps apart what was asked with other credentials, for another form, or by another method', async () => {
    const { asked, fetch } = taggedHost()
    const source = createSourceFetch(fetch, { cacheSize: 100_000 })
    await source.fetch(URL_A, { headers: { authorization: 'token a' } })
    await source.fetch(URL_A, { headers: { authorization: 'token b' } })
    await source.fetch(URL_A, { headers: { authorization: 'token a', accept: 'text/html' } })
    await source.fetch(URL_A, { headers: { authorization: 'token a' }, method: 'POST', body: 'x' })
    expect(asked.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, null, null, null])
  })

  test('keeps no more than it may', async () => {
    const { asked, fetch } = hostOf(() => new Response('x'.repeat(3_000), { headers: { etag: '"1"' } }))
    const source = createSourceFetch(fetch, { cacheSize: 12_000 })
    for (const path of ['1', '2', '3', '1']) await source.fetch(`https://host.example/${path}`)
    expect(asked.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, null, null, null])
    await source.fetch('https://host.example/3')
    expect(asked[4]!.headers.get('if-none-match')).toBe('"1"')
    const large = createSourceFetch(fetch, { cacheSize: 1_000 })
    expect(await (await large.fetch(URL_A)).text()).toHaveLength(3_000)
    await large.fetch(URL_A)
    expect(asked.at(-1)!.headers.get('if-none-match')).toBeNull()
  })

  test('does not keep failures, and does not follow a redirect', async () => {
    const { asked, fetch } = hostOf(({ url }) =>
      url.endsWith('/moved')
        ? new Response(null, { status: 307, headers: { location: 'https://host.example/elsewhere' } })
        : new Response('none', { status: 404, headers: { etag: '"1"' } }),
    )
    const source = createSourceFetch(fetch, { cacheSize: 100_000 })
    await source.fetch(URL_A)
    await source.fetch(URL_A)
    expect(asked[1]!.headers.get('if-none-match')).toBeNull()
    const moved = await source.fetch('https://host.example/moved').catch((error: unknown) => error)
    expect(GwError.is(moved) && moved.code).toBe('not_found')
    expect(asked.map(({ redirect }) => redirect)).toEqual(['manual', 'manual', 'manual'])
  })
})
