import { describe, expect, test } from 'vitest'
import { mailbox, withMail } from './mailbox.ts'
import { opened } from './opened.ts'
import { messageOf, ROOT, signIn, signInStatus, withKey } from './signing-in.ts'

const NEW = 'a new password, long enough'

describe('registering', () => {
  test('is closed by default, and gives who registers the roles that the service says', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const { headers } = await signIn(gw)
    const person = { email: 'ann.lee@x.test', password: NEW }
    const register = (body: object, query = '') => ask('POST', `user/register${query}`, body, {})
    const invalid = await register({ email: 'a@x.test', password: 'short' })
    expect(invalid.body.error).toMatchObject({
      code: 400,
      message: 'Validation failed',
      context: { password: [expect.any(String)] },
    })
    const closed = await register(person)
    expect([closed.status, messageOf(closed)]).toEqual([403, 'Open Registration is not enabled.'])

    const made = async (resource: string, record: object) =>
      (await ask('POST', `system/${resource}?fields=*`, { resource: [record] }, headers)).body.resource[0]
    const access = (component: string) => ({
      is_active: true,
      role_service_access_by_role_id: [{ service_id: 1, component, verb_mask: 1, requestor_mask: 1 }],
    })
    const [everywhere, special] = [
      await made('role', { name: 'everywhere', ...access('role') }),
      await made('role', { name: 'special', ...access('app') }),
    ]
    const [web, phone] = [
      await made('app', { name: 'web', is_active: true }),
      await made('app', { name: 'phone', is_active: true }),
    ]
    const config = {
      allow_open_registration: true,
      open_reg_role_id: everywhere.id,
      app_role_map: [{ app_id: phone.id, role_id: special.id }],
    }
    expect((await ask('PATCH', 'system/service/2', { config }, headers)).status).toBe(200)
    expect(await register(person)).toEqual({ status: 200, body: { success: true } })
    expect((await register(person)).body.error).toMatchObject({ code: 400, message: 'Validation failed' })
    const { body } = await register({ ...person, email: 'bob@x.test', is_sys_admin: true }, '?login=true')
    const token = { 'x-dreamfactory-session-token': body.session_token }
    const status = async (path: string, app: { api_key: string }) =>
      (await ask('GET', path, undefined, { ...token, ...withKey(app.api_key) })).status
    expect([await status('system/role', web), await status('system/app', web)]).toEqual([200, 403])
    expect([await status('system/role', phone), await status('system/app', phone)]).toEqual([403, 200])
    const ann = await signIn(gw, person, 'user/session')
    expect((await ask('GET', 'user/profile', undefined, ann.headers)).body).toMatchObject({
      first_name: 'Ann',
      last_name: 'Lee',
      name: 'Ann Lee',
    })
    expect(await signInStatus(gw, 'system/admin/session', { ...person, email: 'bob@x.test' })).toBe(401)
  })

  test('with a code to confirm the address tells nobody who has an account already', async () => {
    await using box = await mailbox()
    const { gw, headers, mail } = await withMail(box)
    await using _ = gw
    const { ask } = gw
    await ask(
      'PATCH',
      'system/service/2',
      { config: { allow_open_registration: true, open_reg_email_service_id: mail } },
      headers,
    )
    const register = (email: string) => ask('POST', 'user/register?login=true', { email }, {})
    const answer = { status: 200, body: { success: true, confirmation_required: true } }
    expect(await register(ROOT.email)).toEqual(answer)
    expect(await register('ann@x.test')).toEqual(answer)
    const code = await box.code()
    expect(box.messages).toHaveLength(1)
    expect(await ask('POST', 'user/password?login=true', { email: 'ann@x.test', code, new_password: NEW }, {})).toEqual(
      {
        status: 200,
        body: { success: true, session_token: expect.any(String) },
      },
    )
    expect(await signInStatus(gw, 'user/session', { email: 'ann@x.test', password: NEW })).toBe(200)
    expect(await signInStatus(gw, 'system/admin/session', ROOT)).toBe(200)
  })
})

describe('an invitation', () => {
  test('is sent with a code; who could not be told is not there', async () => {
    await using box = await mailbox()
    const { gw, headers } = await withMail(box)
    await using _ = gw
    const { ask } = gw
    const invite = (email: string, resource = 'user') =>
      ask('POST', `system/${resource}?send_invite=true`, { resource: [{ name: 'Ann', email }] }, headers)
    const { status, body } = await invite('ann@x.test')
    expect(status).toBe(201)
    const code = await box.code()
    expect((await ask('GET', `system/user/${body.resource[0].id}`, undefined, headers)).body.confirmed).toBe(false)
    expect(await signInStatus(gw, 'user/session', { email: 'ann@x.test', password: '' })).toBe(400)
    expect((await ask('POST', 'user/password', { email: 'ann@x.test', code, new_password: NEW }, {})).status).toBe(200)
    expect(await signInStatus(gw, 'user/session', { email: 'ann@x.test', password: NEW })).toBe(200)
    expect((await invite('boss@x.test', 'admin')).status).toBe(201)
    const again = await box.code()
    expect(box.messages[1]).toMatch(/admin=(3D)?1/)
    expect(
      (await ask('POST', 'system/admin/password', { email: 'boss@x.test', code: again, new_password: NEW }, {})).status,
    ).toBe(200)
    await ask('PATCH', 'system/service/2', { config: { invite_email_template_id: 999 } }, headers)
    expect((await invite('bob@x.test')).status).toBe(502)
    // Neither is who was there before taken away.
    expect((await invite('ann@x.test')).status).toBe(400)
    const users = await ask('GET', 'system/user?fields=email', undefined, headers)
    expect(users.body.resource).toEqual([{ email: 'ann@x.test' }])
  })
})
