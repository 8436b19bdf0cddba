import { describe, expect, test } from 'vitest'
import { mailbox, withMail } from './mailbox.ts'
import { opened } from './opened.ts'
import { makeUser, messageOf, ROOT, signIn, signInStatus, withKey } from './signing-in.ts'

const NEW = 'a new password, long enough'

describe('a profile', () => {
  test('is told and changed by whose it is; what keeps an account needs the password', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const admin = await signIn(gw)
    const user = await makeUser(gw, admin.headers, 'ann')
    const { headers } = await signIn(gw, user, 'user/session')
    expect((await ask('GET', 'user/profile', undefined, headers)).body).toEqual({
      username: 'ann@gw.test',
      first_name: null,
      last_name: null,
      name: 'ann',
      email: 'ann@gw.test',
      phone: null,
      security_question: null,
      default_app_id: null,
      oauth_provider: '',
      adldap: '',
    })
    const change = (body: object, own = headers, path = 'user/profile') => ask('PUT', path, body, own)
    expect((await change({ first_name: 'Ann', last_name: null })).body).toEqual({ success: true })
    expect((await ask('GET', 'user/profile', undefined, headers)).body.first_name).toBe('Ann')
    // What is not theirs to change stays.
    expect(messageOf(await change({ is_sys_admin: true, id: 1 }))).toBe('No data supplied for operation.')
    const refused = await change({ email: 'anna@gw.test' })
    expect([refused.status, messageOf(refused)]).toEqual([400, 'Current Password required to change email'])
    expect((await change({ security_question: 'Pet?', security_answer: 'Rex' })).status).toBe(400)
    expect(messageOf(await change({ email: 'anna@gw.test', current_password: 'x' }))).toBe(
      'The password supplied does not match.',
    )
    expect((await change({ email: 'root@gw.test', current_password: user.password })).body.error.context).toEqual({
      email: ['The email is taken.'],
    })
    const changed = await change({ email: 'anna@gw.test', current_password: user.password })
    expect(changed.body).toEqual({ success: true, session_token: expect.any(String) })
    expect((await ask('GET', 'user/session', undefined, headers)).status).toBe(403)
    const fresh = { 'x-dreamfactory-session-token': changed.body.session_token }
    expect((await ask('GET', 'user/session', undefined, fresh)).body.email).toBe('anna@gw.test')
    expect((await ask('GET', 'user/profile', undefined, {})).status).toBe(404)
    // An administrator's is a part of the system API.
    expect((await ask('GET', 'system/admin/profile', undefined, admin.headers)).body.email).toBe('root@gw.test')
    expect((await ask('GET', 'system/admin/profile', undefined, fresh)).status).toBe(400)
  })
})

describe('a password', () => {
  test('is changed by who knows it, and ends every other session', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const admin = await signIn(gw)
    const user = await makeUser(gw, admin.headers, 'ann')
    const { headers } = await signIn(gw, user, 'user/session')
    const other = await signIn(gw, user, 'user/session')
    const change = (body: object, own = headers, path = 'user/password') => ask('POST', path, body, own)
    const told = async (body: object, own = headers, path = 'user/password') => {
      const answer = await change(body, own, path)
      return [answer.status, messageOf(answer)]
    }
    expect(await told({ old_password: 'x', new_password: NEW })).toEqual([400, 'The password supplied does not match.'])
    expect(await told({ old_password: user.password, new_password: 'short' })).toEqual([
      400,
      expect.stringContaining('16'),
    ])
    expect(await told({ new_password: NEW })).toEqual([400, 'Not enough information provided to change password.'])
    expect(await told({ old_password: user.password, new_password: NEW }, {})).toEqual([401, expect.any(String)])
    const both = { old_password: user.password, new_password: NEW }
    const foreign = [401, 'You are not authorized to reset/change password for the account ann@gw.test']
    expect(await told(both, headers, 'system/admin/password')).toEqual(foreign)
    expect((await told({ old_password: ROOT.password, new_password: NEW }, admin.headers))[0]).toBe(401)
    const done = await change(both, headers, 'user/password?login=true')
    expect(done.body).toEqual({ success: true, session_token: expect.any(String) })
    for (const own of [headers, other.headers])
      expect((await ask('GET', 'user/session', undefined, own)).status).toBe(403)
    const fresh = { 'x-dreamfactory-session-token': done.body.session_token }
    expect((await ask('GET', 'user/session', undefined, fresh)).status).toBe(200)
    const trail = await ask('GET', 'system/audit?order=id desc&limit=1', undefined, admin.headers)
    expect(trail.body.resource).toMatchObject([
      {
        action: 'update',
        resource: 'user',
        user_name: 'ann@gw.test',
        changes: { password: { before: '**********', after: '**********' } },
      },
    ])
    expect(await signInStatus(gw, 'user/session', user)).toBe(401)
    expect(await signInStatus(gw, 'user/session', { ...user, password: NEW })).toBe(200)
  })

  test('that is forgotten is set by a code that is sent, works once, and is told to nobody else', async () => {
    await using box = await mailbox()
    const { gw, headers } = await withMail(box)
    await using _ = gw
    const { ask } = gw
    const user = await makeUser(gw, headers, 'ann')
    const own = await signIn(gw, user, 'user/session')
    const begin = (email: string, path = 'user/password') => ask('POST', `${path}?reset=true`, { email }, {})
    const finish = (code: string, more: object = {}, path = 'user/password') =>
      ask('POST', path, { email: user.email, code, new_password: NEW, ...more }, {})
    // The same answer for who is there, who is not, and who belongs elsewhere.
    expect(await begin('nobody@gw.test')).toEqual({ status: 200, body: { success: true } })
    expect(await begin(ROOT.email)).toEqual({ status: 200, body: { success: true } })
    expect(await begin(user.email)).toEqual({ status: 200, body: { success: true } })
    const code = await box.code()
    expect(box.messages).toHaveLength(1)
    expect(box.messages[0]).toContain('To: ann <ann@gw.test>')
    expect(box.messages[0]).toContain('The shop')
    expect(box.messages[0]).toMatch(/https:\/\/app\.test\/#\/reset\?code=(3D)?[0-9A-Z]{32}&amp;email=/)
    expect((await ask('GET', `system/user/${user.id}`, undefined, headers)).body).toMatchObject({
      confirmed: false,
      expired: false,
    })
    for (const wrong of [
      await finish(code.toLowerCase()),
      await finish('0'.repeat(32)),
      await finish(code, { email: 'nobody@gw.test' }),
      await finish(code, {}, 'system/admin/password'),
    ])
      expect([wrong.status, messageOf(wrong)]).toEqual([400, expect.stringContaining('Ask for a new one')])
    expect((await ask('GET', 'user/session', undefined, own.headers)).status).toBe(200)
    // One of two who come with the same code.
    const both = await Promise.all([finish(code), finish(code)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
    expect((await ask('GET', 'user/session', undefined, own.headers)).status).toBe(403)
    expect(await signInStatus(gw, 'user/session', { ...user, password: NEW })).toBe(200)
    expect((await ask('GET', `system/user/${user.id}`, undefined, headers)).body.confirmed).toBe(true)
    expect((await begin(ROOT.email, 'system/admin/password')).status).toBe(200)
    await finish(await box.code(), { email: ROOT.email }, 'system/admin/password')
    expect(await signInStatus(gw, 'system/admin/session', { ...ROOT, password: NEW })).toBe(200)
  })

  test('can not be asked for where nothing can be sent, nor without end', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const ask1 = async (email: string) => (await ask('POST', 'user/password?reset=true', { email }, {})).status
    expect([await ask1(ROOT.email), await ask1('nobody@gw.test')]).toEqual([500, 500])
    for (let round = 0; round < 4; round++) await ask1('nobody@gw.test')
    expect(await ask1('nobody@gw.test')).toBe(429)
  })

  test('is set by the answer to a question only where the gateway says so', async () => {
    for (const on of [false, true]) {
      await using box = await mailbox()
      const { gw, headers } = await withMail(box, {}, { security_questions: on })
      await using _ = gw
      const { ask } = gw
      const question = { security_question: 'First pet?', security_answer: ' Rex ' }
      const user = await makeUser(gw, headers, 'ann', question)
      const { body } = await ask('POST', 'user/password?reset=true', { email: user.email }, {})
      expect(body).toEqual(on ? { security_question: 'First pet?' } : { success: true })
      const answer = (security_answer: string) =>
        ask('POST', 'user/password', { email: user.email, security_answer, new_password: NEW }, {})
      expect((await answer('Tom')).status).toBe(400)
      expect((await answer('rex')).status).toBe(on ? 200 : 400)
      expect(await signInStatus(gw, 'user/session', { ...user, password: NEW })).toBe(on ? 200 : 401)
    }
  })
})

describe('own values', () => {
  test('are kept for each user, whatever they are, and shown to nobody else', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const { headers: admin } = await signIn(gw)
    const access = { service_id: 2, component: '*', verb_mask: 31, requestor_mask: 1 }
    const role = await ask(
      'POST',
      'system/role',
      { resource: [{ name: 'r', is_active: true, role_service_access_by_role_id: [access] }] },
      admin,
    )
    const app = await ask(
      'POST',
      'system/app?fields=*',
      { resource: [{ name: 'web', is_active: true, role_id: role.body.resource[0].id }] },
      admin,
    )
    const key = withKey(app.body.resource[0].api_key)
    const of = async (name: string) => ({
      ...key,
      ...(await signIn(gw, await makeUser(gw, admin, name), 'user/session')).headers,
    })
    const [ann, bob] = [await of('ann'), await of('bob')]
    const keep = (own: Record<string, string>, value: unknown) =>
      ask('POST', 'user/custom', { resource: [{ name: 'theme', value }] }, own)
    expect(await keep(ann, { dark: [1, 'a'] })).toMatchObject({ status: 201, body: { resource: [{ name: 'theme' }] } })
    await keep(bob, '[1]')
    expect((await ask('GET', 'user/custom/theme', undefined, ann)).body).toEqual({ dark: [1, 'a'] })
    expect((await ask('GET', 'user/custom/theme', undefined, bob)).body).toBe('[1]')
    await ask('PATCH', 'user/custom/theme', { value: null }, ann)
    expect((await ask('GET', 'user/custom', undefined, ann)).body.resource).toMatchObject([
      { name: 'theme', value: null },
    ])
    expect((await ask('DELETE', 'user/custom/theme', undefined, ann)).body).toEqual({ name: 'theme' })
    expect((await ask('GET', 'user/custom/theme', undefined, ann)).status).toBe(404)
    expect((await ask('GET', 'user/custom/theme', undefined, bob)).status).toBe(200)
    expect((await ask('GET', 'user/custom', undefined, key)).status).toBe(401)
    expect(
      (await ask('GET', 'user', undefined, ann)).body.resource.map(({ name }: { name: string }) => name),
    ).toContain('custom')
  })
})
