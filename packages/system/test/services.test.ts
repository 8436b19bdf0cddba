import { describe, expect, test } from 'vitest'
import { type Answer, opened, shopIn } from './opened.ts'

const names = ({ body }: Answer) => body.resource.map(({ name }: { name: string }) => name)
const firstError = ({ body }: Answer) => body.error.context.resource[0]

describe('services', () => {
  test('that are down do not keep their record from being made, and say why they do not serve', async () => {
    await using gw = await opened()
    const { ask, folder } = gw
    const made = await ask('POST', 'system/service', {
      resource: [{ name: 'gone', type: 'sqlite', is_active: true, config: { database: `${folder}/none.db` } }],
    })
    expect(made.status).toBe(201)
    expect(await ask('GET', 'gone/_table')).toMatchObject({ status: 503 })
    const database = shopIn(folder)
    await ask('PATCH', `system/service/${made.body.resource[0].id}`, { config: { database } })
    expect(await ask('GET', 'gone/_table')).toMatchObject({ status: 200 })
  })

  test('are checked before they are kept', async () => {
    await using gw = await opened()
    const { ask } = gw
    const create = async (record: object) => firstError(await ask('POST', 'system/service', { resource: [record] }))
    expect(await create({ name: 'a b', type: 'sqlite' })).toMatchObject({
      context: { name: ['Service name should only contain letters, numbers, underscores and dashes.'] },
    })
    expect(await create({ type: 'sqlite' })).toMatchObject({ context: { name: ['The name is required.'] } })
    expect(await create({ name: 'x', type: 'nothing' })).toMatchObject({
      code: 400,
      context: { type: [expect.stringContaining('nothing')] },
    })
    expect(await create({ name: 'x', type: 'sqlite', is_active: true, config: {} })).toMatchObject({
      code: 400,
      context: { config: [expect.stringContaining('database')] },
    })
    expect(await create({ name: 'x', type: 'system' })).toMatchObject({
      code: 400,
      context: { type: [expect.stringContaining('only one')] },
    })
    expect(await create({ name: 'SYSTEM', type: 'sqlite' })).toMatchObject({
      code: 400,
      context: { name: ['The name is taken.'] },
    })
    expect(await ask('DELETE', 'system/service/1')).toMatchObject({ status: 403 })
    expect(names(await ask('GET', 'system/service'))).toEqual(['system', 'user', 'api_docs'])
  })

  test('of gw.config have rows that roles can name and nobody can change', async () => {
    await using gw = await opened({
      config: { services: { Files: { type: 'sqlite', config: { database: ':memory:' } } } },
    })
    const { ask } = gw
    const [row] = (await ask('GET', "system/service?filter=name = 'files'")).body.resource
    expect(row).toMatchObject({ name: 'files', type: 'sqlite', is_active: true, deletable: false, mutable: false })
    expect(await ask('PATCH', `system/service/${row.id}`, { is_active: false })).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining('gw.config') } },
    })
    expect(await ask('DELETE', `system/service/${row.id}`)).toMatchObject({ status: 403 })
    expect((await ask('GET', '')).body.services).toContainEqual(expect.objectContaining({ id: row.id, name: 'files' }))
  })

  test('take what hangs on them along when they are deleted', async () => {
    await using gw = await opened()
    const { ask, folder } = gw
    const config = { database: shopIn(folder) }
    const [{ id }] = (
      await ask('POST', 'system/service', { resource: [{ name: 'shop', type: 'sqlite', is_active: true, config }] })
    ).body.resource
    await ask('PUT', 'shop/_schema/items', { label: 'Things' })
    await ask('POST', 'system/app', { resource: [{ name: 'web', type: 1, storage_service_id: id }] })
    await ask('DELETE', `system/service/${id}`)
    expect((await ask('GET', 'system/app')).body.resource[0].storage_service_id).toBeNull()
    await ask('POST', 'system/service', { resource: [{ name: 'shop', type: 'sqlite', is_active: true, config }] })
    expect((await ask('GET', 'shop/_schema/items')).body.label).not.toBe('Things')
  })
})
