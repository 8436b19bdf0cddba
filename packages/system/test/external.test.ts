import { describe, expect, test } from 'vitest'
import { opened } from './opened.ts'
import { CLIENT, providerFor, signInThere } from './provider.ts'
import { messageOf, ROOT, signIn, withKey } from './signing-in.ts'

const PAGE = 'https://app.test/callback'
const BACK = 'http://localhost:7/api/v2/user/session?oauth_callback=true'
const PROGRAM = { 'x-requested-with': 'XMLHttpRequest' }
const EGRESS = { egress: { allow: ['127.0.0.1'] } }

/** A gateway with a service `corp` to sign in with, an app, and a role that new people get. */
const stage = async (more: object = {}, egress: object = EGRESS) => {
  const provider = await providerFor([PAGE, BACK])
  const gw = await opened({ sessions: 'real', config: { ...egress } })
  const { headers } = await signIn(gw)
  const made = async (resource: string, record: object) => {
    const answer = await gw.ask('POST', `system/${resource}?fields=*`, { resource: [record] }, headers)
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body.resource[0]
  }
  const role = await made('role', {
    name: 'staff',
    is_active: true,
    role_service_access_by_role_id: [{ service_id: 1, component: 'role', verb_mask: 1, requestor_mask: 1 }],
  })
  const app = await made('app', { name: 'web', is_active: true })
  const config = {
    ...CLIENT,
    discovery_document: `${provider.issuer}/.well-known/openid-configuration`,
    redirect_url: PAGE,
    default_role: role.id,
    ...more,
  }
  const service = await made('service', { name: 'corp', label: 'The company', type: 'oidc', is_active: true, config })
  const begin = async (own: Record<string, string> = PROGRAM, query = '') =>
    gw.gateway.fetch(new Request(`http://gateway.test/api/v2/user/session?service=corp${query}`, { headers: own }))
  const addressOf = async () => ((await (await begin()).json()) as any).response.url as string
  const finish = (returned: URL | URLSearchParams, own: Record<string, string> = withKey(app.api_key)) => {
    const query = 'searchParams' in returned ? returned.searchParams : returned
    return gw.ask('POST', `user/session?oauth_callback=true&service=corp&${query}`, undefined, own)
  }
  return {
    gw,
    provider,
    headers,
    app,
    service,
    begin,
    addressOf,
    finish,
    async [Symbol.asyncDispose]() {
      await gw[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
    },
  }
}

describe('signing in with a provider of OpenID Connect', () => {
  test('makes a user of who comes for the first time, with the role for them, and knows them again', async () => {
    await using at = await stage()
    const { gw, provider, headers, app, service } = at
    provider.people.ann = { email: ROOT.email, name: 'Ann Lee', given_name: 'Ann', family_name: 'Lee' }
    const address = new URL(await at.addressOf())
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      client_id: CLIENT.client_id,
      redirect_uri: PAGE,
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      nonce: expect.any(String),
      state: expect.any(String),
    })
    const returned = await signInThere(address.href, 'ann')
    expect(returned.origin + returned.pathname).toBe(PAGE)
    const session = await at.finish(returned)
    expect(session).toMatchObject({
      status: 200,
      body: {
        name: 'Ann Lee',
        first_name: 'Ann',
        // By the same address, an administrator has an account: it stays theirs.
        email: 'root+corp@gw.test',
        is_sys_admin: false,
        role: 'staff',
        oauth_token: expect.any(String),
        id_token: expect.any(String),
      },
    })
    const own = { ...withKey(app.api_key), 'x-dreamfactory-session-token': session.body.session_token }
    expect((await gw.ask('GET', 'system/role', undefined, own)).status).toBe(200)
    expect((await gw.ask('GET', 'user/profile', undefined, own)).body.oauth_provider).toBe('corp')
    const again = await at.finish(await signInThere(await at.addressOf(), 'ann'))
    expect(again.body.id).toBe(session.body.id)
    // Another person by the same address is another user.
    provider.people.ben = { email: ROOT.email, name: 'Ben' }
    const ben = await at.finish(await signInThere(await at.addressOf(), 'ben'))
    expect(ben.body.email).toMatch(/^root\+corp-[0-9a-f]{12}@gw\.test$/)
    // One whom the provider tells nothing of.
    const nobody = await at.finish(await signInThere(await at.addressOf(), 'cy'))
    expect(nobody.body.email).toMatch(/^[0-9a-f]{12}\+corp@corp\.com$/)
    const reset = await gw.ask('PATCH', `system/user/${ben.body.id}`, { is_active: false }, headers)
    expect(reset.status).toBe(200)
    const off = await at.finish(await signInThere(await at.addressOf(), 'ben'))
    expect([off.status, messageOf(off)]).toEqual([403, 'User is not active.'])
    // Nobody new from now on.
    await gw.ask('PATCH', `system/service/${service.id}`, { config: { allow_new_users: false } }, headers)
    expect((await at.finish(await signInThere(await at.addressOf(), 'dan'))).status).toBe(401)
    expect((await at.finish(await signInThere(await at.addressOf(), 'ann'))).status).toBe(200)
    expect((await gw.ask('GET', 'system/environment', undefined, {})).body.authentication.oauth).toEqual([
      {
        path: 'user/session?service=corp',
        name: 'corp',
        label: 'The company',
        verb: ['GET', 'POST'],
        type: 'oidc',
        icon_class: null,
      },
    ])
    await gw.ask('PATCH', `system/service/${service.id}`, { is_active: false }, headers)
    expect((await at.begin()).status).toBe(404)
    expect((await gw.ask('GET', 'system/environment', undefined, {})).body.authentication.oauth).toEqual([])
  })

  test('takes nothing that was not begun here, for this very person, a moment ago', async () => {
    await using at = await stage()
    const { provider } = at
    provider.people.ann = { email: 'ann@corp.test' }
    const refused = async (returned: URL | URLSearchParams, own?: Record<string, string>) => {
      const answer = await at.finish(returned, own)
      expect(answer.status).toBe(401)
      return messageOf(answer)
    }
    const returned = await signInThere(await at.addressOf(), 'ann')
    const with_ = (change: Record<string, string>) =>
      new URLSearchParams({ ...Object.fromEntries(returned.searchParams), ...change })
    expect(await refused(with_({ state: 'forged' }))).toContain('Begin again')
    expect(await refused(new URLSearchParams({ code: returned.searchParams.get('code')! }))).toContain('Begin again')
    // A code of one sign-in does not go with the state of another: neither PKCE nor nonce fit.
    const other = new URL(await at.addressOf()).searchParams.get('state')!
    expect(await refused(with_({ state: other }))).toContain('did not prove')
    expect((await at.finish(returned)).status).toBe(200)
    expect(await refused(returned)).toContain('Begin again')
    const good = await signInThere(await at.addressOf(), 'ann')
    const both = await Promise.all([at.finish(good), at.finish(good)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
    expect(await refused(good)).toContain('Begin again')
    const denied = new URL(await at.addressOf()).searchParams.get('state')!
    expect(await refused(new URLSearchParams({ error: 'access_denied', state: denied }))).toBe(
      'The provider did not sign you in.',
    )
    const mixed = await signInThere(await at.addressOf(), 'ann')
    mixed.searchParams.set('iss', 'http://127.0.0.1:1')
    expect(await refused(mixed)).toContain('did not prove')
  })

  test('believes an ID token by its signature, whatever it says', async () => {
    await using at = await stage()
    const { provider } = at
    provider.people.ann = { email: 'ann@corp.test' }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    const forgeries: readonly ((token: string) => string)[] = [
      (token) => `${token.slice(0, -8)}AAAAAAAA`,
      (token) => token.replace(/\.[^.]+\./, `.${part({ ...claimsOf(token), sub: 'the boss' })}.`),
      (token) => `${part({ alg: 'none' })}.${token.split('.')[1]}.`,
      (token) => `${part({ alg: 'HS256' })}.${token.split('.')[1]}.${'A'.repeat(43)}`,
      () => 'x',
    ]
    for (const forgery of forgeries) {
      provider.tamper = forgery
      const { status, body } = await at.finish(await signInThere(await at.addressOf(), 'ann'))
      expect([status, body.error.message]).toEqual([401, expect.stringContaining('did not prove')])
    }
    provider.tamper = undefined
    expect((await at.finish(await signInThere(await at.addressOf(), 'ann'))).status).toBe(200)
    const users = await at.gw.ask('GET', 'system/user?fields=email', undefined, at.headers)
    expect(users.body.resource).toEqual([{ email: 'ann+corp@corp.test' }])
  })

  test('by links of a browser is good for that browser alone, and leads to where the service says', async () => {
    await using at = await stage({ redirect_url: BACK })
    const { gw } = at
    at.provider.people.ann = { email: 'ann@corp.test' }
    const begun = await at.begin({}, '&redirect=http://localhost:7/welcome')
    expect(begun.status).toBe(302)
    const [, cookie] = /^(gw_login=[^;]+);.*HttpOnly; SameSite=Lax/.exec(begun.headers.get('set-cookie')!) ?? []
    const returned = await signInThere(begun.headers.get('location')!, 'ann')
    expect(returned.searchParams.get('oauth_callback')).toBe('true')
    const back = (own: Record<string, string>) =>
      gw.gateway.fetch(new Request(`http://gateway.test${returned.pathname}${returned.search}`, { headers: own }))
    for (const own of [{}, { cookie: 'gw_login=another' }, PROGRAM]) expect((await back(own)).status).toBe(401)
    const done = await back({ cookie: cookie! })
    expect(done.status).toBe(302)
    const target = new URL(done.headers.get('location')!)
    expect(target.origin + target.pathname).toBe('http://localhost:7/welcome')
    expect(done.headers.get('referrer-policy')).toBe('no-referrer')
    const token = { 'x-dreamfactory-session-token': target.searchParams.get('session_token')! }
    expect((await gw.ask('GET', 'user/session', undefined, token)).body.email).toBe('ann+corp@corp.test')
    // What a program began is not finished by a link.
    const program = await signInThere(await at.addressOf(), 'ann')
    const link = new Request(`http://gateway.test${program.pathname}${program.search}`)
    expect((await gw.gateway.fetch(link)).status).toBe(401)
    for (const elsewhere of ['https://evil.test/', 'javascript:alert(1)', '//evil.test'])
      expect((await at.begin({}, `&redirect=${encodeURIComponent(elsewhere)}`)).status).toBe(400)
  })

  test('goes out by the rules for every address, and says no more than that it could not', async () => {
    await using at = await stage({}, {})
    const answer = await at.begin()
    const { error } = (await answer.json()) as any
    expect([answer.status, error.message]).toEqual([
      502,
      'The provider could not be asked. An administrator can see why in the log.',
    ])
    const plain = await at.gw.ask(
      'POST',
      'system/service',
      {
        resource: [
          {
            name: 'plain',
            type: 'oidc',
            is_active: true,
            config: { ...CLIENT, discovery_document: 'http://corp.test', redirect_url: PAGE },
          },
        ],
      },
      at.headers,
    )
    expect(plain.body.error.context.resource[0].message).toContain('https://')
    const { body } = await at.gw.ask('GET', `system/service/${at.service.id}`, undefined, at.headers)
    expect(body.config.client_secret).toBe('**********')
  })
})
