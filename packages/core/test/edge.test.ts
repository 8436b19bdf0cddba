import { describe, expect, it } from 'vitest'
import type { Method } from '../src/contract.ts'
import {
  bodyCredentials,
  createClientAddress,
  readCredentials,
  tunnelledMethod,
  withoutMethod,
} from '../src/edge/index.ts'

describe('client addresses', () => {
  const forwarded = (value: string, more: Record<string, string> = {}) =>
    new Headers({ 'x-forwarded-for': value, ...more })

  it('believes no header where no proxy is trusted', () => {
    const address = createClientAddress([])
    const headers = forwarded('203.0.113.9', {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=203.0.113.9',
    })
    expect(address('192.0.2.1', headers)).toEqual({ address: '192.0.2.1', protocol: 'http' })
  })

  it('believes no header of a peer that is not listed', () => {
    const address = createClientAddress(['10.0.0.0/8'])
    expect(address('192.0.2.1', forwarded('10.0.0.1', { 'x-forwarded-proto': 'https' }))).toEqual({
      address: '192.0.2.1',
      protocol: 'http',
    })
    expect(address('11.0.0.1', forwarded('203.0.113.9')).address).toBe('11.0.0.1')
  })

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['1.1.1.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['10.0.0.3, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, unknown', '10.0.0.1'],
    ['203.0.113.9, <script>, 10.0.0.2', '10.0.0.2'],
    ['', '10.0.0.1'],
    [' , ,', '10.0.0.1'],
  ])('reads X-Forwarded-For %j behind 10.0.0.1 as %s', (value, expected) => {
    const address = createClientAddress(['10.0.0.0/8'])
    expect(address('10.0.0.1', forwarded(value)).address).toBe(expected)
    expect(address('::ffff:10.0.0.1', forwarded(value)).address).toBe(expected)
  })

  it('takes protocol and host from the proxy that saw the client, not from what the client forged', () => {
    const address = createClientAddress(['10.0.0.0/8'])
    const chain = (more: Record<string, string>) =>
      address('10.0.0.1', forwarded('1.1.1.1, 203.0.113.9, 10.0.0.2', more))
    expect(chain({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example' })).toEqual({
      address: '203.0.113.9',
      protocol: 'https',
      host: 'api.example',
    })
    expect(
      chain({ 'x-forwarded-proto': 'http, https, http', 'x-forwarded-host': 'evil.example, api.example:8443, inner' }),
    ).toEqual({ address: '203.0.113.9', protocol: 'https', host: 'api.example:8443' })
    expect(chain({ 'x-forwarded-proto': 'https, http, http' }).protocol).toBe('http')
    expect(chain({ 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'a b/<x>' })).toEqual({
      address: '203.0.113.9',
      protocol: 'http',
    })
  })

  it('reads Forwarded where the operator says that the proxies set it, and then nothing else', () => {
    const address = createClientAddress(['10.0.0.0/8'], { header: 'forwarded' })
    const value = 'for=1.1.1.1, for="[2001:db8::1]:4711";proto=https;host="api.example:8443", for=10.0.0.2;proto=http'
    expect(address('10.0.0.1', new Headers({ forwarded: value, 'x-forwarded-for': '9.9.9.9' }))).toEqual({
      address: '2001:db8::1',
      protocol: 'https',
      host: 'api.example:8443',
    })
    expect(address('10.0.0.1', new Headers({ 'x-forwarded-for': '9.9.9.9' })).address).toBe('10.0.0.1')
    expect(address('10.0.0.1', new Headers({ forwarded: 'for="_hidden, x", for=unknown' })).address).toBe('10.0.0.1')
    expect(address('192.0.2.1', new Headers({ forwarded: value })).address).toBe('192.0.2.1')
  })

  it('lets no quote that a client left open stand for what its proxy appended', () => {
    const address = createClientAddress(['10.0.0.0/8'], { header: 'forwarded' })
    for (const forged of ['for="9.9.9.9, 10.0.0.2', 'for=9.9.9.9, for="', 'for="9.9.9.9, 10.0.0.2, 10.0.0.2", for="']) {
      expect(address('10.0.0.1', new Headers({ forwarded: `${forged}, for=203.0.113.9;proto=https` }))).toEqual({
        address: '10.0.0.1',
        protocol: 'http',
      })
    }
    const quoted = new Headers({ forwarded: 'for="9.9.9.9, 10.0.0.2"' })
    expect(address('10.0.0.1', quoted).address).toBe('10.0.0.1')
  })

  it('does not read Forwarded by default, since proxies pass it on unread', () => {
    const address = createClientAddress(['10.0.0.0/8'])
    expect(address('10.0.0.1', new Headers({ forwarded: 'for=9.9.9.9;proto=https' }))).toEqual({
      address: '10.0.0.1',
      protocol: 'http',
    })
  })

  it('knows loopback, linklocal and uniquelocal by name, and refuses what is no address', () => {
    expect(createClientAddress(['loopback'])('::1', forwarded('203.0.113.9')).address).toBe('203.0.113.9')
    for (const wrong of ['proxy.example', '10.0.0.0/33', '0.0.0.0/0', '*', '']) {
      expect(() => createClientAddress([wrong])).toThrowError(/trusted proxies cannot be used/)
    }
  })
})

describe('credentials', () => {
  const none = { apiKey: undefined, sessionToken: undefined, basic: undefined, scriptToken: undefined }
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

  it('are none where none are sent', () => {
    expect(readCredentials(new Headers(), {})).toEqual(none)
    expect(
      readCredentials(new Headers({ authorization: '', 'x-dreamfactory-api-key': '' }), {
        api_key: '',
        session_token: [],
      }),
    ).toEqual(none)
  })

  it('take the API key from the query, then from the header', () => {
    const headers = new Headers({ 'X-DreamFactory-API-Key': 'header' })
    expect(readCredentials(headers, { api_key: 'query' }).apiKey).toBe('query')
    expect(readCredentials(headers, { api_key: '' }).apiKey).toBe('header')
    expect(readCredentials(headers, { api_key: ['first', 'last'] }).apiKey).toBe('last')
  })

  it('take the session token from Authorization, then from the header, then from the query', () => {
    const headers = new Headers({ authorization: 'Bearer bearer', 'X-DreamFactory-Session-Token': 'header' })
    expect(readCredentials(headers, { session_token: 'query' }).sessionToken).toBe('bearer')
    headers.set('authorization', 'bearer   lower')
    expect(readCredentials(headers, {}).sessionToken).toBe('lower')
    headers.set('authorization', 'Bearer ')
    expect(readCredentials(headers, { session_token: 'query' }).sessionToken).toBe('header')
    headers.delete('x-dreamfactory-session-token')
    expect(readCredentials(headers, { session_token: 'query' }).sessionToken).toBe('query')
  })

  it('take Basic only where there is no session token', () => {
    const headers = new Headers({ authorization: basic('ann@example.com:pass:word') })
    expect(readCredentials(headers, {})).toEqual({
      ...none,
      basic: { username: 'ann@example.com', password: 'pass:word' },
    })
    expect(readCredentials(headers, { session_token: 'jwt' })).toEqual({ ...none, sessionToken: 'jwt' })
  })

  it('keep Basic that cannot be read as an attempt that fails, not as no attempt', () => {
    expect(readCredentials(new Headers({ authorization: 'Basic !!!' }), {}).basic).toEqual({
      username: '',
      password: '',
    })
    expect(readCredentials(new Headers({ authorization: basic('no colon') }), {}).basic).toEqual({
      username: 'no colon',
      password: '',
    })
    expect(readCredentials(new Headers({ authorization: 'Digest x' }), {})).toEqual(none)
  })

  it('take the script token from its header alone', () => {
    expect(readCredentials(new Headers({ 'X-DreamFactory-Script-Token': 's' }), {}).scriptToken).toBe('s')
    expect(readCredentials(new Headers(), { script_token: 's' }).scriptToken).toBeUndefined()
  })

  it('are read from an object body', () => {
    expect(bodyCredentials({ api_key: 'k', session_token: 't', other: 1 }, '/api/v2/db/_table/t')).toEqual({
      apiKey: 'k',
      sessionToken: 't',
    })
    for (const body of [
      undefined,
      null,
      'api_key=k',
      5,
      [{ api_key: 'k' }],
      { api_key: 5, session_token: '' },
      Object.create({ api_key: 'k' }),
    ]) {
      expect(bodyCredentials(body, '/').apiKey).toBeUndefined()
      expect(bodyCredentials(body, '/').sessionToken).toBeUndefined()
    }
  })

  it('do not take the api_key of an app record for a credential', () => {
    expect(bodyCredentials({ api_key: 'k', session_token: 't' }, '/api/v2/System/App/5')).toEqual({
      apiKey: undefined,
      sessionToken: 't',
    })
  })
})

describe('tunnelled methods', () => {
  it.each(['X-HTTP-Method', 'X-Method-Override', 'X-HTTP-Method-Override'])('are read from %s', (name) => {
    expect(tunnelledMethod('POST', new Headers({ [name]: 'get' }), {})).toBe('GET')
  })

  it.each(['method', '_method'])('are read from the query parameter %s', (name) => {
    expect(tunnelledMethod('POST', new Headers(), { [name]: 'Delete' })).toBe('DELETE')
  })

  it('are read from a form last, and are no part of what it holds', () => {
    expect(tunnelledMethod('POST', new Headers(), {}, { _method: 'put', name: 'x' })).toBe('PUT')
    expect(tunnelledMethod('POST', new Headers(), {}, { _method: ['PUT', 'patch'] })).toBe('PATCH')
    expect(tunnelledMethod('POST', new Headers(), { method: 'DELETE' }, { _method: 'PUT' })).toBe('DELETE')
    expect(tunnelledMethod('POST', new Headers({ 'x-http-method': 'POST' }), {}, { _method: 'PUT' })).toBe('POST')
    for (const form of [undefined, 'text', {}, { _method: '' }, Object.create({ _method: 'PUT' }), { method: 'PUT' }])
      expect(tunnelledMethod('POST', new Headers(), {}, form)).toBe('POST')
    expect(withoutMethod({ _method: 'put', name: 'x' })).toEqual({ name: 'x' })
  })

  it('take MERGE for PATCH', () => {
    expect(tunnelledMethod('POST', new Headers({ 'x-http-method': 'merge' }), {})).toBe('PATCH')
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'] as Method[])('do not change a %s', (method) => {
    expect(tunnelledMethod(method, new Headers({ 'x-http-method': 'DELETE' }), { method: 'DELETE' })).toBe(method)
  })

  it('leave a POST alone that asks for nothing', () => {
    expect(tunnelledMethod('POST', new Headers({ 'x-http-method': ' ' }), { method: '' })).toBe('POST')
  })

  it.each(['HEAD', 'OPTIONS', 'TRACE', 'GET, DELETE', 'GETT', '__proto__'])('refuse %s', (verb) => {
    expect(() => tunnelledMethod('POST', new Headers({ 'x-http-method': verb }), {})).toThrowError(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })
})
