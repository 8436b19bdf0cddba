/** Services of the store whose connectors run in processes of their own, and those that are quarantined. */
import { AsyncResource } from 'node:async_hooks'
import { defineServiceType } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { opened, shopIn } from './opened.ts'

describe('a service of the store', () => {
  test('runs in a process of its own where its record says so, under the roles of the store', async () => {
    await using gw = await opened({ config: { server: { startTimeout: 100_000 } } })
    const { ask, folder } = gw
    const made = await ask('POST', 'system/service?fields=*', {
      resource: [
        {
          name: 'shop',
          type: 'sqlite',
          is_active: true,
          isolation: { process: { memory: '300mb' } },
          config: { database: shopIn(folder) },
        },
      ],
    })
    expect(made.body.resource[0]).toMatchObject({ isolation: { process: { memory: '300mb' } } })
    const { id } = made.body.resource[0]
    expect(await ask('GET', 'shop/_table/items?fields=name')).toMatchObject({
      status: 200,
      body: { resource: [{ name: 'lamp' }, { name: 'chair' }] },
    })
    const role = await ask('POST', 'system/role?fields=*', {
      resource: [
        {
          name: 'own',
          is_active: true,
          role_service_access_by_role_id: [
            {
              service_id: id,
              component: '_table/items',
              verb_mask: 1,
              requestor_mask: 1,
              filters: [{ name: 'owner', operator: '=', value: 2 }],
            },
          ],
        },
      ],
    })
    const app = await ask('POST', 'system/app?fields=*', {
      resource: [{ name: 'own', is_active: true, role_id: role.body.resource[0].id }],
    })
    const key = { 'x-dreamfactory-api-key': app.body.resource[0].api_key }
    expect(await ask('GET', 'shop/_table/items?fields=name', undefined, key)).toMatchObject({
      status: 200,
      body: { resource: [{ name: 'chair' }] },
    })
    expect((await ask('POST', 'shop/_table/items', { resource: [{ name: 'x' }] }, key)).status).toBe(401)
    expect(await ask('PATCH', `system/service/${id}?fields=*`, { isolation: null })).toMatchObject({
      body: { isolation: null },
    })
    expect((await ask('GET', 'shop/_table/items')).status).toBe(200)
  }, 240_000)

  test('has an isolation that there is, or none', async () => {
    await using gw = await opened()
    for (const isolation of ['thread', { process: { memory: 'much' } }, { process: { memory: '1mb' } }, 5])
      expect(
        await gw.ask('POST', 'system/service', { resource: [{ name: 'x', type: 'sqlite', isolation }] }),
        JSON.stringify(isolation),
      ).toMatchObject({ status: 400 })
  })

  test('that is quarantined is down, with the reason, for whoever looks after it', async () => {
    let fail = () => {}
    const wild = defineServiceType({
      contract: 1,
      name: 'wild',
      label: 'Wild',
      description: 'Fails when it is told to.',
      group: 'Test',
      config: z.strictObject({}),
      create: () => ({
        endpoints: [],
        async start() {
          fail = AsyncResource.bind(
            () => void gateway.contain('threw an error outside of any call', new Error('secret')),
          )
        },
      }),
    })
    await using gw = await opened({ types: [wild] })
    const { ask, gateway } = gw
    await ask('POST', 'system/service', { resource: [{ name: 'wild', type: 'wild', is_active: true, config: {} }] })
    fail()
    const health = await ask('GET', 'system/service/_health')
    const one = health.body.resource.find(({ name }: { name: string }) => name === 'wild')
    expect(one).toMatchObject({ state: 'down', reason: expect.stringMatching(/quarantined.*outside of any call/) })
    expect(JSON.stringify(health.body)).not.toContain('secret')
    expect((await ask('GET', 'system/service')).status).toBe(200)
  })
})
