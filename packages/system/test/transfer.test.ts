import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import exporting from '../src/commands/export.ts'
import importing from '../src/commands/import.ts'
import { AS_ADMIN, newFolder, type Opened, opened } from './opened.ts'
import { run } from './running.ts'
import { STORES } from './stores.ts'
import { populate, SECRETS, variables, vault } from './transfer-populated.ts'

const types = [vault]

const environment = (folder: string, values: Readonly<Record<string, string>>) =>
  writeFileSync(
    join(folder, '.env'),
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  )
/** Variables are read once by a process, and stay: what another test needs missing is missing here. */
const forget = (values: Readonly<Record<string, string>>) => {
  for (const name of Object.keys(values)) delete process.env[name]
}
const without = (document: any, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)))
const all = (fates: Readonly<Record<string, readonly string[]>>) => Object.values(fates).flat()
const exported = async ({ ask }: Opened) => (await ask('GET', 'system/config_package')).body
const entries = async ({ ask }: Opened) => (await ask('GET', 'system/audit?count_only=true')).body

describe.each(STORES)('a configuration in $label', ({ missing, create }) => {
  test.skipIf(missing)('changes nothing where it came from, and makes the same elsewhere', async () => {
    const [first, second] = [await create(), await create()]
    const [folder, other] = [newFolder(), newFolder()]
    let values: Readonly<Record<string, string>> = {}
    try {
      await using from = await opened({ folder, config: { system: first.system }, types, keep: true })
      values = variables({ web: await populate(from) })
      const document = await exported(from)
      expect(document).toMatchObject({ format: 'dreamfactory.config/v1', references: Object.keys(values).sort() })
      const before = await entries(from)
      const again = await from.ask('POST', 'system/config_package?overwrite=true', document)
      expect(again.body).toMatchObject({ success: true, errors: [], notes: [] })
      expect([all(again.body.created), all(again.body.updated)]).toEqual([[], []])

      writeFileSync(join(folder, 'all.json'), JSON.stringify(document))
      environment(folder, values)
      const command = await run(
        importing,
        folder,
        ['all.json', '--overwrite', '--json'],
        {},
        { system: first.system },
        types,
      )
      expect(command.code, command.told).toBe(0)
      const told = JSON.parse(command.told)
      expect([all(told.created), all(told.updated), told.errors, told.notes]).toEqual([[], [], [], []])
      expect(await entries(from)).toEqual(before)

      writeFileSync(join(other, 'all.json'), JSON.stringify(document))
      environment(other, values)
      const made = await run(importing, other, ['all.json', '--overwrite'], {}, { system: second.system }, types)
      expect(made.code, made.told).toBe(0)
      await using to = await opened({ folder: other, config: { system: second.system }, types, keep: true })
      expect(without(await exported(to), 'exported_at')).toEqual(without(document, 'exported_at'))
      // The secrets came along: the app's key opens what it opened, and the service runs.
      const asked = await to.ask('GET', 'safe', undefined, { 'x-dreamfactory-api-key': values.GW_APP_WEB_API_KEY! })
      expect(asked.status).not.toBe(401)
      expect((await to.ask('GET', `system/audit?filter=via='gw import'&count_only=true`)).body).toBeGreaterThan(10)
    } finally {
      forget(values)
      await first.drop()
      await second.drop()
      for (const one of [folder, other]) rmSync(one, { recursive: true, force: true })
    }
  })
})

/** The key of an app whose role may do everything, and which is no administrator. */
const keyToEverything = async ({ ask }: Opened): Promise<string> => {
  const role = await ask('POST', 'system/role?related=role_service_access_by_role_id', {
    resource: [
      {
        name: 'everything',
        is_active: true,
        role_service_access_by_role_id: [{ service_id: null, component: '*', verb_mask: 31, requestor_mask: 1 }],
      },
    ],
  })
  const app = await ask('POST', 'system/app?fields=*', {
    resource: [{ name: 'some', is_active: true, role_id: role.body.resource[0].id }],
  })
  return app.body.resource[0].api_key
}

describe('an exported configuration', () => {
  test('holds no secret of any kind, by the API and by the command', async () => {
    await using gateway = await opened({ types })
    const key = await populate(gateway)
    const document = await exported(gateway)
    const { folder } = gateway
    const args = [['all.json'], ['all.yaml', '--with-passwords'], ['--format', 'yaml']]
    const told = []
    for (const one of args) told.push((await run(exporting, folder, one, {}, {}, types)).told)
    const files = ['all.json', 'all.yaml'].map((name) => readFileSync(join(folder, name), 'utf8'))
    const texts = [JSON.stringify(document), ...told, ...files]
    for (const secret of [...Object.values(SECRETS).map(String), key])
      for (const text of texts) expect(text.includes(secret), secret).toBe(false)
    expect(texts.some((text) => text.includes('gw1.'))).toBe(false)
    expect(files[0]).not.toContain('$argon2id$')
    expect(files[1]).toContain('$argon2id$')
    expect(told[0]).toContain('GW_SAFE_PASSWORD')
    expect(statSync(join(folder, 'all.yaml')).mode & 0o777).toBe(0o600)
    expect(without(JSON.parse(files[0]!), 'exported_at')).toEqual(without(document, 'exported_at'))
    expect(parse(files[1]!).services).toEqual(document.services)
  })

  test('says everything by names', async () => {
    await using gateway = await opened({ types })
    await populate(gateway)
    const document = await exported(gateway)
    expect(document.services.find(({ name }: any) => name === 'safe')).toMatchObject({
      config: {
        host: 'db.internal $${env:HOME}',
        password: '${env:GW_SAFE_PASSWORD}',
        headers: [{ name: 'Authorization', value: '${env:GW_SAFE_HEADERS_AUTHORIZATION_VALUE}' }],
      },
      doc: { content: '{"openapi":"3.0.0"}' },
    })
    expect(document.services.find(({ name }: any) => name === 'system').config).toEqual({ default_app: 'web' })
    expect(document.roles[0].service_access.map(({ service }: any) => service)).toEqual(['safe', 'safe', null])
    expect(document.users[0]).toMatchObject({ default_app: 'web', roles: [{ app: 'web', role: 'reader' }] })
    expect(document.limits[0]).toMatchObject({ service: 'safe', role: null })
    expect(JSON.stringify(document)).not.toMatch(/"\w*_?id":/)
  })

  test('is for administrators alone', async () => {
    await using gateway = await opened({ types })
    const key = await keyToEverything(gateway)
    const headers = { 'x-dreamfactory-api-key': key }
    expect((await gateway.ask('GET', 'system/role', undefined, headers)).status).toBe(200)
    expect((await gateway.ask('GET', 'system/config_package', undefined, headers)).status).toBe(403)
    expect((await gateway.ask('POST', 'system/config_package', { roles: [] }, headers)).status).toBe(403)
  })
})

/** As files come and go: without a word of JSON. */
const file = async ({ gateway }: Opened, path: string, body?: string | FormData) => {
  const method = body === undefined ? 'GET' : 'POST'
  const init = { method, headers: AS_ADMIN, ...(body !== undefined && { body }) }
  const answer = await gateway.fetch(new Request(`http://gateway.test/api/v2/${path}`, init))
  return { text: await answer.text(), name: answer.headers.get('content-disposition') }
}

describe('a package', () => {
  test('holds the records that were chosen, without secrets, and names what they need', async () => {
    await using gateway = await opened({ types })
    const key = await populate(gateway)
    const { body, status } = await gateway.ask('GET', 'system/package?roles=READER&apps=*&lookups=hidden')
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(
      ['apps', 'exported_at', 'format', 'lookups', 'references', 'requires', 'roles'].sort(),
    )
    expect(body.roles.map(({ name }: any) => name)).toEqual(['reader'])
    expect(body.apps.map(({ name }: any) => name)).toContain('web')
    expect(body.lookups).toEqual([expect.objectContaining({ name: 'hidden', value: '${env:GW_LOOKUP_HIDDEN}' })])
    expect(body.requires).toEqual({ services: ['safe'] })
    expect(body.references).not.toContain('GW_SAFE_PASSWORD')
    const yaml = await file(gateway, 'system/package?services=safe&users=ann@gw.test&format=yaml')
    expect(yaml.name).toBe('attachment; filename="package.yaml"')
    expect(parse(yaml.text)).toMatchObject({ services: [{ name: 'safe' }], users: [{ email: 'ann@gw.test' }] })
    for (const secret of [...Object.values(SECRETS).map(String), key])
      for (const text of [JSON.stringify(body), yaml.text]) expect(text.includes(secret), secret).toBe(false)
    const command = await run(
      exporting,
      gateway.folder,
      ['--only', 'roles=reader', '--only', 'apps', '--only', 'lookups=hidden'],
      {},
      {},
      types,
    )
    expect(command.told).toContain('"requires"')
    expect((await run(exporting, gateway.folder, ['--only', 'rolls'], {}, {}, types)).code).toBe(1)
    const whole = (await gateway.ask('GET', 'system/package')).body
    expect(without(whole, 'exported_at')).toEqual(without(await exported(gateway), 'exported_at'))
  })

  test('says which of the records that were chosen are not there', async () => {
    await using gateway = await opened({ types })
    const { status, body } = await gateway.ask('GET', 'system/package?roles=nobody&services=safe,shop')
    expect([status, body.error.message]).toEqual([
      400,
      "There is no 'safe' in services, no 'shop' in services, no 'nobody' in roles.",
    ])
  })

  test('is read in as a document, as a text and as a file, whole or not at all', async () => {
    await using from = await opened({ types })
    await populate(from)
    const path = 'system/package?services=safe&roles=reader'
    const document = (await from.ask('GET', path)).body
    const yaml = (await file(from, `system/package?roles=reader&format=yaml`)).text
    await using to = await opened({ types })
    const alone = await to.ask('POST', 'system/package', { ...document, services: [] })
    expect([alone.status, alone.body.error.context.errors[0].message]).toEqual([
      400,
      expect.stringContaining("There is no service 'safe'."),
    ])
    expect((await to.ask('GET', 'system/role?as_list=true')).body.resource).toEqual([])
    const dry = await to.ask('POST', 'system/package?dry_run=true', document)
    expect([dry.status, dry.body.log.created.roles]).toEqual([201, ['reader']])
    const made = await to.ask('POST', 'system/package', document)
    expect(made.body).toMatchObject({ success: true, log: { created: { services: ['safe'], roles: ['reader'] } } })
    const [safe] = (await to.ask('GET', `system/service?filter=name='safe'`)).body.resource
    expect(safe.is_active, 'without its secrets it does not run').toBe(false)
    const again = await file(to, 'system/package?overwrite=true', yaml)
    expect(JSON.parse(again.text)).toMatchObject({
      success: true,
      log: { updated: { roles: [] }, skipped: { roles: ['reader'] } },
    })
    const form = new FormData()
    form.append('files', new File([yaml.replace('Reads.', 'Reads more.')], 'package.yaml'))
    const changed = await file(to, 'system/package?overwrite=true', form)
    expect(JSON.parse(changed.text).log.updated.roles).toEqual(['reader'])
    expect((await to.ask('POST', 'system/package', { import_url: 'http://127.0.0.1/x' })).status).toBe(501)
    expect((await to.ask('POST', 'system/package', { version: '1', service: {} })).status).toBe(400)
  })

  test('is for administrators alone', async () => {
    await using gateway = await opened({ types })
    const key = await keyToEverything(gateway)
    const headers = { 'x-dreamfactory-api-key': key, 'x-dreamfactory-session-token': '' }
    expect((await gateway.ask('GET', 'system/role', undefined, headers)).status).toBe(200)
    expect((await gateway.ask('GET', 'system/package?roles=*', undefined, headers)).status).toBe(403)
    expect((await gateway.ask('POST', 'system/package', { roles: [] }, headers)).status).toBe(403)
  })
})
