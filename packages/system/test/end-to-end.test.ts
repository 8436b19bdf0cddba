import { describe, expect, test } from 'vitest'
import { opened, shopIn } from './opened.ts'

describe('the system API', () => {
  test('a service, a role and an app that are made over HTTP serve data at once', async () => {
    await using gw = await opened()
    const { ask, folder } = gw
    const database = shopIn(folder)
    const service = await ask('POST', 'system/service?fields=*', {
      resource: [{ name: 'Shop', type: 'sqlite', is_active: true, config: { database } }],
    })
    expect(service).toMatchObject({
      status: 201,
      body: { resource: [{ name: 'shop', label: 'shop', type: 'sqlite', mutable: true }] },
    })
    const [{ id: serviceId }] = service.body.resource
    expect(await ask('GET', 'shop/_table/items/1')).toEqual({ status: 200, body: { id: 1, name: 'lamp', owner: 1 } })

    const role = await ask('POST', 'system/role?related=role_service_access_by_role_id', {
      resource: [
        {
          name: 'reader',
          is_active: true,
          role_service_access_by_role_id: [
            { service_id: serviceId, component: '_table/items/*', verb_mask: 1, requestor_mask: 3 },
          ],
        },
      ],
    })
    expect(role).toMatchObject({
      status: 201,
      body: {
        resource: [
          { id: 1, role_service_access_by_role_id: [{ component: '_table/items/*', verb_mask: 1, filters: [] }] },
        ],
      },
    })
    const app = await ask('POST', 'system/app?fields=*', {
      resource: [{ name: 'web', is_active: true, role_id: role.body.resource[0].id }],
    })
    expect(app.body.resource[0].api_key).toMatch(/^[0-9a-f]{64}$/)
    const key = { 'x-dreamfactory-api-key': app.body.resource[0].api_key }
    expect(await ask('GET', 'shop/_table/items', undefined, key)).toMatchObject({
      status: 200,
      body: { resource: [{ id: 1 }, { id: 2 }] },
    })
    expect(await ask('POST', 'shop/_table/items', { name: 'x' }, key)).toMatchObject({ status: 401 })

    expect(await ask('PATCH', `system/service/${serviceId}`, { is_active: false })).toEqual({
      status: 200,
      body: { id: serviceId },
    })
    expect(await ask('GET', 'shop/_table/items', undefined, key)).toMatchObject({
      status: 403,
      body: { error: { message: 'Service shop is deactivated.' } },
    })
    expect(await ask('DELETE', `system/service/${serviceId}`)).toEqual({ status: 200, body: { id: serviceId } })
    expect(await ask('GET', 'shop/_table/items')).toMatchObject({ status: 404 })
    expect(
      (await ask('GET', 'system/role/1?related=role_service_access_by_role_id')).body.role_service_access_by_role_id,
    ).toEqual([])
  })
})
