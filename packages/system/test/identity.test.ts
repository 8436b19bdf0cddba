import { describe, expect, test } from 'vitest'
import { type Opened, opened } from './opened.ts'

/** Roles that may read one resource each, two apps, and users with and without roles of their own. */
const stage = async ({ ask }: Opened) => {
  const create = async (resource: string, record: object) =>
    (await ask('POST', `system/${resource}?fields=*`, { resource: [record] })).body.resource[0]
  const role = (name: string, component: string, active = true) =>
    create('role', {
      name,
      is_active: active,
      role_service_access_by_role_id: [{ service_id: 1, component, verb_mask: 1, requestor_mask: 1 }],
    })
  const [roles, lookups, off] = [await role('a', 'role'), await role('b', 'lookup'), await role('off', 'role', false)]
  const app = (name: string, more: object) => create('app', { name, is_active: true, ...more })
  const [withRole, without] = [await app('with', { role_id: roles.id }), await app('without', {})]
  const user = (name: string, assigned: object[]) =>
    create('user', { name, email: `${name}@gw.test`, user_to_app_to_role_by_user_id: assigned })
  return {
    roles,
    lookups,
    off,
    withRole,
    without,
    plain: await user('plain', []),
    mapped: await user('mapped', [{ app_id: withRole.id, role_id: lookups.id }]),
    create,
  }
}

const key = ({ api_key }: { api_key: string }) => ({ 'x-dreamfactory-api-key': api_key })
const token = ({ id }: { id: number }) => ({ 'x-dreamfactory-session-token': String(id) })

describe('the role of a call', () => {
  test('is that of the user in the app, else the first of the user, else that of the app, else none', async () => {
    await using gw = await opened()
    const { withRole, without, plain, mapped } = await stage(gw)
    const status = async (path: string, headers: Record<string, string>) =>
      (await gw.ask('GET', `system/${path}`, undefined, headers)).status
    const of = async (headers: Record<string, string>) => [
      await status('role', headers),
      await status('lookup', headers),
    ]
    expect(await of(key(withRole))).toEqual([200, 401])
    expect(await of({ ...key(withRole), ...token(plain) })).toEqual([200, 403])
    expect(await of({ ...key(withRole), ...token(mapped) })).toEqual([403, 200])
    expect(await of({ ...key(without), ...token(mapped) })).toEqual([403, 200])
    expect(await of({ ...key(without), ...token(plain) })).toEqual([403, 403])
    expect(await of(key(without))).toEqual([400, 400])
    expect(await of(token(mapped))).toEqual([400, 400])
    expect(await of({ 'x-dreamfactory-api-key': 'f'.repeat(64) })).toEqual([400, 400])
    expect(await of({})).toEqual([400, 400])
  })

  test('is nothing while it, or the app, is switched off', async () => {
    await using gw = await opened()
    const { ask } = gw
    const { withRole, roles } = await stage(gw)
    const told = async () => (await ask('GET', 'system/role', undefined, key(withRole))).body.error?.message
    expect(await told()).toBeUndefined()
    await ask('PATCH', `system/role/${roles.id}`, { is_active: false })
    expect(await told()).toContain('is not active')
    await ask('PATCH', `system/role/${roles.id}`, { is_active: true })
    await ask('PATCH', `system/app/${withRole.id}`, { is_active: false })
    expect(await told()).toBe('App is not active.')
    await ask('PATCH', `system/app/${withRole.id}`, { is_active: true })
    await ask('DELETE', `system/role/${roles.id}`)
    expect((await ask('GET', `system/app/${withRole.id}`)).body.role_id).toBeNull()
    expect(await told()).toContain('No session token')
  })

  test('of an administrator is everything, until they have a role of their own', async () => {
    await using gw = await opened()
    const { ask } = gw
    const { withRole, lookups } = await stage(gw)
    expect((await ask('GET', 'system/app')).status).toBe(200)
    await ask('PATCH', 'system/admin/1', {
      user_to_app_to_role_by_user_id: [{ app_id: withRole.id, role_id: lookups.id }],
    })
    expect((await ask('GET', 'system/app')).status).toBe(400)
    expect((await ask('GET', 'system/lookup', undefined, { ...token({ id: 1 }), ...key(withRole) })).status).toBe(200)
  })

  test('is the same object until it changes, so that plans that were made for it stay', async () => {
    await using gw = await opened()
    const { withRole, lookups, roles } = await stage(gw)
    const roleNow = async () => (await gw.governance.authenticate({ apiKey: withRole.api_key })).role
    const before = await roleNow()
    await gw.ask('PATCH', `system/role/${lookups.id}`, { description: 'another one' })
    await gw.ask('POST', 'system/lookup', { resource: [{ name: 'x', value: 'y' }] })
    expect(await roleNow()).toBe(before)
    await gw.ask('PATCH', `system/role/${roles.id}`, { name: 'renamed' })
    expect(await roleNow()).not.toBe(before)
  })

  test('has the lookups of its scopes: those of the user go before those of role, app and everyone', async () => {
    await using gw = await opened()
    const { ask } = gw
    const { withRole, roles, plain } = await stage(gw)
    const lookup = (value: string) => [
      { name: 'where', value },
      { name: value, value, private: true },
    ]
    const caller = async (sessionToken?: string) =>
      (await gw.governance.authenticate({ apiKey: withRole.api_key, sessionToken })).caller
    await ask('POST', 'system/lookup', { resource: lookup('global') })
    expect((await caller()).lookup('where')).toBe('global')
    await ask('PATCH', `system/app/${withRole.id}`, { lookup_by_app_id: lookup('app') })
    expect((await caller()).lookup('where')).toBe('app')
    await ask('PATCH', `system/role/${roles.id}`, { lookup_by_role_id: lookup('role') })
    expect((await caller()).lookup('where')).toBe('role')
    await ask('PATCH', `system/user/${plain.id}`, { lookup_by_user_id: lookup('user') })
    const user = await caller(String(plain.id))
    expect(user.lookup('where')).toBe('user')
    expect([user.lookup('app'), user.lookup('app', 'private')]).toEqual([undefined, 'app'])
    expect(user.lookup('user.id')).toBe(plain.id)
    expect([user.lookup('app.api_key'), user.lookup('app.api_key', 'private')]).toEqual([undefined, withRole.api_key])
  })
})
