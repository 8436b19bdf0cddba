import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import exporting from '../src/commands/export.ts'
import importing from '../src/commands/import.ts'
import { newFolder, opened, shopIn } from './opened.ts'
import { run } from './running.ts'
import { vault } from './transfer-populated.ts'

const types = [vault]
const format = 'dreamfactory.config/v1'

const imported = async (folder: string, document: object, ...args: readonly string[]) => {
  writeFileSync(join(folder, 'given.json'), JSON.stringify(document))
  return run(importing, folder, ['given.json', ...args], {}, {}, types)
}
const inFolder = async (work: (folder: string) => Promise<void>) => {
  const folder = newFolder()
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('gw import', () => {
  test('names all variables that are missing at once, and stores nothing', () =>
    inFolder(async (folder) => {
      const config = { password: '${env:GW_T_NOT_THERE}', nested: { token: '${env:GW_T_NEITHER}' } }
      const result = await imported(folder, {
        format,
        roles: [{ name: 'reader' }],
        services: [{ name: 'safe', type: 'vault', config }],
      })
      expect(result.code).toBe(1)
      expect(result.told).toContain('GW_T_NOT_THERE')
      expect(result.told).toContain('GW_T_NEITHER')
      expect((await run(exporting, folder, [])).told).not.toContain('reader')
    }))

  test('stores all of a document or nothing, and says what is wrong with each record', () =>
    inFolder(async (folder) => {
      const roles = [{ name: 'reader', service_access: [{ service: 'nowhere', verb_mask: 1 }] }, { name: 'writer' }]
      const users = [{ email: 'no address', name: 'x' }]
      const result = await imported(folder, { format, roles, users })
      expect(result).toMatchObject({ code: 1, told: expect.stringContaining("There is no service 'nowhere'.") })
      expect(result.told).toContain('The email must be a valid address.')
      expect((await run(exporting, folder, [])).told).not.toContain('writer')
    }))

  test('leaves out what is not valid where it is told to, and switches off what would allow more without it', () =>
    inFolder(async (folder) => {
      const all = { service: null, component: '*', verb_mask: 31 }
      const denied = { service: 'nowhere', component: '*', verb_mask: 0 }
      const document = {
        format,
        roles: [
          { name: 'cut', is_active: true, service_access: [all, denied] },
          { name: 'whole', is_active: true, service_access: [all] },
        ],
        apps: [{ name: 'lost', role: 'nobody' }],
        admins: [{ email: 'boss@gw.test', name: 'Boss', roles: [{ app: 'lost', role: 'whole' }] }],
      }
      const result = await imported(folder, document, '--continue')
      expect(result.code, result.told).toBe(0)
      expect(result.told).toContain("There is no role 'nobody'.")
      const kept = JSON.parse((await run(exporting, folder, [])).told.split('\nTo read')[0]!)
      expect(kept.roles).toMatchObject([
        { name: 'cut', is_active: false },
        { name: 'whole', is_active: true },
      ])
      expect(kept.apps).toEqual([])
      // Without the role that restricts them, they would be allowed everything.
      expect(kept.admins).toMatchObject([{ email: 'boss@gw.test', is_active: false }])
    }))

  test('says what it would do in a dry run, and does not do it', () =>
    inFolder(async (folder) => {
      const result = await imported(folder, { format, roles: [{ name: 'reader' }] }, '--dry-run')
      expect(result).toMatchObject({ code: 0, told: expect.stringMatching(/roles +1[\s\S]*nothing is stored/) })
      expect((await run(exporting, folder, [])).told).not.toContain('reader')
    }))

  test('keeps what is there unless it is told to overwrite it; then rows that are not in the document go', () =>
    inFolder(async (folder) => {
      const role = (component: string) => ({
        format,
        roles: [{ name: 'reader', is_active: true, service_access: [{ service: null, component, verb_mask: 1 }] }],
      })
      await imported(folder, role('a/*'))
      expect((await imported(folder, role('b/*'), '--json')).told).toContain(
        '"skipped": {\n    "services": [],\n    "roles": [\n      "reader"',
      )
      expect((await run(exporting, folder, [])).told).toContain('a/*')
      await imported(folder, role('b/*'), '--overwrite')
      const { told } = await run(exporting, folder, [])
      expect(told).toContain('b/*')
      expect(told).not.toContain('a/*')
    }))

  test('stores a service whose connector is missing, with nothing of it readable, and gives it back when there is one', () =>
    inFolder(async (folder) => {
      const service = { name: 'safe', type: 'vault', is_active: true, config: { host: 'far', password: 'canary-9' } }
      writeFileSync(join(folder, 'given.json'), JSON.stringify({ format, services: [service], roles: [{ name: 'r' }] }))
      const result = await run(importing, folder, ['given.json'])
      expect(result).toMatchObject({ code: 0, told: expect.stringContaining("No connector for the type 'vault'") })
      const before = (await run(exporting, folder, [])).told
      expect(before).not.toMatch(/canary-9|"far"/)
      expect(before).toContain('${env:GW_SAFE_HOST}')
      await using gateway = await opened({ folder, types, keep: true })
      const [found] = (await gateway.ask('GET', `system/service?filter=name='safe'`)).body.resource
      expect(found.config).toMatchObject({ password: '**********' })
      expect((await gateway.ask('GET', 'safe')).status).not.toBe(503)
    }))

  test('refuses what is no configuration', () =>
    inFolder(async (folder) => {
      expect(await imported(folder, { format: 'other/v1' })).toMatchObject({
        code: 1,
        told: expect.stringContaining('format'),
      })
      expect(await imported(folder, { format, roles: 'all' })).toMatchObject({
        code: 1,
        told: expect.stringContaining('roles'),
      })
      writeFileSync(join(folder, 'given.yaml'), 'a: [')
      expect(await run(importing, folder, ['given.yaml'])).toMatchObject({
        code: 1,
        told: expect.stringContaining('YAML'),
      })
      expect(await run(importing, folder, ['missing.json'])).toMatchObject({
        code: 1,
        told: expect.stringContaining('no such file'),
      })
    }))
})

describe('POST system/config_package', () => {
  test('reads nothing of the environment: secrets stay what they are, and other references are refused', async () => {
    process.env.GW_T_STOLEN = 'stolen-from-the-environment'
    try {
      await using gateway = await opened({ types })
      const post = (config: object, more: object = {}) =>
        gateway.ask('POST', 'system/config_package?overwrite=true', {
          manifest: { services: [{ name: 'safe', type: 'vault', is_active: true, config, ...more }] },
        })
      const refused = await post({ host: '${env:GW_T_STOLEN}', password: 'x' })
      expect(refused).toMatchObject({ status: 400, body: { error: { context: { success: false } } } })
      expect(JSON.stringify(refused.body)).toContain('config.host')
      const made = await post({ host: 'far', password: '${env:GW_T_STOLEN}' })
      expect(made.body).toMatchObject({
        success: true,
        created: { services: ['safe'] },
        notes: [{ name: 'safe', message: expect.stringContaining('inactive') }],
      })
      const id = (await gateway.ask('GET', `system/service?filter=name='safe'`)).body.resource[0].id
      await gateway.ask('PATCH', `system/service/${id}`, { is_active: true, config: { password: 'mine' } })
      expect((await post({ host: 'near', password: '${env:GW_T_STOLEN}' })).body.updated.services).toEqual(['safe'])
      const [definition] = (await gateway.governance.services()).filter(({ name }) => name === 'safe')
      expect(await gateway.governance.resolveSecrets(definition!.config, definition!)).toEqual({
        host: 'near',
        password: 'mine',
      })
    } finally {
      delete process.env.GW_T_STOLEN
    }
  })

  test('is in force when it is answered', async () => {
    await using gateway = await opened({ types })
    const service = { name: 'shop', type: 'sqlite', is_active: true, config: { database: shopIn(gateway.folder) } }
    const access = [{ service: 'shop', component: '_table/*', verb_mask: 1, requestor_mask: 1 }]
    const answer = await gateway.ask('POST', 'system/config_package', {
      services: [service],
      roles: [{ name: 'reader', is_active: true, service_access: access }],
      apps: [{ name: 'web', is_active: true, role: 'reader', api_key: 'a1'.repeat(32) }],
    })
    expect(answer.body).toMatchObject({
      success: true,
      created: { services: ['shop'], roles: ['reader'], apps: ['web'] },
    })
    const asked = await gateway.ask('GET', 'shop/_table/items', undefined, {
      'x-dreamfactory-api-key': 'a1'.repeat(32),
    })
    expect(asked.body.resource).toHaveLength(2)
  })

  test('leads to records by their names in the settings of services that come before these', async () => {
    await using gateway = await opened()
    const config = {
      discovery_document: 'http://127.0.0.1:9/',
      client_id: 'gw',
      client_secret: 'canary-10',
      redirect_url: 'http://127.0.0.1:9/back',
      default_role: 'member',
      app_role_map: [{ app: 'web', role: 'member' }],
    }
    const answer = await gateway.ask('POST', 'system/config_package', {
      services: [{ name: 'login', type: 'oidc', is_active: true, config }],
      roles: [{ name: 'other' }, { name: 'member' }],
      apps: [{ name: 'web' }],
    })
    expect(answer.body).toMatchObject({ success: true, notes: [] })
    const [service] = (await gateway.ask('GET', `system/service?filter=name='login'`)).body.resource
    expect(service).toMatchObject({
      is_active: true,
      config: { default_role: 2, app_role_map: [{ app_id: 1, role_id: 2 }], client_secret: '**********' },
    })
    const { body } = await gateway.ask('GET', 'system/config_package')
    const told = body.services.find(({ name }: any) => name === 'login')
    expect(told.config).toEqual({ ...config, client_secret: '${env:GW_LOGIN_CLIENT_SECRET}' })
  })

  test('takes no API key from the network that is shorter than new ones', async () => {
    await using gateway = await opened()
    const given = (key: string) =>
      gateway.ask('POST', 'system/config_package?overwrite=true', { apps: [{ name: 'web', api_key: key }] })
    expect((await given('short')).body.created.apps).toEqual(['web'])
    expect((await gateway.ask('GET', 'system/app?fields=api_key')).body.resource[0].api_key).toMatch(/^[0-9a-f]{64}$/)
    expect((await given('shorter')).status).toBe(400)
  })

  test('takes no hash of a password from the network', async () => {
    await using gateway = await opened()
    const hash = `$2y$10$${'a'.repeat(53)}`
    const answer = await gateway.ask('POST', 'system/config_package', {
      users: [{ email: 'ann@gw.test', name: 'Ann', password_hash: hash }],
    })
    expect(answer.body.notes).toMatchObject([{ name: 'ann@gw.test', message: expect.stringContaining('gw import') }])
  })
})
