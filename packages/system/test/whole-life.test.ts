import { expect, test } from 'vitest'
import { shopIn } from './opened.ts'
import { gwStart, setupCodeOf } from './process.ts'

const PASSWORD = 'one password for everyone'

test('A gateway is set up, used and changed over HTTP alone, from its first administrator to the end of a user', async () => {
  await using gw = await gwStart()
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${gw.url}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as any }
  }
  const root = { email: 'root@gw.test', name: 'Root', password: PASSWORD }
  expect(await call('POST', '/setup', { ...root, code: setupCodeOf(gw) })).toEqual({
    status: 201,
    body: { success: true },
  })

  const api = (method: string, path: string, body?: object, headers?: Record<string, string>) =>
    call(method, `/api/v2/${path}`, body, headers)
  const session = await api('POST', 'system/admin/session', root)
  expect(session.status).toBe(200)
  const admin = { 'x-dreamfactory-session-token': session.body.session_token }
  const create = async (resource: string, record: object) => {
    const { status, body } = await api('POST', `system/${resource}?fields=*`, { resource: [record] }, admin)
    expect([resource, status]).toEqual([resource, 201])
    return body.resource[0]
  }

  const config = { database: shopIn(gw.folder) }
  const shop = await create('service', { name: 'shop', type: 'sqlite', is_active: true, config })
  const filters = [{ name: 'owner', operator: '=', value: '{user.id}' }]
  const role = await create('role', {
    name: 'customers',
    is_active: true,
    role_service_access_by_role_id: [
      { service_id: shop.id, component: '_table/items/*', verb_mask: 1, requestor_mask: 1, filters },
    ],
  })
  const app = await create('app', { name: 'web', is_active: true, role_id: role.id })
  const assigned = { user_to_app_to_role_by_user_id: [{ app_id: app.id, role_id: role.id }] }
  const ann = await create('user', { name: 'Ann', email: 'ann@gw.test', password: PASSWORD, ...assigned })
  expect(ann.id).toBe(2)

  const key = { 'x-dreamfactory-api-key': app.api_key }
  const signedIn = await api('POST', 'user/session', { email: 'ann@gw.test', password: PASSWORD }, key)
  expect(signedIn.body).toMatchObject({ id: ann.id, role: 'customers', role_id: role.id })
  const own = { ...key, 'x-dreamfactory-session-token': signedIn.body.session_token }
  expect(await api('GET', 'shop/_table/items', undefined, own)).toEqual({
    status: 200,
    body: { resource: [{ id: 2, name: 'chair', owner: 2 }] },
  })
  expect((await api('GET', 'shop/_table/items/1', undefined, own)).status).toBe(404)
  for (const [method, path] of [
    ['POST', 'shop/_table/items'],
    ['DELETE', 'shop/_table/items/2'],
    ['GET', 'shop/_table/others'],
    ['GET', 'system/user'],
    ['GET', 'system/admin'],
  ] as const)
    expect([path, (await api(method, path, method === 'POST' ? { name: 'x' } : undefined, own)).status]).toEqual([
      path,
      403,
    ])
  const { client } = (await api('GET', 'system/environment', undefined, own)).body
  expect(client.ip_address).toBe('127.0.0.1')
  // The administrator sees all of it.
  expect((await api('GET', 'shop/_table/items', undefined, admin)).body.resource).toHaveLength(2)

  expect((await api('PATCH', `system/user/${ann.id}`, { name: 'Anna' }, admin)).status).toBe(200)
  expect((await api('GET', 'user/session', undefined, own)).body.name).toBe('Anna')
  expect((await api('PATCH', `system/user/${ann.id}`, { is_active: false }, admin)).status).toBe(200)
  const off = await api('GET', 'shop/_table/items', undefined, own)
  expect([off.status, off.body.error.message]).toEqual([403, 'User is not active.'])
  expect((await api('DELETE', `system/user/${ann.id}`, undefined, admin)).status).toBe(200)
  const gone = await api('GET', 'shop/_table/items', undefined, own)
  expect([gone.status, gone.body.error.message]).toEqual([404, 'User not found.'])
  expect((await api('GET', `system/user/${ann.id}`, undefined, admin)).status).toBe(404)
  const rows = `system/role/${role.id}?related=user_to_app_to_role_by_role_id`
  expect((await api('GET', rows, undefined, admin)).body.user_to_app_to_role_by_role_id).toEqual([])

  // Nothing that opens doors is in the log.
  const log = gw.log.join('\n')
  for (const secret of [PASSWORD, app.api_key, session.body.session_token, signedIn.body.session_token])
    expect(log.includes(secret)).toBe(false)
})
