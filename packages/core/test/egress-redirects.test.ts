import { describe, expect, it } from 'vitest'
import { nextHop } from '../src/egress/redirect.ts'
import { failure, open, redirectTo, serve } from './egress-servers.ts'

describe('a redirect', () => {
  it('is followed and says where it ended', async () => {
    const server = await serve((request, response) =>
      request.url === '/end' ? response.end('there') : redirectTo('/end')(request, response),
    )
    const response = await open().fetch(`${server.url}/start`)
    expect([await response.text(), response.redirected, response.url]).toEqual(['there', true, `${server.url}/end`])
  })

  it.each([
    'http://127.0.0.2:1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]:1/',
    'http://2130706434:1/',
    'http://[::ffff:7f00:2]:1/',
    'http://user:pass@127.0.0.1:1/',
    'file:///etc/passwd',
    '//10.0.0.1/',
  ])('from an opened target to %s is refused', async (location) => {
    const server = await serve(redirectTo(location))
    expect((await failure(open().fetch(server.url))).code).toBe('forbidden')
  })

  it('to a name that resolves to a private address is refused', async () => {
    const server = await serve(redirectTo('http://inner.example/'))
    const resolve = async () => [{ address: '10.0.0.1', family: 4 }]
    expect((await failure(open({ allow: ['127.0.0.1'], resolve }).fetch(server.url))).code).toBe('forbidden')
  })

  it('to another origin carries content negotiation and no credentials', async () => {
    const other = await serve()
    const server = await serve(redirectTo(`http://127.0.0.1:${other.port}/`))
    const headers = {
      authorization: 'Bearer a',
      cookie: 'b=c',
      'proxy-authorization': 'Basic d',
      'x-api-key': 'e',
      'x-dreamfactory-api-key': 'f',
      'x-anything': 'g',
      accept: 'application/json',
      'accept-language': 'de',
    }
    await open().fetch(server.url, { headers })
    expect(server.seen[0]!.headers).toMatchObject(headers)
    const sent = other.seen[0]!.headers
    expect(sent).toMatchObject({ accept: 'application/json', 'accept-language': 'de' })
    for (const name of [
      'authorization',
      'cookie',
      'proxy-authorization',
      'x-api-key',
      'x-dreamfactory-api-key',
      'x-anything',
    ]) {
      expect(sent).not.toHaveProperty(name)
    }
  })

  it('does not get its credentials back when it returns to the first origin', async () => {
    let home = ''
    const other = await serve((request, response) => redirectTo(`${home}/end`)(request, response))
    const server = await serve((request, response) =>
      request.url === '/end' ? response.end('ok') : redirectTo(`http://127.0.0.1:${other.port}/`)(request, response),
    )
    home = server.url
    await open().fetch(server.url, { headers: { authorization: 'Bearer a' } })
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer a', undefined])
  })

  it('within one origin keeps the credentials', async () => {
    const server = await serve((request, response) =>
      request.url === '/end' ? response.end('ok') : redirectTo('/end')(request, response),
    )
    await open().fetch(server.url, { headers: { authorization: 'Bearer a' } })
    expect(server.seen[1]!.headers.authorization).toBe('Bearer a')
  })

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'body'],
    [308, 'PUT', 'PUT', 'body'],
    [301, 'PUT', 'PUT', 'body'],
  ])('%i after %s is followed by %s', async (status, method, next, body) => {
    const server = await serve((request, response) =>
      request.url === '/end' ? response.end('ok') : redirectTo('/end', status)(request, response),
    )
    await open().fetch(server.url, { method, body: 'body', headers: { 'content-type': 'text/plain' } })
    expect(server.seen[1]).toMatchObject({ method: next, body })
    expect(server.seen[1]!.headers['content-type']).toBe(body ? 'text/plain' : undefined)
  })

  it('does not send a stream twice', async () => {
    const server = await serve(redirectTo('/end', 307))
    const error = await failure(open().fetch(server.url, { method: 'POST', body: new Blob(['x']).stream() }))
    expect(error.code).toBe('upstream_failed')
  })

  it('is handed over as it is in manual mode, and refused in error mode', async () => {
    const server = await serve(redirectTo('http://169.254.169.254/'))
    const response = await open().fetch(server.url, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://169.254.169.254/'])
    expect((await failure(open().fetch(server.url, { redirect: 'error' }))).code).toBe('upstream_failed')
  })

  it('ends after as many steps as configured', async () => {
    const server = await serve(redirectTo('/again'))
    const error = await failure(open({ allow: ['127.0.0.1'], maxRedirects: 3 }).fetch(server.url))
    expect([error.code, error.message]).toEqual(['upstream_failed', expect.stringContaining('3')])
    expect(server.seen).toHaveLength(4)
  })

  it('with an unreadable location fails', async () => {
    const server = await serve(redirectTo('http://['))
    expect((await failure(open().fetch(server.url))).code).toBe('upstream_failed')
  })

  it('from https to http is refused, also within one host', () => {
    const hop = { url: new URL('https://a.example/'), method: 'GET', headers: new Headers(), body: null }
    expect(() => nextHop(hop, 302, new URL('http://a.example/'))).toThrowError(/https to http/)
    expect(nextHop(hop, 302, new URL('https://a.example/b')).url.pathname).toBe('/b')
  })
})
