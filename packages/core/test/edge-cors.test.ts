import { describe, expect, it } from 'vitest'
import type { CorsRule } from '../src/configuration/schema.ts'
import { createCors } from '../src/edge/index.ts'

const rule = (given: Partial<CorsRule> & Pick<CorsRule, 'origins'>): CorsRule => ({
  path: '*',
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  headers: ['Content-Type', 'X-DreamFactory-API-Key', 'X-DreamFactory-Session-Token'],
  exposedHeaders: [],
  maxAge: 0,
  credentials: false,
  ...given,
})
const ORIGIN = 'https://shop.example'
const from = (origin: string | undefined, more: Record<string, string> = {}) =>
  new Headers({ ...(origin ? { origin } : {}), ...more })
const preflightFor = (method: string, origin = ORIGIN, more: Record<string, string> = {}) =>
  from(origin, { 'access-control-request-method': method, ...more })
const headersOf = (response: Response | undefined) => Object.fromEntries(response?.headers ?? [])

describe('CORS', () => {
  it('sends no header where there is no rule, and answers a preflight 405', async () => {
    const cors = createCors([])
    expect(cors('GET', from(ORIGIN), '/api/v2/db')).toEqual({})
    const { preflight } = cors('OPTIONS', preflightFor('GET'), '/api/v2/db')
    expect(preflight?.status).toBe(405)
    expect(preflight?.headers.get('access-control-allow-origin')).toBeNull()
    expect(await preflight?.json()).toMatchObject({ error: { code: 405, status_code: 405 } })
  })

  it('names the origin that a rule lists, and varies by it', () => {
    const cors = createCors([rule({ origins: [ORIGIN], exposedHeaders: ['ETag', 'X-Request-Id'] })])
    expect(cors('GET', from(ORIGIN), '/x')).toEqual({
      headers: {
        'access-control-allow-origin': ORIGIN,
        vary: 'Origin',
        'access-control-expose-headers': 'ETag, X-Request-Id',
      },
    })
  })

  it.each([
    'https://evil.example',
    'http://shop.example',
    'https://shop.example:8443',
    'https://shop.example.evil.test',
    'null',
    'HTTPS://SHOP.EXAMPLE',
  ])('permits nothing to the origin %s, and still varies', (origin) => {
    const cors = createCors([rule({ origins: [ORIGIN], credentials: true })])
    expect(cors('GET', from(origin), '/x')).toEqual({ headers: { vary: 'Origin' } })
    const { preflight } = cors('OPTIONS', preflightFor('GET', origin), '/x')
    expect([preflight?.status, headersOf(preflight)]).toEqual([204, { vary: 'Origin' }])
  })

  it('varies also where no origin was sent, or a cache would keep the answer without permission', () => {
    const cors = createCors([rule({ origins: [ORIGIN] })])
    expect(cors('GET', from(undefined), '/x')).toEqual({ headers: { vary: 'Origin' } })
  })

  it('answers any origin with *, never with the origin itself', () => {
    const cors = createCors([rule({ origins: ['*'] })])
    expect(cors('GET', from('https://any.example'), '/x').headers).toEqual({ 'access-control-allow-origin': '*' })
    expect(cors('GET', from(undefined), '/x')).toEqual({})
  })

  it('refuses any origin together with credentials, and says how to mend it', () => {
    expect(() => createCors([rule({ origins: ['*'], credentials: true })])).toThrowError(
      /credentials.*List the origins/,
    )
    expect(() => createCors([rule({ origins: [ORIGIN, '*'], credentials: true })])).toThrowError(/credentials/)
  })

  it.each([
    'null',
    'shop.example',
    'https://shop.example/',
    'https://SHOP.example',
    'https://*.example',
    'https://shop.example:443',
    'file:///x',
    '',
  ])('refuses %j as an origin', (origin) =>
    expect(() => createCors([rule({ origins: [origin] })])).toThrowError(/is not an origin/),
  )

  it('answers a preflight with what the rule permits', () => {
    const cors = createCors([rule({ origins: [ORIGIN], methods: ['GET', 'POST'], maxAge: 600, credentials: true })])
    const { preflight } = cors(
      'OPTIONS',
      preflightFor('POST', ORIGIN, { 'access-control-request-headers': 'x-evil' }),
      '/x',
    )
    expect(preflight?.status).toBe(204)
    expect(headersOf(preflight)).toEqual({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Content-Type, X-DreamFactory-API-Key, X-DreamFactory-Session-Token',
      'access-control-max-age': '600',
      vary: 'Origin',
    })
  })

  it('answers 405 to a preflight for a method outside of the rule, and permits no such answer', () => {
    const cors = createCors([rule({ origins: [ORIGIN], methods: ['GET'] })])
    expect(cors('OPTIONS', preflightFor('DELETE'), '/x').preflight?.status).toBe(405)
    expect(cors('OPTIONS', preflightFor('HEAD'), '/x').preflight?.status).toBe(204)
    expect(cors('DELETE', from(ORIGIN), '/x')).toEqual({ headers: { vary: 'Origin' } })
    expect(cors('HEAD', from(ORIGIN), '/x').headers).toMatchObject({ 'access-control-allow-origin': ORIGIN })
  })

  it('repeats the asked headers where any is allowed, if they are header names', () => {
    const cors = createCors([rule({ origins: [ORIGIN], headers: ['*'] })])
    const { preflight } = cors(
      'OPTIONS',
      preflightFor('GET', ORIGIN, { 'access-control-request-headers': 'x-a, b c,X-D, ,<script>' }),
      '/x',
    )
    expect(preflight?.headers.get('access-control-allow-headers')).toBe('x-a, X-D')
    expect(preflight?.headers.get('vary')).toBe('Origin, Access-Control-Request-Headers')
  })

  it('takes OPTIONS without origin or method for no preflight', () => {
    const cors = createCors([rule({ origins: [ORIGIN] })])
    expect(cors('OPTIONS', from(undefined, { 'access-control-request-method': 'GET' }), '/x').preflight).toBeUndefined()
    expect(cors('OPTIONS', from(ORIGIN), '/x').preflight).toBeUndefined()
    expect(cors('GET', preflightFor('GET'), '/x').preflight).toBeUndefined()
  })

  it('lets the longest matching path decide', () => {
    const others = ['https://a.example', 'https://b.example', 'https://c.example'] as const
    const cors = createCors([
      rule({ path: '*', origins: [others[0]] }),
      rule({ path: 'api/v2/db/*', origins: [others[1]] }),
      rule({ path: '/api/v2/*', origins: [others[2]] }),
    ])
    const allowed = (path: string) =>
      others.filter((origin) => cors('GET', from(origin), path).headers?.['access-control-allow-origin'] === origin)
    expect(allowed('/docs')).toEqual([others[0]])
    expect(allowed('/api/v2/files/x')).toEqual([others[2]])
    expect(allowed('/api/v2/db/_table/t')).toEqual([others[1]])
    expect(allowed('/api/v2/DB/_table/t')).toEqual([others[1]])
    expect(allowed('/api/v2/%64b/_table/t')).toEqual([others[1]])
    expect(allowed('//api/v2/db/_table/t')).toEqual([others[1]])
    expect(allowed('/api/v2/db')).toEqual([others[2]])
    expect(allowed('/%zz')).toEqual([others[0]])
  })

  it.each([
    ['api/*/_table/*', 'api/v2/db/_table/t', true],
    ['api/*/_table/*', 'api/v2/db/_schema/t', false],
    ['*/t', 'api/t', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*a', 'aba', true],
    ['a*b*a', 'aa', false],
    ['api.v2', 'apixv2', false],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
    ['^api/v\\d+/', 'api/v2/db', true],
    ['^api/v\\d+/', 'xapi/v2/db', false],
  ])('reads the path %s against %s as %s', (path, request, matches) => {
    const cors = createCors([rule({ path, origins: [ORIGIN] })])
    expect(cors('GET', from(ORIGIN), `/${request}`).headers !== undefined).toBe(matches)
  })

  it('refuses a pattern that is none', () => {
    expect(() => createCors([rule({ path: '^(', origins: [ORIGIN] })])).toThrowError(/not a regular expression/)
  })
})
