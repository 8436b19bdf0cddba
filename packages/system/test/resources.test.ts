import { describe, expect, test } from 'vitest'
import { type Answer, opened, shopIn } from './opened.ts'

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

describe('the resources that are no tables', () => {
  test('describe types as forms are drawn from them', async () => {
    await using gw = await opened()
    const { ask } = gw
    const { body } = await ask('GET', 'system/service_type/pgsql')
    expect(body).toMatchObject({ name: 'pgsql', group: 'Database', singleton: false, subscription_required: null })
    const field = (name: string) => body.config_schema.find((one: { name: string }) => one.name === name)
    expect(field('host')).toMatchObject({ label: 'Host', type: 'string', required: true })
    expect(field('password')).toMatchObject({ type: 'password', default: null })
    expect(field('port')).toMatchObject({ type: 'integer', default: 5432, required: false })
    expect(field('sslmode')).toMatchObject({
      type: 'picklist',
      values: expect.arrayContaining([{ label: 'Require', name: 'require' }]),
    })
    expect(body.config_json_schema).toMatchObject({
      type: 'object',
      properties: { host: { type: 'string' }, password: { writeOnly: true } },
      required: expect.arrayContaining(['host']),
    })
    expect(names(await ask('GET', 'system/service_type?group=DATABASE')).sort()).toEqual(['mysql', 'pgsql', 'sqlite'])
    expect((await ask('GET', 'system/service_type?group=none')).body).toEqual({ resource: [] })
    expect((await ask('GET', 'system/service_type?as_list=true&group=system')).body).toEqual({ resource: ['system'] })
    expect(await ask('GET', 'system/service_type/none')).toMatchObject({
      status: 404,
      body: { error: { message: "Service type 'none' not found." } },
    })
  })

  test('list events, forget caches, keep values, and have no constants', async () => {
    await using gw = await opened()
    const { ask, folder } = gw
    await ask('POST', 'system/service', {
      resource: [{ name: 'shop', type: 'sqlite', is_active: true, config: { database: shopIn(folder) } }],
    })
    const events = (await ask('GET', 'system/event?service=shop&scriptable=true')).body
    expect(events.shop['shop._table.{table_name}']).toMatchObject({
      type: 'api',
      endpoints: expect.arrayContaining(['shop._table.{table_name}.get', 'shop._table.{table_name}.get.pre_process']),
      parameter: { table_name: ['items'] },
    })
    expect(events.shop.shop.parameter).toBeNull()
    expect((await ask('GET', 'system/event?services_only=true')).body.resource).toEqual(['system', 'user', 'shop'])
    expect((await ask('GET', 'system/event?as_list=true&service=shop')).body.resource).toContain('shop._table.get')
    expect(await ask('DELETE', 'system/cache/shop')).toEqual({ status: 200, body: { success: true } })
    expect(await ask('DELETE', 'system/cache/system')).toMatchObject({ status: 501 })
    expect(await ask('DELETE', 'system/cache/none')).toMatchObject({ status: 404 })
    expect(await ask('DELETE', 'system/cache')).toEqual({ status: 200, body: { success: true } })
    expect((await ask('GET', 'system/constant')).body).toEqual({ resource: [] })
    expect(await ask('GET', 'system/constant/x')).toMatchObject({ status: 404 })
    expect((await ask('GET', 'system/script_type')).body).toEqual({ resource: [] })

    expect(
      await ask('POST', 'system/custom', {
        resource: [
          { name: 'a', value: { b: [1] } },
          { name: 't', value: '[1]' },
        ],
      }),
    ).toEqual({ status: 201, body: { resource: [{ name: 'a' }, { name: 't' }] } })
    expect((await ask('GET', 'system/custom/a')).body).toEqual({ b: [1] })
    expect((await ask('GET', 'system/custom/t')).body).toBe('[1]')
    expect(await ask('PATCH', 'system/custom/a', { value: [2] })).toEqual({ status: 200, body: { name: 'a' } })
    expect((await ask('GET', 'system/custom')).body.resource).toMatchObject([
      { name: 'a', value: [2] },
      { name: 't', value: '[1]' },
    ])
    expect(await ask('DELETE', 'system/custom/a')).toMatchObject({ status: 200 })
    expect(await ask('GET', 'system/custom/a')).toMatchObject({ status: 404 })
  })

  test('lookups: names unique in their scope, private ones masked, and shown by their owner alone', async () => {
    await using gw = await opened()
    const { ask } = gw
    await ask('POST', 'system/lookup', {
      resource: [
        { name: 'host', value: 'a' },
        { name: 'key', value: 's', private: true },
      ],
    })
    expect((await ask('GET', 'system/lookup?fields=name,value')).body.resource).toEqual([
      { name: 'host', value: 'a' },
      { name: 'key', value: '**********' },
    ])
    expect(firstError(await ask('POST', 'system/lookup', { resource: [{ name: 'host', value: 'b' }] }))).toMatchObject({
      code: 400,
    })
    expect(await ask('PATCH', 'system/lookup/2', { name: 'host' })).toMatchObject({
      status: 400,
      body: { error: { context: { name: ['Lookup name can not be modified to one that already exists.'] } } },
    })
    expect(await ask('PATCH', 'system/lookup/2', { private: false })).toMatchObject({ status: 400 })
    expect(await ask('GET', 'system/lookup?fields=role_id')).toMatchObject({ status: 400 })
    await ask('POST', 'system/role', { resource: [{ name: 'r', lookup_by_role_id: [{ name: 'host', value: 'c' }] }] })
    expect(names(await ask('GET', 'system/lookup'))).toEqual(['host', 'key'])
    expect((await ask('GET', 'system/role/1?related=lookup_by_role_id')).body.lookup_by_role_id).toMatchObject([
      { name: 'host', value: 'c', role_id: 1 },
    ])
  })

  test('e-mail templates are there for the services that send', async () => {
    await using gw = await opened({ config: { documents: { email_template: { own: { subject: 'From the file' } } } } })
    const template = (key: string | number) => gw.governance.document!('email_template', key)
    expect(await template('User Invite Default')).toMatchObject({ id: 1, subject: expect.any(String) })
    await gw.ask('POST', 'system/email_template', {
      resource: [{ name: 'hello', to: ['a@gw.test'], defaults: { x: 1 } }],
    })
    expect(await template('hello')).toMatchObject({ id: 4, to: ['a@gw.test'], defaults: { x: 1 } })
    expect(await template(4)).toMatchObject({ name: 'hello' })
    expect(await template('own')).toMatchObject({ subject: 'From the file' })
    expect(await template('none')).toBeUndefined()
  })

  test('CORS rules hold as soon as they are written', async () => {
    await using gw = await opened()
    const preflight = () =>
      gw.gateway.fetch(
        new Request('http://gateway.test/api/v2/system/role', {
          method: 'OPTIONS',
          headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' },
        }),
      )
    expect((await preflight()).status).toBe(405)
    const rule = {
      path: 'api/v2/*',
      origin: 'https://shop.example',
      method: ['GET'],
      header: '*',
      max_age: 60,
      enabled: true,
    }
    expect(await gw.ask('POST', 'system/cors', { resource: [rule] })).toMatchObject({ status: 201 })
    const allowed = await preflight()
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example'])
    expect(
      firstError(
        await gw.ask('POST', 'system/cors', {
          resource: [{ ...rule, path: 'x', origin: '*', supports_credentials: true }],
        }),
      ),
    ).toMatchObject({ code: 400 })
    await gw.ask('PATCH', 'system/cors/1', { enabled: false })
    expect((await preflight()).status).toBe(405)
  })
})
