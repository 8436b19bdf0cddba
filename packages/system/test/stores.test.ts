import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { systemConfig } from '../src/config.ts'
import { migrate } from '../src/store/migrate.ts'
import { MIGRATIONS } from '../src/store/migrations/index.ts'
import { openStore } from '../src/store/open.ts'
import { rowsOf } from '../src/store/rows.ts'
import { contextIn, newFolder, opened, shopIn } from './opened.ts'
import { STORES } from './stores.ts'

const signal = new AbortController().signal

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`a store on ${kind.label}`, () => {
    test('is migrated once, however many nodes start at the same time', async () => {
      const { system, drop } = await kind.create()
      const { context } = await contextIn(newFolder(), { system })
      const settings = systemConfig(context.config)
      const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(settings, context)))
      try {
        const done = await Promise.all(stores.map((store) => migrate(store, context.log, signal)))
        expect(done.flat()).toEqual(MIGRATIONS.map(({ name }) => name))
        expect((await rowsOf(stores[1]!, 'service', signal)).map(({ name }) => name)).toEqual([
          'system',
          'user',
          'api_docs',
        ])
        expect(await rowsOf(stores[2]!, 'email_template', signal)).toHaveLength(3)
        expect(await migrate(stores[3]!, context.log, signal)).toEqual([])
        const older = MIGRATIONS.slice(0, -1)
        await expect(migrate(stores[0]!, context.log, signal, older)).rejects.toThrow('newer version')
      } finally {
        await Promise.all(stores.map((store) => store.close()))
        await drop()
      }
    })

    test('serves the whole of what a role, an app and a service are made of', async () => {
      const { system, drop } = await kind.create()
      {
        await using gw = await opened({ config: { system } })
        const { ask, folder } = gw
        const made = await ask('POST', 'system/service?fields=*&related=service_doc_by_service_id', {
          resource: [
            {
              name: 'shop',
              label: '<b>The</b> shop',
              type: 'sqlite',
              is_active: true,
              config: { database: shopIn(folder) },
              service_doc_by_service_id: { format: 0, content: '{"paths":{}}' },
            },
          ],
        })
        expect(made).toMatchObject({
          status: 201,
          body: {
            resource: [
              {
                label: 'The shop',
                created_by_id: 1,
                created_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
                config: { max_records: 1000 },
                service_doc_by_service_id: { format: 0, content: '{"paths":{}}' },
              },
            ],
          },
        })
        const [{ id }] = made.body.resource
        const role = await ask('POST', 'system/role?related=*', {
          resource: [
            {
              name: 'own items',
              is_active: true,
              role_service_access_by_role_id: [
                {
                  service_id: id,
                  component: '_table/items/*',
                  verb_mask: 1,
                  requestor_mask: 1,
                  filters: [{ name: 'owner', operator: '=', value: '{whose}' }],
                  filter_op: 'AND',
                },
              ],
              lookup_by_role_id: [{ name: 'whose', value: '2', private: true }],
            },
          ],
        })
        expect(role).toMatchObject({
          status: 201,
          body: { resource: [{ lookup_by_role_id: [{ name: 'whose', value: '**********' }] }] },
        })
        const app = await ask('POST', 'system/app?fields=api_key', {
          resource: [{ name: 'web', is_active: true, role_id: role.body.resource[0].id }],
        })
        const key = { 'x-dreamfactory-api-key': app.body.resource[0].api_key }
        expect((await ask('GET', 'shop/_table/items', undefined, key)).body).toEqual({
          resource: [{ id: 2, name: 'chair', owner: 2 }],
        })
        const taken = await ask('POST', 'system/role', { resource: [{ name: 'own items' }] })
        expect(taken.body.error.context.resource[0]).toMatchObject({
          code: 400,
          context: { name: ['The name is taken.'] },
        })
        // What a service keeps is kept in the store, too.
        await ask('PUT', 'shop/_schema/items', { label: 'Things' })
        expect((await ask('GET', 'shop/_schema/items')).body.label).toBe('Things')
      }
      await drop()
    })

    test('shows one node what another one has changed', async () => {
      const { system, drop } = await kind.create()
      const folder = newFolder()
      const config = { system: { ...system, refresh: 100 } }
      {
        await using first = await opened({ config, folder })
        await using second = await opened({ config, folder })
        const role = await first.ask('POST', 'system/role', { resource: [{ name: 'all', is_active: true }] })
        const [{ id }] = role.body.resource
        const app = await first.ask('POST', 'system/app?fields=*', {
          resource: [{ name: 'web', is_active: true, role_id: id }],
        })
        const key = { 'x-dreamfactory-api-key': app.body.resource[0].api_key }
        const until = async (status: number) => {
          for (let attempt = 0; attempt < 2_000; attempt++) {
            if ((await second.ask('GET', 'system/role', undefined, key)).status === status) return
            await pause(50)
          }
          throw new Error(`The other node never answered ${status}.`)
        }
        await until(401)
        await first.ask('PATCH', `system/role/${id}`, {
          role_service_access_by_role_id: [{ service_id: 1, component: 'role', verb_mask: 1, requestor_mask: 1 }],
        })
        await until(200)
        await first.ask('PATCH', `system/app/${app.body.resource[0].id}`, { is_active: false })
        await until(403)
      }
      await drop()
    })
  })
}
