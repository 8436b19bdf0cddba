import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import nodejs from '@gw/script-node'
import { describe, expect, test } from 'vitest'
import { type Opened, opened, shopIn } from './opened.ts'

/** A gateway with the service `shop`, and a way to hang scripts on its events. */
const withShop = async () => {
  const gw = await opened({ types: [nodejs] })
  const { ask, folder } = gw
  const config = { database: shopIn(folder) }
  const [{ id }] = (
    await ask('POST', 'system/service', { resource: [{ name: 'shop', type: 'sqlite', is_active: true, config }] })
  ).body.resource
  const script = async (name: string, content: string, more: object = {}) => {
    const record = { type: 'nodejs', content, is_active: true, allow_event_modification: true, ...more }
    const { status, body } = await ask('POST', `system/event_script/${name}`, {
      config: { sandbox: 'preferred' },
      ...record,
    })
    expect(status, JSON.stringify(body)).toBeLessThan(300)
  }
  return { gw, ask, script, id }
}

const names = (answer: Awaited<ReturnType<Opened['ask']>>): string[] =>
  answer.body.resource.map(({ name }: { name: string }) => name)

const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let times = 0; times < 100; times++) {
    if (await holds()) return
    await sleep(50)
  }
  throw new Error('it has not come')
}

describe('scripts on events', () => {
  test('before a call change its parameters and its body, by the templated name and by the concrete one', async () => {
    const { gw, ask, script } = await withShop()
    await using _ = gw
    await script('shop._table.{table_name}.get.pre_process', "event.request.parameters.filter = 'id = 2'")
    expect(names(await ask('GET', 'shop/_table/items'))).toEqual(['chair'])
    await script(
      'shop._table.items.post.pre_process',
      'for (const record of event.request.payload.resource) record.name = record.name.toUpperCase()',
    )
    const made = await ask('POST', 'shop/_table/items?fields=*', { resource: [{ name: 'desk', owner: 1 }] })
    expect(made.status, JSON.stringify(made.body)).toBe(200)
    expect(names(made)).toEqual(['DESK'])
  })

  test('are in a language that there is, and are read anew when they are told to', async () => {
    const { gw, ask, script } = await withShop()
    await using _ = gw
    const name = 'shop._table.items.get.pre_process'
    const refused = await ask('POST', `system/event_script/${name}`, { type: 'perl', content: '' })
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 400, context: { type: [expect.stringContaining("no language 'perl'")] } } },
    })
    expect((await ask('GET', `system/event_script/${name}`)).status).toBe(404)
    await script(name, "event.request.parameters.filter = 'id = 2'")
    expect(names(await ask('GET', 'shop/_table/items'))).toEqual(['chair'])
    expect(await ask('DELETE', `system/cache/_event/${name}`)).toEqual({ status: 200, body: { success: true } })
    expect(names(await ask('GET', 'shop/_table/items'))).toEqual(['chair'])
    expect(await ask('DELETE', 'system/cache/_event/shop')).toEqual({ status: 200, body: { success: true } })
    expect((await ask('DELETE', 'system/cache/_event/nothing')).status).toBe(404)
  })

  test('before a call answer in its place, or refuse it', async () => {
    const { gw, ask, script } = await withShop()
    await using _ = gw
    await script(
      'shop._table.items.get.pre_process',
      'event.response = { status_code: 203, content: { from: "script" } }',
    )
    expect(await ask('GET', 'shop/_table/items')).toEqual({ status: 203, body: { from: 'script' } })
    await script(
      'shop._table.items.delete.pre_process',
      "throw Object.assign(new Error('Nothing is deleted here.'), { status: 403 })",
      { allow_event_modification: false },
    )
    const refused = await ask('DELETE', 'shop/_table/items?ids=1')
    expect(refused).toMatchObject({ status: 403, body: { error: { message: 'Nothing is deleted here.' } } })
    await ask('DELETE', 'system/event_script/shop._table.items.get.pre_process')
    expect(names(await ask('GET', 'shop/_table/items'))).toEqual(['lamp', 'chair'])
  })

  test('after a call change its answer, also a failure’s', async () => {
    const { gw, ask, script } = await withShop()
    await using _ = gw
    const name = 'shop._table.{table_name}.get.post_process'
    await script(name, 'if (event.response.status_code === 200) event.response.content.resource.reverse()')
    expect(names(await ask('GET', 'shop/_table/items'))).toEqual(['chair', 'lamp'])
    expect(await ask('GET', 'shop/_table/items?filter=nothing%20=%201')).toMatchObject({ status: 400 })
    await script(name, "event.response.status_code = 418\nevent.response.content = { was: 'changed' }")
    expect(await ask('GET', 'shop/_table/items?filter=nothing%20=%201')).toEqual({
      status: 418,
      body: { was: 'changed' },
    })
  })

  test('change nothing where they may not, and do not run where they are switched off', async () => {
    const { gw, ask, script } = await withShop()
    await using _ = gw
    const before = 'shop._table.items.get.pre_process'
    const after = 'shop._table.items.get.post_process'
    await script(before, "event.request.parameters.limit = '1'\nevent.response.content = 1", {
      allow_event_modification: false,
    })
    await script(after, 'event.response.content = {}\nreturn { other: 1 }', { allow_event_modification: false })
    expect(names(await ask('GET', 'shop/_table/items'))).toEqual(['lamp', 'chair'])
    await script(after, "throw new Error('never')", { is_active: false })
    expect((await ask('GET', 'shop/_table/items')).status).toBe(200)
  })

  test('run after the answer, and call as the caller, under the rules for scripts', async () => {
    const { gw, ask, script } = await withShop()
    await using _ = gw
    const note =
      "await platform.api.post('shop/_table/items', { resource: [{ name: event.request.method, owner: 9 }] })"
    await script('shop._table.items.get.queued', note)
    await script('shop._table.items.get', note)
    expect(names(await ask('GET', 'shop/_table/items'))).toEqual(['lamp', 'chair'])
    const noted = async () => names(await ask('GET', 'shop/_table/items?filter=owner%20=%209')).length >= 2
    await eventually(noted)
  })

  test('that their caller may not follow are refused what the role refuses to scripts', async () => {
    const { gw, ask, script, id } = await withShop()
    await using _ = gw
    const access = (component: string, requestor_mask: number) => ({
      service_id: id,
      component,
      verb_mask: 1,
      requestor_mask,
    })
    const role = await ask('POST', 'system/role', {
      resource: [
        {
          name: 'reader',
          is_active: true,
          role_service_access_by_role_id: [access('_table/items', 1), access('_schema/*', 2)],
        },
      ],
    })
    expect(role.status, JSON.stringify(role.body)).toBe(201)
    const app = await ask('POST', 'system/app?fields=*', {
      resource: [{ name: 'site', is_active: true, type: 0, role_id: role.body.resource[0].id }],
    })
    const as = { 'x-dreamfactory-api-key': app.body.resource[0].api_key }
    await script(
      'shop._table.items.get.post_process',
      `const own = await platform.api.get('shop/_table/items?limit=1')
       const schema = await platform.api.get('shop/_schema/items')
       event.response.content = { own: own.status_code, schema: schema.status_code }`,
    )
    expect(await ask('GET', 'shop/_schema/items', undefined, as)).toMatchObject({ status: 401 })
    expect(await ask('GET', 'shop/_table/items', undefined, as)).toEqual({
      status: 200,
      body: { own: 401, schema: 200 },
    })
  })

  test('whose language is not there keep calls from being made', async () => {
    const { gw, ask } = await withShop()
    await using _ = gw
    // As it comes from a gateway where the language is installed.
    const name = 'shop._table.items.delete.pre_process'
    const brought = {
      format: 'dreamfactory.config/v1',
      event_scripts: [{ name, type: 'cobol', content: '', is_active: true }],
    }
    expect(await ask('POST', 'system/config_package', brought)).toMatchObject({ status: 200, body: { success: true } })
    const refused = await ask('DELETE', 'shop/_table/items?ids=1')
    expect(refused).toMatchObject({ status: 503 })
    expect(refused.body.error.message).toContain('shop._table.items.delete.pre_process')
    expect(names(await ask('GET', 'shop/_table/items'))).toEqual(['lamp', 'chair'])
  })

  test('that fail name their own line, and end with the gateway', async () => {
    const { gw, ask, script } = await withShop()
    await using _ = gw
    await script('shop._table.items.get.pre_process', '\n\nnull.x')
    const failed = await ask('GET', 'shop/_table/items')
    expect(failed.status).toBe(500)
    expect(failed.body.error.message).toMatch(/^The script failed at line 3\. TypeError/)
  })

  test('are in the languages that really run here, with what keeps them apart', async () => {
    const { gw, ask } = await withShop()
    await using _ = gw
    const { body } = await ask('GET', 'system/script_type')
    const { sandboxed, isolation } = await nodejs.engine!.inspect()
    expect(body.resource).toEqual([
      {
        name: 'nodejs',
        label: 'Node.js',
        description: expect.any(String),
        sandboxed,
        supports_inline_execution: true,
        isolation,
      },
    ])
  })

  test('and scripts of services keep their braces, whatever lookups there are', async () => {
    const { gw, ask } = await withShop()
    await using _ = gw
    await ask('POST', 'system/lookup', { resource: [{ name: 'region', value: 'broken by a lookup' }] })
    const content = "const {region} = { region: 'north' }\nreturn { region, told: platform.config.text }"
    const config = { content, sandbox: 'preferred', config: { text: 'in {region}' } }
    const made = await ask('POST', 'system/service', {
      resource: [{ name: 'stock', type: 'nodejs', is_active: true, config }],
    })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    expect((await ask('GET', 'stock')).body).toEqual({ region: 'north', told: 'in broken by a lookup' })
  })
})

describe('whoever called before, and has something done later', () => {
  test('is who they are now, and nobody once the app or the user is gone or switched off', async () => {
    const roles = { file: { access: [] } }
    const apps = { ours: { apiKey: 'a-key-that-is-long-enough', role: 'file' } }
    await using gw = await opened({ config: { roles, apps } })
    const { ask, governance } = gw
    const role = await ask('POST', 'system/role', { resource: [{ name: 'reader', is_active: true }] })
    const app = await ask('POST', 'system/app', {
      resource: [{ name: 'site', is_active: true, type: 0, role_id: role.body.resource[0].id }],
    })
    const { id } = app.body.resource[0]
    const who = async (standing: object) => {
      const found = await governance.identify!(standing)
      return found && [found.app?.name, found.role?.name, found.caller.user?.id, found.admin, found.error]
    }
    expect(await who({ app: id })).toEqual(['site', 'reader', undefined, false, undefined])
    expect(await who({ user: 1 })).toEqual([undefined, undefined, 1, true, undefined])
    expect(await who({ app: id, user: 1 })).toEqual(['site', 'reader', 1, true, undefined])
    expect(await who({ app: 'ours' })).toEqual(['ours', 'file', undefined, false, undefined])
    for (const nobody of [
      {},
      { app: 99 },
      { app: String(id) },
      { user: 99 },
      { app: id, user: 99 },
      { app: 99, user: 1 },
    ])
      expect(await who(nobody), JSON.stringify(nobody)).toBeUndefined()
    await ask('PATCH', `system/app/${id}`, { is_active: false })
    expect(await who({ app: id })).toBeUndefined()
    expect(await who({ app: id, user: 1 })).toBeUndefined()
  })
})

describe('scripts of gw.config', () => {
  test('hang on calls beside those of the store, and go before them', async () => {
    const config = { sandbox: 'preferred' }
    const name = 'shop._table.items.get.post_process'
    const connectors = ['sqlite', 'script-node'].map((one) => resolve(import.meta.dirname, '../../connectors', one))
    const content = "event.response.content.meta = { by: ['file'] }"
    await using gw = await opened({
      config: {
        connectors,
        eventScripts: { [name]: { type: 'nodejs', content, config, allow_event_modification: true } },
      },
    })
    const { ask, folder } = gw
    await ask('POST', 'system/service', {
      resource: [{ name: 'shop', type: 'sqlite', is_active: true, config: { database: shopIn(folder) } }],
    })
    expect((await ask('GET', 'shop/_table/items')).body.meta?.by).toEqual(['file'])
    await ask('POST', `system/event_script/${name}`, {
      type: 'nodejs',
      content: "event.response.content.meta.by.push('store')",
      config,
      is_active: true,
      allow_event_modification: true,
    })
    expect((await ask('GET', 'shop/_table/items')).body.meta?.by).toEqual(['file', 'store'])
  })
})
