import { describe, expect, test } from 'vitest'
import { type Answer, opened, shopIn } from './opened.ts'

const names = ({ body }: Answer) => body.resource.map(({ name }: { name: string }) => name)
const firstError = ({ body }: Answer) => body.error.context.resource[0]

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

  test('keep the addresses of templates as a list, as a text with commas, or as one address', async () => {
    await using gw = await opened()
    const { ask } = gw
    const made = { name: 't', to: 'a@gw.test', cc: 'b@gw.test, c@gw.test', bcc: ['d@gw.test'], attachment: null }
    const created = await ask('POST', 'system/email_template?fields=*', { resource: [made] })
    const kept = { ...made, cc: ['b@gw.test', 'c@gw.test'] }
    expect(created).toMatchObject({ status: 201, body: { resource: [kept] } })
    const path = `system/email_template/${created.body.resource[0].id}`
    expect((await ask('PATCH', path, { to: 'e@gw.test,f@gw.test', bcc: '' })).status).toBe(200)
    expect((await ask('GET', path)).body).toMatchObject({ ...kept, to: ['e@gw.test', 'f@gw.test'], bcc: null })
  })

  test('list, for settings that name records, those that the caller may read', async () => {
    await using gw = await opened()
    const { ask } = gw
    await ask('POST', 'system/role', {
      resource: [
        {
          name: 'forms',
          is_active: true,
          role_service_access_by_role_id: [
            { service_id: 1, component: 'service_type/*', verb_mask: 1, requestor_mask: 1 },
            { service_id: 1, component: 'email_template/*', verb_mask: 1, requestor_mask: 1 },
          ],
        },
      ],
    })
    const [{ api_key }] = (
      await ask('POST', 'system/app?fields=*', { resource: [{ name: 'web', is_active: true, role_id: 1 }] })
    ).body.resource
    const mail = { name: 'mail', type: 'smtp_email', config: { host: 'mail.test', from_email: 'a@gw.test' } }
    await ask('POST', 'system/service', { resource: [mail] })
    const settings = async (headers?: Record<string, string>) => {
      const { body } = await ask('GET', 'system/service_type/user', undefined, headers)
      return (name: string) => body.config_schema.find((one: { name: string }) => one.name === name)
    }
    const own = await settings()
    const none = { label: 'None', name: null }
    expect(own('open_reg_role_id')).toMatchObject({ type: 'picklist', values: [none, { label: 'forms', name: 1 }] })
    expect(own('app_role_map').items).toMatchObject([
      { name: 'app_id', values: [none, { label: 'web', name: 1 }] },
      { name: 'role_id', values: [none, { label: 'forms', name: 1 }] },
    ])
    expect(own('invite_email_service_id').values).toEqual([none, { label: 'mail', name: expect.any(Number) }])
    expect(own('invite_email_template_id').values).toHaveLength(4)
    const restricted = await settings({ 'x-dreamfactory-api-key': api_key })
    expect(restricted('open_reg_role_id')).toMatchObject({ type: 'integer' })
    expect(restricted('invite_email_service_id')).not.toHaveProperty('values')
    expect(restricted('invite_email_template_id').values).toHaveLength(4)
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
