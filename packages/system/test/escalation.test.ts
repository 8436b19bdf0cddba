import { describe, expect, test } from 'vitest'
import { type Opened, opened } from './opened.ts'
import { makeUser, messageOf, ROOT, signIn, withKey } from './signing-in.ts'

/** A manager whose role may do everything below `system`, and two users: one with that role, one with another. */
const stage = async (gw: Opened) => {
  const { ask } = gw
  const root = await signIn(gw)
  const made = async (resource: string, record: object) => {
    const answer = await ask('POST', `system/${resource}?fields=*`, { resource: [record] }, root.headers)
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body.resource[0]
  }
  const role = (name: string, component: string) =>
    made('role', {
      name,
      is_active: true,
      role_service_access_by_role_id: [{ service_id: 1, component, verb_mask: 31, requestor_mask: 1 }],
    })
  const [all, less] = [await role('managers', '*'), await role('less', 'constant')]
  const app = await made('app', { name: 'console', is_active: true })
  const key = withKey(app.api_key)
  const assigned = ({ id }: { id: number }) => ({ user_to_app_to_role_by_user_id: [{ app_id: app.id, role_id: id }] })
  const manager = await makeUser(gw, root.headers, 'manager', assigned(all))
  const peer = await makeUser(gw, root.headers, 'peer', assigned(all))
  const other = await makeUser(gw, root.headers, 'other', assigned(less))
  const { headers } = await signIn(gw, manager, 'user/session')
  return { root, all, less, app, manager, peer, other, as: { ...key, ...headers }, assigned }
}

describe('a role that may do everything below system', () => {
  test('does not let its callers write what decides about rights', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const { as, all, less, app, manager } = await stage(gw)
    const refused = async (method: string, path: string, body?: object) => {
      const answer = await ask(method, `system/${path}`, body, as)
      const entry = answer.body.error?.context?.resource?.find?.((one: { code?: number }) => one.code)
      expect([path, entry?.code ?? answer.status]).toEqual([path, 403])
      return entry?.message ?? messageOf(answer)
    }
    expect((await ask('GET', 'system/admin', undefined, as)).status).toBe(200)
    expect(
      await refused('POST', 'admin', {
        resource: [{ name: 'Me', email: 'me@gw.test', password: 'sixteen letters and more' }],
      }),
    ).toContain('Only administrators')
    await refused('PATCH', 'admin/1', { password: 'sixteen letters and more' })
    await refused('PATCH', 'admin/1', { name: 'x' })
    await refused('DELETE', 'admin/1')
    await refused('POST', 'role', { resource: [{ name: 'mine' }] })
    await refused('PATCH', `role/${all.id}`, { description: 'x' })
    await refused('PATCH', `role/${all.id}`, {
      role_service_access_by_role_id: [{ service_id: null, component: '*', verb_mask: 31, requestor_mask: 3 }],
    })
    await refused('DELETE', `role/${less.id}`)
    await refused('DELETE', 'role?force=true')
    await refused('POST', 'app', { resource: [{ name: 'mine', role_id: all.id }] })
    await refused('PATCH', `app/${app.id}`, { role_id: all.id })
    await refused('PATCH', `app/${app.id}?regenerate=true`)
    await refused('POST', 'service', {
      resource: [{ name: 'store', type: 'sqlite', config: { database: '.gw/system.db' } }],
    })
    await refused('PATCH', 'service/2', { config: { allow_open_registration: true, open_reg_role_id: all.id } })
    await refused('PATCH', 'service/1', {
      role_service_access_by_service_id: [{ role_id: all.id, component: '*', verb_mask: 31 }],
    })
    await refused('POST', 'lookup', { resource: [{ name: 'tenant', value: '1' }] })
    await refused('PATCH', `user/${manager.id}`, { lookup_by_user_id: [{ name: 'tenant', value: '1' }] })
    await refused('PATCH', 'email_template/3', { subject: 'x' })
    await refused('POST', 'event_script', { resource: [{ name: 'x.get', type: 'nodejs', content: '' }] })
  })

  test('lets them manage users who have that role or none, and give away no other one', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const { as, all, less, app, peer, other, root, assigned } = await stage(gw)
    const status = async (method: string, path: string, body?: object) => {
      const answer = await ask(method, `system/user${path}`, body, as)
      return answer.body.error?.context?.resource?.find?.((one: { code?: number }) => one.code)?.code ?? answer.status
    }
    const person = (name: string, more: object = {}) => ({ resource: [{ name, email: `${name}@x.test`, ...more }] })
    expect(await status('POST', '', person('one'))).toBe(201)
    expect(await status('POST', '', person('two', assigned(all)))).toBe(201)
    expect(await status('POST', '', person('three', assigned(less)))).toBe(403)
    expect(await status('PATCH', `/${peer.id}`, { phone: '1' })).toBe(200)
    expect(await status('PATCH', `/${peer.id}`, assigned(less))).toBe(403)
    // Whoever could give someone else a new password could be them.
    expect(await status('PATCH', `/${other.id}`, { password: 'sixteen letters and more' })).toBe(403)
    expect(await status('PATCH', `/${other.id}`, { email: 'me@gw.test' })).toBe(403)
    expect(await status('DELETE', `/${other.id}`)).toBe(403)
    const rows = `/${other.id}?related=user_to_app_to_role_by_user_id`
    const [row] = (await ask('GET', `system/user${rows}`, undefined, root.headers)).body.user_to_app_to_role_by_user_id
    for (const change of [{ role_id: all.id }, { user_id: null }, { user_id: peer.id }])
      expect(
        await status('PATCH', `/${other.id}`, { user_to_app_to_role_by_user_id: [{ id: row.id, ...change }] }),
      ).toBe(403)
    expect(
      await status('PATCH', `/${peer.id}`, {
        user_to_app_to_role_by_user_id: [{ id: row.id, user_id: peer.id, role_id: all.id }],
      }),
    ).not.toBe(200)
    expect(
      (
        await ask(
          'PATCH',
          `system/app/${app.id}`,
          { user_to_app_to_role_by_app_id: [{ user_id: 1, role_id: all.id }] },
          as,
        )
      ).status,
    ).toBe(403)
    // The one for whom an administrator may do it.
    expect((await ask('PATCH', `system/user/${other.id}`, { phone: '1' }, root.headers)).status).toBe(200)
    expect(await status('DELETE', `/${peer.id}`)).toBe(200)
  })
})

describe('an administrator with a role', () => {
  test('has the rights of that role, and does not get rid of it', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const { root, all, app, assigned } = await stage(gw)
    const second = { name: 'Second', email: 'second@gw.test', password: 'sixteen letters and more' }
    const [{ id }] = (await ask('POST', 'system/admin', { resource: [{ ...second, ...assigned(all) }] }, root.headers))
      .body.resource
    const session = await ask('POST', 'system/admin/session', second, withKey(app.api_key))
    expect(session.body).toMatchObject({ is_sys_admin: true, is_root_admin: false, role: 'managers' })
    const as = { ...withKey(app.api_key), 'x-dreamfactory-session-token': session.body.session_token }
    expect((await ask('GET', 'system/role', undefined, as)).status).toBe(200)
    expect(
      (await ask('GET', 'system/role', undefined, { 'x-dreamfactory-session-token': session.body.session_token }))
        .status,
    ).toBe(400)
    const related = `system/admin/${id}?related=user_to_app_to_role_by_user_id`
    const [row] = (await ask('GET', related, undefined, root.headers)).body.user_to_app_to_role_by_user_id
    const letGo = { user_to_app_to_role_by_user_id: [{ id: row.id, user_id: null }] }
    expect((await ask('PATCH', `system/admin/${id}`, letGo, as)).status).toBe(403)
    expect((await ask('PATCH', 'system/admin/1', { is_active: false }, as)).status).toBe(403)
    // What would set them free is not deleted by accident, either.
    for (const path of [`system/role/${all.id}`, `system/app/${app.id}`]) {
      const answer = await ask('DELETE', path, undefined, root.headers)
      expect([path, answer.status, messageOf(answer)]).toEqual([path, 409, expect.stringContaining('second@gw.test')])
    }
    expect((await ask('DELETE', `system/admin/${id}`, undefined, root.headers)).status).toBe(200)
    expect((await ask('DELETE', `system/app/${app.id}`, undefined, root.headers)).status).toBe(200)
    expect(messageOf(await ask('DELETE', 'system/admin/1', undefined, root.headers))).toBe(
      'Cannot delete your account.',
    )
    expect((await ask('POST', 'system/admin/session', ROOT, {})).status).toBe(200)
  })
})
