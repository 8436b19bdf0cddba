import { createHash, createHmac } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { type Opened, opened } from './opened.ts'
import { makeUser, messageOf, ROOT, signIn, withKey, withToken } from './signing-in.ts'

const real = (config: Readonly<Record<string, unknown>> = {}) => opened({ sessions: 'real', config })
const url = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** An app whose role may read roles, and its key. */
const appWith = async ({ ask }: Opened, admin: Record<string, string>) => {
  const role = await ask(
    'POST',
    'system/role',
    {
      resource: [
        {
          name: 'readers of roles',
          is_active: true,
          role_service_access_by_role_id: [{ service_id: 1, component: 'role', verb_mask: 1, requestor_mask: 1 }],
        },
      ],
    },
    admin,
  )
  const roleId = role.body.resource[0].id
  const app = await ask(
    'POST',
    'system/app?fields=*',
    { resource: [{ name: 'web', is_active: true, role_id: roleId }] },
    admin,
  )
  const { id, api_key: key } = app.body.resource[0]
  return { roleId, appId: id, key: withKey(key) }
}

describe('signing in', () => {
  test('answers the session that the wire contract describes, to administrators and to users', async () => {
    await using gw = await real()
    const { ask } = gw
    const admin = await ask('POST', 'system/admin/session', ROOT, {})
    expect(admin).toEqual({
      status: 200,
      body: {
        session_token: expect.stringMatching(/^ey/),
        session_id: admin.body.session_token,
        id: 1,
        name: 'Root',
        first_name: '',
        last_name: '',
        email: 'root@gw.test',
        is_sys_admin: true,
        last_login_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        host: expect.any(String),
        token_expiry_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        is_root_admin: true,
      },
    })
    const headers = withToken(admin.body.session_token)
    expect((await ask('GET', 'system/admin', undefined, headers)).status).toBe(200)
    const { key, roleId } = await appWith(gw, headers)
    const user = await makeUser(gw, headers, 'ann')
    const session = await ask('POST', 'user/session', user, key)
    expect(session.body).toMatchObject({
      role: 'readers of roles',
      role_id: roleId,
      is_sys_admin: false,
      is_root_admin: false,
    })
    const own = { ...key, ...withToken(session.body.session_token) }
    expect((await ask('GET', 'system/role', undefined, own)).status).toBe(200)
    expect((await ask('GET', 'system/app', undefined, own)).status).toBe(403)
    expect((await ask('GET', 'user/session', undefined, own)).body).toMatchObject({
      session_token: session.body.session_token,
      role_id: roleId,
      last_login_date: expect.stringMatching(/^\d{4}/),
    })
    const claims = decodeJwt(session.body.session_token)
    expect(claims).toMatchObject({
      user_id: user.id,
      sub: createHash('md5').update('ann@gw.test').digest('hex'),
      forever: false,
      exp: claims.iat! + 1_440 * 60,
    })
  })

  test('says what is missing, and of what is wrong nothing but that', async () => {
    await using gw = await real()
    const { ask } = gw
    const { headers } = await signIn(gw)
    const user = await makeUser(gw, headers, 'ann')
    const off = await makeUser(gw, headers, 'off', { is_active: false })
    const told = async (path: string, body: object) => {
      const answer = await ask('POST', path, body, {})
      return [answer.status, messageOf(answer)]
    }
    expect(await told('user/session', {})).toEqual([400, 'Login request is missing required email.'])
    expect(await told('user/session', { email: 'x' })).toEqual([400, 'Login request is missing required password.'])
    const wrong = [401, 'Invalid credentials supplied.']
    expect(await told('user/session', { ...user, password: 'x' })).toEqual(wrong)
    expect(await told('user/session', { ...user, email: 'no@gw.test' })).toEqual(wrong)
    expect(await told('user/session', off)).toEqual(wrong)
    // Administrators and users each sign in at their own place.
    expect(await told('user/session', ROOT)).toEqual(wrong)
    expect(await told('system/admin/session', user)).toEqual(wrong)
    expect((await ask('GET', 'system/admin/session', undefined, {})).status).toBe(404)
    expect((await ask('GET', 'user/session', undefined, {})).status).toBe(401)
    const own = await signIn(gw, user, 'user/session')
    for (const verb of ['GET', 'PUT'])
      expect(messageOf(await ask(verb, 'system/admin/session', undefined, own.headers))).toBe(
        'You are not authorized to perform this action.',
      )
    expect((await ask('GET', 'user/session', undefined, own.headers)).status).toBe(200)
  })

  test('ignores a stale token, but not an app that is switched off, or a role', async () => {
    await using gw = await real()
    const { ask } = gw
    const { headers } = await signIn(gw)
    const user = await makeUser(gw, headers, 'ann')
    const { key, appId, roleId } = await appWith(gw, headers)
    expect((await ask('POST', 'user/session', user, withToken('stale'))).status).toBe(200)
    expect((await ask('POST', 'user/session', { ...user, session_token: 'stale' }, {})).status).toBe(200)
    await ask('PATCH', `system/role/${roleId}`, { is_active: false }, headers)
    expect(messageOf(await ask('POST', 'user/session', user, key))).toBe('Role is not active.')
    await ask('PATCH', `system/app/${appId}`, { is_active: false }, headers)
    expect(messageOf(await ask('POST', 'user/session', user, key))).toBe('App is not active.')
    expect(messageOf(await ask('GET', 'system/environment', undefined, withToken('stale')))).toContain('Invalid token')
  })

  test('by user name works where the gateway is set to it', async () => {
    await using gw = await real({ system: { sessions: { login: 'username', forever: true } } })
    const { ask } = gw
    const login = { username: 'root@gw.test', password: ROOT.password }
    const { body } = await ask('POST', 'system/admin/session', { ...login, remember_me: true }, {})
    expect(decodeJwt(body.session_token).forever).toBe(true)
    expect(messageOf(await ask('POST', 'system/admin/session', ROOT, {}))).toContain('username')
    expect((await ask('GET', 'system/environment', undefined, {})).body.authentication).toMatchObject({
      login_attribute: 'username',
      allow_forever_sessions: true,
      user: { payload: { username: 'string' } },
    })
  })
})

describe('a session token', () => {
  test('may stand in a header, as a bearer, in the query and in the body; Basic credentials do without', async () => {
    await using gw = await real()
    const { ask } = gw
    const { token } = await signIn(gw)
    expect((await ask('GET', 'system/role', undefined, { authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await ask('GET', `system/role?session_token=${token}`, undefined, {})).status).toBe(200)
    expect((await ask('POST', 'system/role?method=GET', { session_token: token }, {})).status).toBe(200)
    const basic = (password: string) => ({
      authorization: `Basic ${Buffer.from(`root@gw.test:${password}`).toString('base64')}`,
    })
    expect((await ask('GET', 'system/role', undefined, basic(ROOT.password))).status).toBe(200)
    expect((await ask('GET', 'system/admin/session', undefined, basic(ROOT.password))).body.session_token).toBeNull()
    const wrong = await ask('GET', 'system/role', undefined, basic('wrong'))
    expect([wrong.status, messageOf(wrong)]).toEqual([401, 'Unauthorized. User credentials did not match.'])
  })

  test('is exchanged for another one, once, and ends by signing out, as often as one likes', async () => {
    await using gw = await real()
    const { ask } = gw
    const first = await signIn(gw)
    const next = await ask('PUT', 'system/admin/session', undefined, first.headers)
    expect(next).toMatchObject({ status: 200, body: { email: 'root@gw.test' } })
    expect(next.body.session_token).not.toBe(first.token)
    expect(decodeJwt(next.body.session_token).iat).toBe(decodeJwt(first.token).iat)
    const over = await ask('GET', 'system/role', undefined, first.headers)
    expect([over.status, messageOf(over)]).toEqual([
      403,
      'The token has been blacklisted: Session terminated. Please re-login.',
    ])
    expect(messageOf(await ask('PUT', 'system/admin/session', undefined, first.headers))).toMatch(
      /^Token refresh failed\./,
    )
    expect(messageOf(await ask('PUT', 'system/admin/session', undefined, {}))).toMatch(/^Token refresh failed\./)
    const second = withToken(next.body.session_token)
    for (const headers of [second, second, {}, withToken('none')])
      expect(await ask('DELETE', 'system/admin/session', undefined, headers)).toEqual({
        status: 200,
        body: { success: true },
      })
    expect((await ask('GET', 'system/role', undefined, second)).status).toBe(403)
    expect((await ask('PUT', 'user/session', undefined, second)).status).toBe(401)
  })

  test('is none where anything about it is not as this gateway makes it', async () => {
    await using gw = await real()
    const { ask } = gw
    const { token } = await signIn(gw)
    const [head, body, signature] = token.split('.') as [string, string, string]
    const header = decodeProtectedHeader(token)
    const claims = decodeJwt(token)
    const signed = (first: object, second: object, secret: string | Buffer) => {
      const text = `${url(first)}.${url(second)}`
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
    }
    const forged: Record<string, string> = {
      nothing: 'x',
      'two parts': `${head}.${body}`,
      'another body': `${head}.${url({ ...claims, user_id: 2 })}.${signature}`,
      'no algorithm': `${url({ ...header, alg: 'none' })}.${body}.`,
      'no signature': `${head}.${body}.`,
      'another algorithm': `${url({ ...header, alg: 'HS512' })}.${body}.${signature}`,
      'a public key as a secret': signed(
        { ...header, alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } },
        claims,
        Buffer.alloc(3),
      ),
      'an empty secret': signed(header, claims, ''),
      'its own name as a secret': signed(header, claims, String(header.kid)),
      'a key from elsewhere': signed({ ...header, kid: '../../dev/null' }, claims, ''),
      'no key': signed({ alg: 'HS256', typ: 'JWT' }, claims, ''),
      'too long': `${head}.${'A'.repeat(10_000)}.${signature}`,
    }
    for (const [name, text] of Object.entries(forged)) {
      const { status, body: told } = await ask('GET', 'system/role', undefined, withToken(text))
      expect([name, status, told.error.message]).toEqual([name, 401, expect.stringMatching(/^Invalid token: /)])
    }
    expect((await ask('GET', 'system/role', undefined, withToken(token))).status).toBe(200)
  })
})

describe('sessions end', () => {
  test('when the user is switched off, has another password or address, or is gone', async () => {
    await using gw = await real()
    const { ask } = gw
    const { headers } = await signIn(gw)
    const user = await makeUser(gw, headers, 'ann')
    const told = async (own: Record<string, string>) => {
      const answer = await ask('GET', 'user/session', undefined, own)
      return [answer.status, messageOf(answer)]
    }
    const ended = [403, 'The token has been blacklisted: Session terminated. Please re-login.']
    const path = `system/user/${user.id}`
    const first = await signIn(gw, user, 'user/session')
    await ask('PATCH', path, { is_active: false }, headers)
    expect(await told(first.headers)).toEqual([403, 'User is not active.'])
    await ask('PATCH', path, { is_active: true }, headers)
    expect(await told(first.headers)).toEqual(ended)

    const second = await signIn(gw, user, 'user/session')
    await ask('PATCH', path, { password: 'another long password' }, headers)
    expect(await told(second.headers)).toEqual(ended)
    expect((await ask('POST', 'user/session', user, {})).status).toBe(401)

    const third = await signIn(gw, { ...user, password: 'another long password' }, 'user/session')
    await ask('PATCH', path, { name: 'Ann' }, headers)
    expect((await ask('GET', 'user/session', undefined, third.headers)).body.name).toBe('Ann')
    await ask('PATCH', path, { email: 'anna@gw.test' }, headers)
    expect((await told(third.headers))[0]).toBe(403)

    const fourth = await signIn(gw, { email: 'anna@gw.test', password: 'another long password' }, 'user/session')
    await ask('DELETE', path, undefined, headers)
    expect(await told(fourth.headers)).toEqual([404, 'User not found.'])
  })
})
