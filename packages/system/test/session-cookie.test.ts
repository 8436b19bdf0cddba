import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Opened, opened } from './opened.ts'
import { makeUser, ROOT, signIn, withKey, withToken } from './signing-in.ts'

let gw: Opened
beforeAll(async () => {
  gw = await opened({ sessions: 'real', config: { server: { trustedProxies: ['loopback'] } } })
})
afterAll(() => gw[Symbol.asyncDispose]())

const PAGE = { 'x-gw-session': 'cookie' }
const SESSION = 'system/admin/session'

const send = async (
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: unknown,
  origin = 'http://gateway.test',
) => {
  const response = await gw.gateway.fetch(
    new Request(`${origin}/api/v2/${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
  return { status: response.status, cookie: response.headers.get('set-cookie'), body: (await response.json()) as any }
}
const tokenOf = (cookie: string | null): string => /^gw_session=([^;]+);/.exec(cookie ?? '')?.[1] ?? ''
const signedIn = async (): Promise<string> => `gw_session=${tokenOf((await send('POST', SESSION, PAGE, ROOT)).cookie)}`

test('a page that asks for it gets its session in a cookie that scripts can not read, and not in the answer', async () => {
  const { status, cookie, body } = await send('POST', SESSION, PAGE, ROOT)
  expect(status).toBe(200)
  expect(cookie).toMatch(/^gw_session=[\w-]+\.[\w-]+\.[\w-]+; HttpOnly; SameSite=Strict; Path=\/api\/v2$/)
  expect(body).toMatchObject({ email: ROOT.email, is_sys_admin: true })
  expect(JSON.stringify(body)).not.toContain(tokenOf(cookie))
  expect(body).not.toHaveProperty('session_token')
  expect(body).not.toHaveProperty('session_id')
  const shown = await send('GET', SESSION, { ...PAGE, cookie: `gw_session=${tokenOf(cookie)}` })
  expect([shown.status, shown.body.email]).toEqual([200, ROOT.email])
  expect(JSON.stringify(shown.body)).not.toContain(tokenOf(cookie))

  const user = await makeUser(gw, (await signIn(gw)).headers, 'mia')
  const own = await send('POST', 'user/session', PAGE, user)
  expect([own.status, tokenOf(own.cookie) !== '', own.body.session_token]).toEqual([200, true, undefined])
})

test('everyone else is answered as always', async () => {
  const { cookie, body } = await send('POST', SESSION, {}, ROOT)
  expect([cookie, typeof body.session_token]).toEqual([null, 'string'])
  // A page of another origin gets no cookie, whatever it asks for.
  for (const foreign of [{ origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }]) {
    const answer = await send('POST', SESSION, { ...PAGE, ...foreign }, ROOT)
    expect([answer.cookie, typeof answer.body.session_token]).toEqual([null, 'string'])
  }
})

test('the cookie counts only beside its header, and where nothing says that another page sent it', async () => {
  const cookie = await signedIn()
  const status = async (headers: Record<string, string>, origin?: string) =>
    (await send('GET', 'system/service', { cookie, ...headers }, undefined, origin)).status
  const good: Record<string, string>[] = [
    {},
    { 'sec-fetch-site': 'same-origin' },
    { origin: 'http://gateway.test' },
    // A proxy that is not known to have taken off the encryption.
    { origin: 'https://gateway.test', 'sec-fetch-site': 'same-origin' },
  ]
  for (const headers of good) expect([headers, await status({ ...PAGE, ...headers })]).toEqual([headers, 200])
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': '' },
    { origin: 'http://evil.test' },
    { origin: 'http://gateway.test.evil.test' },
    { origin: 'http://gateway.test:8080' },
    { origin: 'https://gateway.test' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://evil.test', 'sec-fetch-site': 'same-origin' },
    { origin: 'http://gateway.test', 'sec-fetch-site': 'cross-site' },
  ]
  // As without credentials: not as with wrong ones.
  const nobody = (await send('GET', 'system/service')).status
  for (const headers of foreign) expect([headers, await status({ ...PAGE, ...headers })]).toEqual([headers, nobody])
  for (const header of [undefined, '', 'header', 'cookies'])
    expect(await status(header === undefined ? {} : { 'x-gw-session': header })).toBe(nobody)
  // What another host of the same domain may have set beside it.
  expect(await status({ ...PAGE, cookie: `gw_session=other; ${cookie}` })).toBe(nobody)
  expect(await status({ ...PAGE, cookie: `theme=dark; ${cookie}; x=y` })).toBe(200)
  expect(await status({ ...PAGE, cookie: 'gw_session=nonsense' })).toBe(401)
})

test('a foreign form changes nothing', async () => {
  const cookie = await signedIn()
  const before = (await send('GET', 'system/lookup', { ...PAGE, cookie })).body.resource.length
  const form = await gw.gateway.fetch(
    new Request('http://gateway.test/api/v2/system/lookup?x-gw-session=cookie', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.test' },
      body: 'name=stolen&value=1&x-gw-session=cookie',
    }),
  )
  expect([400, 401, 403]).toContain(form.status)
  expect((await send('GET', 'system/lookup', { ...PAGE, cookie })).body.resource).toHaveLength(before)
})

test('a token or a key in a header goes before the cookie', async () => {
  const cookie = await signedIn()
  const wrong = await send('GET', 'system/service', { ...PAGE, cookie, ...withToken('wrong') })
  expect(wrong.status).toBe(401)
  const key = await send('GET', 'system/service', { ...PAGE, cookie, ...withKey('wrong') })
  expect(key.status).not.toBe(200)
  const user = await makeUser(gw, (await signIn(gw)).headers, 'noa')
  const { token } = await signIn(gw, user, 'user/session')
  expect((await send('GET', 'user/session', { ...PAGE, cookie, ...withToken(token) })).body.email).toBe(user.email)
  // A body is no place for another's credentials either.
  const body = { session_token: token, api_key: 'wrong', name: 'x', value: '1' }
  expect((await send('POST', 'system/lookup?fields=id', { ...PAGE, cookie }, { resource: [body] })).status).not.toBe(
    401,
  )
})

test('the cookie is renewed and taken away, and the token with it', async () => {
  const cookie = await signedIn()
  const renewed = await send('PUT', SESSION, { ...PAGE, cookie })
  expect([renewed.status, renewed.body.session_token]).toEqual([200, undefined])
  const next = `gw_session=${tokenOf(renewed.cookie)}`
  expect(next).not.toBe(cookie)
  expect((await send('GET', SESSION, { ...PAGE, cookie })).status).toBe(404)
  expect((await send('GET', 'system/service', { ...PAGE, cookie })).status).toBe(403)
  expect((await send('GET', SESSION, { ...PAGE, cookie: next })).status).toBe(200)
  const out = await send('DELETE', SESSION, { ...PAGE, cookie: next })
  expect(out.cookie).toBe('gw_session=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/api/v2')
  expect((await send('GET', SESSION, { ...PAGE, cookie: next })).status).toBe(404)
  // Without the header, nobody is signed out.
  const other = await signedIn()
  await send('DELETE', SESSION, { cookie: other })
  expect((await send('GET', SESSION, { ...PAGE, cookie: other })).status).toBe(200)
})

test('a cookie that is of no use any more keeps no page from finding out how to sign in', async () => {
  const cookie = await signedIn()
  await send('DELETE', SESSION, { ...PAGE, cookie })
  const nobody = (await send('GET', 'system/environment')).body
  for (const old of [cookie, 'gw_session=nonsense'])
    expect(await send('GET', 'system/environment', { ...PAGE, cookie: old })).toMatchObject({ status: 200, body: nobody })
  const { body } = await send('GET', 'system/environment', { ...PAGE, cookie })
  expect(Object.keys(body)).toEqual(Object.keys(nobody))
  expect((await send('POST', SESSION, { ...PAGE, cookie }, ROOT)).status).toBe(200)
})

test('over https it is sent over https alone, also where a proxy takes off the encryption', async () => {
  const direct = await send('POST', SESSION, PAGE, ROOT, 'https://gateway.test')
  expect(direct.cookie).toMatch(/; Path=\/api\/v2; Secure$/)
  const { url } = await gw.gateway.listen({ host: '127.0.0.1', port: 0 })
  const proxied = (headers: Record<string, string>) =>
    fetch(`${url}/api/v2/${SESSION}`, {
      method: 'POST',
      headers: { ...PAGE, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(ROOT),
    })
  const forwarded = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'gw.example' }
  const behind = await proxied({ ...forwarded, origin: 'https://gw.example' })
  expect(behind.headers.get('set-cookie')).toMatch(/; Secure$/)
  expect((await proxied({ ...forwarded, origin: 'https://127.0.0.1' })).headers.get('set-cookie')).toBeNull()
  expect((await proxied({})).headers.get('set-cookie')).toMatch(/; Path=\/api\/v2$/)
})

test('a connector’s endpoint can not set the cookie', async () => {
  const { defineServiceType, endpoint } = await import('@gw/core')
  const { z } = await import('zod')
  const seen: unknown[] = []
  const type = defineServiceType({
    contract: 1,
    name: 'curious',
    label: 'Curious',
    description: 'Looks for the cookie.',
    group: 'Test',
    config: z.object({}),
    create: () => ({
      endpoints: [
        endpoint({
          id: 'look',
          method: 'GET',
          path: '/look',
          summary: 'Look',
          handle(call) {
            seen.push(call.sessionCookie)
            return { ok: true }
          },
        }),
      ],
    }),
  })
  await using other = await opened({ types: [type] })
  await other.ask('POST', 'system/service', { resource: [{ name: 'c', type: 'curious', is_active: true }] })
  const answer = await other.ask('GET', 'c/look', undefined, {
    'x-dreamfactory-session-token': 'administrator',
    ...PAGE,
  })
  expect([answer.status, seen]).toEqual([200, [undefined]])
})
