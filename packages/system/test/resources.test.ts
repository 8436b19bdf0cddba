import { describe, expect, test } from 'vitest'
import { type Answer, AS_ADMIN, opened } from './opened.ts'

const names = ({ body }: Answer) => body.resource.map(({ name }: { name: string }) => name)
const firstError = ({ body }: Answer) => body.error.context.resource[0]

describe('what holds for every collection', () => {
  test('is that of the wire contract: statuses, texts, guarded keys, unknown relations', async () => {
    await using gw = await opened()
    const { ask } = gw
    expect(
      await ask('POST', 'system/role', { resource: [{ id: 77, name: 'one', unknown: 1, created_by_id: 5 }] }),
    ).toEqual({ status: 201, body: { resource: [{ id: 1 }] } })
    expect((await ask('GET', 'system/role/1')).body).toMatchObject({
      name: 'one',
      is_active: false,
      created_by_id: 1,
      description: null,
    })
    expect(await ask('POST', 'system/role/5', { name: 'x' })).toMatchObject({
      status: 400,
      body: { error: { message: 'Create record by identifier not currently supported.' } },
    })
    expect(await ask('GET', 'system/role/9')).toMatchObject({
      status: 404,
      body: { error: { message: "Record with identifier '9' not found." } },
    })
    expect(await ask('GET', 'system/role?ids=1,9')).toMatchObject({
      status: 400,
      body: { error: { code: 1000, message: 'Batch Error: Not all requested records could be retrieved.' } },
    })
    expect(await ask('GET', 'system/role?related=nothing_by_id')).toMatchObject({
      status: 400,
      body: { error: { message: 'Unknown relationship: nothing_by_id' } },
    })
    expect(await ask('GET', 'system/role?related=user_by_created_by_id')).toMatchObject({ status: 400 })
    expect(await ask('PUT', 'system/role/1', { description: 'd' })).toEqual({ status: 200, body: { id: 1 } })
    expect((await ask('GET', 'system/role/1?fields=name,description')).body).toEqual({ name: 'one', description: 'd' })
    const invalid = await ask('POST', 'system/role', { resource: [{ name: '' }] })
    expect(invalid).toMatchObject({ status: 400, body: { error: { code: 1000 } } })
    expect(firstError(invalid)).toEqual({
      code: 400,
      context: { name: ['The name is required.'] },
      message: expect.stringMatching(/^Invalid data supplied\./),
      status_code: 400,
    })
    const rolled = await ask('POST', 'system/role?rollback=true', { resource: [{ name: 'two' }, { name: 'one' }] })
    expect(rolled.body.error.message).toContain('All changes rolled back.')
    expect(names(await ask('GET', 'system/role'))).toEqual(['one'])
    expect(await ask('DELETE', 'system/role')).toMatchObject({
      status: 400,
      body: { error: { message: 'No filter or records given for delete request.' } },
    })
    expect((await ask('GET', 'system/role?count_only=true')).body).toBe(1)
    expect((await ask('GET', 'system/role?as_list=true')).body).toEqual({ resource: [1] })
  })

  test('Pages are of the records by their key, and filters may name who asks', async () => {
    await using gw = await opened()
    const { ask } = gw
    const made = ['c', 'b', 'a'].map((name) => ({ name }))
    await ask('POST', 'system/role', { resource: made })
    expect(names(await ask('GET', 'system/role?fields=name'))).toEqual(['c', 'b', 'a'])
    expect(names(await ask('GET', 'system/role?fields=name&limit=1&offset=1'))).toEqual(['b'])
    expect(names(await ask('GET', 'system/role?fields=name&order=name'))).toEqual(['a', 'b', 'c'])
    expect((await ask('GET', 'system/role?group=is_active&fields=is_active,COUNT(*)')).body.resource).toEqual([
      { is_active: false, COUNT_ALL: 3 },
    ])
    expect((await ask('GET', 'system/admin?filter=id=:user_id&fields=email')).body.resource).toEqual([
      { email: 'root@gw.test' },
    ])
    const tunnelled = { ...AS_ADMIN, 'x-http-method': 'GET' }
    const filter = { filter: '(created_by_id=:user_id) and (name=:name)', params: { ':name': 'b' } }
    expect(names(await ask('POST', 'system/role', filter, tunnelled))).toEqual(['b'])
  })

  test('A role that is given to a user in an app takes the place of the one before, and only one can be given at once', async () => {
    await using gw = await opened()
    const { ask } = gw
    await ask('POST', 'system/role', { resource: [{ name: 'one' }, { name: 'two' }] })
    await ask('POST', 'system/app', { resource: [{ name: 'web' }] })
    const given = (...roles: number[]) => ({
      user_to_app_to_role_by_user_id: roles.map((role_id) => ({ app_id: 1, role_id })),
    })
    const user = { name: 'Ann', email: 'ann@gw.test' }
    const twice = await ask('POST', 'system/user', { resource: [{ ...user, ...given(1, 2) }] })
    expect(firstError(twice)).toMatchObject({
      code: 400,
      context: { app_id: [expect.stringContaining('Multiple user-to-app-to-role assignment')] },
    })
    expect((await ask('GET', 'system/user?count_only=true')).body).toBe(0)
    const [{ id }] = (await ask('POST', 'system/user', { resource: [{ ...user, ...given(1) }] })).body.resource
    const roles = async () =>
      (
        await ask('GET', `system/user/${id}?related=user_to_app_to_role_by_user_id`)
      ).body.user_to_app_to_role_by_user_id.map(({ role_id }: { role_id: number }) => role_id)
    expect(await roles()).toEqual([1])
    expect((await ask('PATCH', `system/user/${id}`, given(2))).status).toBe(200)
    expect(await roles()).toEqual([2])
  })

  test('Records say who made them and when, by whatever way they come', async () => {
    await using gw = await opened()
    const { ask } = gw
    const brought = { format: 'dreamfactory.config/v1', roles: [{ name: 'brought', is_active: true }] }
    expect((await ask('POST', 'system/config_package', brought)).status).toBe(200)
    const [role] = (await ask('GET', 'system/role')).body.resource
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    expect(role).toMatchObject({
      created_by_id: 1,
      created_date: time,
      last_modified_by_id: 1,
      last_modified_date: time,
    })
  })

  test('Lists of names tell what a caller may do with each, and of service types what is asked for', async () => {
    await using gw = await opened()
    const { ask } = gw
    const admin = (await ask('GET', 'system?include_access=true')).body.resource.find(
      ({ name }: { name: string }) => name === 'admin',
    )
    expect(admin).toEqual({ name: 'admin', access: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] })
    expect((await ask('GET', 'system')).body.resource).toContainEqual({ name: 'admin' })
    const types = (await ask('GET', 'system/service_type?fields=name,group&group=system')).body.resource
    expect(types).toEqual([{ name: 'system', group: 'System' }])
    expect((await ask('GET', 'system/service_type?group=system')).body.resource[0]).toHaveProperty('config_schema')
    expect((await ask('GET', 'api_docs?as_list=true')).body).toEqual({ resource: ['system', 'user'] })
    expect((await ask('GET', 'api_docs?as_access_list=true')).body.resource).toContain('user/*')
  })

  test('nested records: a child without a key is made, with one changed, with its reference null deleted, others stay', async () => {
    await using gw = await opened()
    const { ask } = gw
    const row = { service_id: 1, component: 'role', verb_mask: 1, requestor_mask: 1 }
    await ask('POST', 'system/role', {
      resource: [{ name: 'r', role_service_access_by_role_id: [row, { ...row, component: 'app' }] }],
    })
    const access = async () =>
      (await ask('GET', 'system/role/1?related=role_service_access_by_role_id')).body.role_service_access_by_role_id
    const [first, second] = await access()
    await ask('PATCH', 'system/role/1', {
      role_service_access_by_role_id: [
        { id: first.id, role_id: null },
        { ...row, component: 'lookup' },
        { id: second.id, verb_mask: 3 },
      ],
    })
    expect((await access()).map(({ component, verb_mask }: any) => [component, verb_mask])).toEqual([
      ['app', 3],
      ['lookup', 1],
    ])
    const refused = await ask('PATCH', 'system/role/1', {
      role_service_access_by_role_id: [{ ...row, filters: [{ name: 'x', operator: 'maybe' }] }],
    })
    expect(refused.status).toBe(400)
    expect(await ask('PATCH', 'system/role/1', { app_by_role_id: [{ name: 'smuggled' }] })).toMatchObject({
      status: 403,
    })
  })
})

describe('a row of access', () => {
  test('that its service lets go of is gone, and not one for all services', async () => {
    await using gw = await opened()
    const { ask } = gw
    const row = { service_id: 1, component: '*', verb_mask: 31, requestor_mask: 1 }
    await ask('POST', 'system/role', { resource: [{ name: 'r', role_service_access_by_role_id: [row] }] })
    const [{ id }] = (await ask('GET', 'system/role/1?related=role_service_access_by_role_id')).body
      .role_service_access_by_role_id
    const let_go = await ask('PATCH', 'system/service/1', {
      role_service_access_by_service_id: [{ id, service_id: null }],
    })
    expect(let_go.status).toBe(200)
    expect(
      (await ask('GET', 'system/role/1?related=role_service_access_by_role_id')).body.role_service_access_by_role_id,
    ).toEqual([])
  })
})

describe('access to the system API', () => {
  const config = {
    roles: {
      roles: {
        access: [
          { service: 'system', component: 'role/*', verbs: 31 },
          { service: 'system', component: '', verbs: 1 },
        ],
      },
      none: { access: [] },
    },
    apps: {
      roles: { apiKey: 'roles-key-that-is-long-enough', role: 'roles' },
      none: { apiKey: 'none-key-that-is-long-enough', role: 'none' },
    },
  }
  const by = (name: string) => ({ 'x-dreamfactory-api-key': `${name}-key-that-is-long-enough` })

  test('is by resource, and a relation needs the right to where it leads', async () => {
    await using gw = await opened({ config })
    const { ask } = gw
    await ask('POST', 'system/role', { resource: [{ name: 'r' }] })
    expect(names(await ask('GET', 'system/role', undefined, by('roles')))).toEqual(['r'])
    expect(await ask('GET', 'system/app', undefined, by('roles'))).toMatchObject({ status: 401 })
    expect(
      await ask('GET', 'system/role?related=role_service_access_by_role_id', undefined, by('roles')),
    ).toMatchObject({ status: 200 })
    expect(await ask('GET', 'system/role?related=app_by_role_id', undefined, by('roles'))).toMatchObject({
      status: 401,
    })
    const filtered = await ask('GET', "system/role?filter=app_by_role_id.name = 'x'", undefined, by('roles'))
    expect(filtered).toMatchObject({ status: 400, body: { error: {} } })
    expect(
      await ask('PATCH', 'system/role/1', { lookup_by_role_id: [{ name: 'a', value: 'b' }] }, by('roles')),
    ).toMatchObject({ status: 401 })
    expect(names(await ask('GET', 'system', undefined, by('roles')))).toEqual(['role'])
    expect(names(await ask('GET', 'system'))).toContain('service_type')
  })

  test('only the environment is open to everyone, and tells the little that they need', async () => {
    await using gw = await opened({ config })
    const { ask } = gw
    const open = await ask('GET', 'system/environment', undefined, {})
    expect(open).toMatchObject({
      status: 200,
      body: { authentication: { admin: { path: 'system/admin/session', verb: 'POST' } }, apps: [] },
    })
    expect(Object.keys(open.body).sort()).toEqual(['apps', 'authentication', 'setup'])
    expect((await ask('GET', 'system/environment')).body).toMatchObject({
      platform: { version: expect.any(String) },
      server: {},
    })
    for (const path of ['system', 'system/role', 'system/constant', 'system/service_type'])
      expect((await ask('GET', path, undefined, {})).status, path).toBe(400)
    expect((await ask('GET', 'system/role', undefined, by('none'))).status).toBe(401)
  })
})
