import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SECRET_MASK } from '../src/contract.ts'
import { isSecretName, redactText, redactUrl, redactValue } from '../src/log/index.ts'

describe('secret names', () => {
  it.each([
    'password',
    'Password',
    'user_password',
    'passwd',
    'pwd',
    'passphrase',
    'secret',
    'clientSecret',
    'token',
    'access_token',
    'session_token',
    'api_key',
    'apiKey',
    'X-DreamFactory-API-Key',
    'X-DreamFactory-Session-Token',
    'Authorization',
    'proxy-authorization',
    'Cookie',
    'set-cookie',
    'sessionId',
    'credentials',
    'private_key',
    'AccountKey',
    'connectionString',
    'jwt',
  ])('%s is one', (name) => expect(isSecretName(name)).toBe(true))
  it.each(['name', 'path', 'user', 'status', 'key', 'code', 'service', 'database', 'duration', 'author'])(
    '%s is none',
    (name) => expect(isSecretName(name)).toBe(false),
  )
})

describe('URLs in the log', () => {
  it.each([
    ['/api/v2/db/_table/t?api_key=abc&limit=5', `/api/v2/db/_table/t?api_key=${SECRET_MASK}&limit=5`],
    ['/x?session_token=a.b.c#top', `/x?session_token=${SECRET_MASK}#top`],
    ['/x?filter=a%3D1&Password=p&TOKEN=t', `/x?filter=a%3D1&Password=${SECRET_MASK}&TOKEN=${SECRET_MASK}`],
    ['/x?%61pi_key=abc', `/x?%61pi_key=${SECRET_MASK}`],
    ['/x?api%5Fkey=abc', `/x?api%5Fkey=${SECRET_MASK}`],
    ['/x?api_key[]=abc', `/x?api_key[]=${SECRET_MASK}`],
    ['/x?%zz=1&api_key=abc', `/x?%zz=1&api_key=${SECRET_MASK}`],
    ['/x?api_key=a=b=c', `/x?api_key=${SECRET_MASK}`],
    [
      '/x?sig=abc&X-Amz-Signature=def&key=ghi',
      `/x?sig=${SECRET_MASK}&X-Amz-Signature=${SECRET_MASK}&key=${SECRET_MASK}`,
    ],
    ['/cb#access_token=abc&state=1', `/cb#access_token=${SECRET_MASK}&state=1`],
    ['https://user:pass@host/p?q=1', `https://${SECRET_MASK}@host/p?q=1`],
    ['https://ghp_token@github.com/x', `https://${SECRET_MASK}@github.com/x`],
    ['https://host:8080/p?q=1', 'https://host:8080/p?q=1'],
    ['/plain', '/plain'],
    ['', ''],
  ])('%s becomes %s', (url, expected) => expect(redactUrl(url)).toBe(expected))

  it('never keep the value of a secret parameter, however it is written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('api_key', 'session_token', 'password', 'token'),
        fc.string({ minLength: 1 }),
        (name, value) => {
          const secret = `s3cret${encodeURIComponent(value.toWellFormed())}`
          expect(redactUrl(`/p?a=1&${name}=${secret}&b=2`)).toBe(`/p?a=1&${name}=${SECRET_MASK}&b=2`)
        },
      ),
    )
  })
})

describe('running text in the log', () => {
  it.each([
    ['connect postgres://gw:s3cret@db:5432/shop failed', `connect postgres://${SECRET_MASK}@db:5432/shop failed`],
    ['mysql://gw:s3/cr@et#@db/shop', `mysql://${SECRET_MASK}@db/shop`],
    ['Invalid URL: "mongodb+srv://u:s3cret@a.b,c.d/x"', `Invalid URL: "mongodb+srv://${SECRET_MASK}@a.b,c.d/x"`],
    ['redis://:s3cret@cache', `redis://${SECRET_MASK}@cache`],
    ['host=db user=gw password=s3cret dbname=x', `host=db user=gw password=${SECRET_MASK} dbname=x`],
    ['Server=db;User Id=sa;Password=s3cret;Encrypt=yes', `Server=db;User Id=sa;Password=${SECRET_MASK};Encrypt=yes`],
    ["password='s3 cret' rest", `password=${SECRET_MASK} rest`],
    ['{"password": "s3cret", "a": 1}', `{"password": ${SECRET_MASK}, "a": 1}`],
    ['GET https://a.example/x?api_key=s3cret&b=1', `GET https://a.example/x?api_key=${SECRET_MASK}&b=1`],
    ['sent Authorization: Bearer s3cret.s3cret.s3cret', `sent Authorization: Bearer ${SECRET_MASK}`],
    ['http://localhost:8080/mail@example.com', 'http://localhost:8080/mail@example.com'],
    ['nothing to see: 12:30:01', 'nothing to see: 12:30:01'],
  ])('%s becomes %s', (text, expected) => expect(redactText(text)).toBe(expected))

  it('is cut where it is very long, after masking', () => {
    const text = redactText(`${'x'.repeat(16_370)} postgres://gw:s3cret@db`)
    expect(text).not.toContain('s3cret')
    expect(text).toMatch(/… \(\d+ characters\)$/)
  })
})

describe('values in the log', () => {
  it('are masked by their names at any depth, and left alone otherwise', () => {
    const value = {
      config: { host: 'db', password: 'a', nested: [{ apiKey: 'b', port: 1 }] },
      headers: new Headers({ authorization: 'c', accept: 'd' }),
      session: { id: 'e' },
      token: 12345,
      hasPassword: true,
      secret: null,
      when: new Date(0),
    }
    expect(redactValue(value)).toEqual({
      config: { host: 'db', password: SECRET_MASK, nested: [{ apiKey: SECRET_MASK, port: 1 }] },
      headers: { authorization: SECRET_MASK, accept: 'd' },
      session: SECRET_MASK,
      token: SECRET_MASK,
      hasPassword: true,
      secret: null,
      when: new Date(0),
    })
  })

  it('are not changed themselves', () => {
    const value = { password: 'a', list: ['postgres://u:p@h'] }
    redactValue(value)
    expect(value).toEqual({ password: 'a', list: ['postgres://u:p@h'] })
  })

  it('may be circular, deep, huge, odd or hostile', () => {
    const circular: Record<string, unknown> = { name: 'a' }
    circular.self = circular
    let deep: unknown = { password: 's3cret' }
    for (let i = 0; i < 50; i++) deep = { deep }
    const hostile = {
      get boom(): string {
        throw new Error('s3cret')
      },
    }
    const map = new Map<unknown, unknown>([['token', 's3cret']])
    const own = { toJSON: () => ({ password: 's3cret' }) }
    const bytes = Buffer.from('s3cret')
    const text = JSON.stringify(
      redactValue({
        circular,
        deep,
        hostile,
        map,
        own,
        bytes,
        big: 10n,
        fn() {},
        url: new URL('http://u:s3cret@h/?token=s3cret'),
        many: Array.from({ length: 1000 }, (_, i) => i),
      }),
    )
    expect(text).not.toContain('s3cret')
    expect(text).toContain('[6 bytes]')
    expect(text).toContain('[unreadable]')
    expect(text).toContain('1000 items')
    expect(text.length).toBeLessThan(5000)
  })
  it('are cut where everything refers to everything else', () => {
    const all: Record<string, unknown>[] = Array.from({ length: 50 }, () => ({}))
    for (const one of all) for (const [index, other] of all.entries()) one[`to${index}`] = other
    const text = JSON.stringify(redactValue({ all }))
    expect(text).toMatch(/\[more\]|"more"/)
    expect(text.length).toBeLessThan(200_000)
  })
})
