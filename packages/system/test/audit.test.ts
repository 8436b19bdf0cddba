import { describe, expect, test } from 'vitest'
import { forgetOldEntries } from '../src/audit/retention.ts'
import auditCommand from '../src/commands/audit.ts'
import { systemConfig } from '../src/config.ts'
import { openStore } from '../src/store/open.ts'
import { contextIn, opened, PASSWORD, shopIn } from './opened.ts'
import { STORES } from './stores.ts'

const ADMIN = { user_id: 1, user_name: 'administrator@gw.test', app_name: null, via: null }

describe.each(STORES)('the audit trail on $label', (kind) => {
  test.skipIf(kind.missing)('has who changed what, before and after, and no secret', async () => {
    const { system, drop } = await kind.create()
    const gw = await opened({ config: { system } })
    const { ask } = gw
    try {
      const about = async (resource: string) =>
        (await ask('GET', `system/audit?filter=resource='${resource}'&order=id`)).body.resource
      await ask('POST', 'system/role', { resource: [{ name: 'reader', is_active: true }] })
      await ask('PATCH', 'system/role/1', { description: 'reads', is_active: true })
      await ask('PATCH', 'system/role/1', { description: 'reads' })
      await ask('DELETE', 'system/role/1')
      const entry = { ...ADMIN, resource: 'role', record_id: '1', record_name: 'reader' }
      expect(await about('role')).toMatchObject([
        { ...entry, action: 'create', changes: { name: { after: 'reader' }, is_active: { after: true } } },
        { ...entry, action: 'update', changes: { description: { before: null, after: 'reads' } } },
        { ...entry, action: 'delete', changes: { name: { before: 'reader' }, description: { before: 'reads' } } },
      ])
      const secret = 'canary-swordfish'
      await ask('POST', 'system/service', {
        resource: [
          { name: 'far', type: 'pgsql', config: { host: 'db', database: 'd', username: 'u', password: secret } },
        ],
      })
      await ask('POST', 'system/lookup', { resource: [{ name: 'l', value: secret, private: true }] })
      await ask('PATCH', 'system/lookup/1', { value: `${secret}-2` })
      await ask('POST', 'system/user', {
        resource: [{ name: 'U', email: 'u@gw.test', password: `${secret} and sixteen` }],
      })
      await ask('PATCH', 'system/user/2', { password: `${secret} and sixteen more` })
      await ask('POST', 'system/app', { resource: [{ name: 'a' }] })
      const key = (await ask('GET', 'system/app/1')).body.api_key as string
      const everything = JSON.stringify((await ask('GET', 'system/audit')).body)
      expect(everything).not.toContain(secret)
      expect(everything).not.toContain(key)
      expect((await about('lookup'))[1].changes).toEqual({ value: { before: '**********', after: '**********' } })
      expect((await about('user')).at(-1)).toMatchObject({
        action: 'update',
        changes: { password: { before: '**********', after: '**********' } },
      })
      expect((await about('admin'))[0]).toMatchObject({ via: 'gw admin create', user_id: null, record_name: 'Root' })
    } finally {
      await gw[Symbol.asyncDispose]()
      await drop()
    }
  })
})

describe('the audit trail', () => {
  test('has nothing of what was undone, is only read, and only by who may', async () => {
    await using gw = await opened({
      config: {
        roles: { roles: { access: [{ service: 'system', component: 'cors/*', verbs: 31 }] } },
        apps: { roles: { apiKey: 'roles-key-that-is-long-enough', role: 'roles' } },
      },
    })
    const { ask } = gw
    const by = { 'x-dreamfactory-api-key': 'roles-key-that-is-long-enough' }
    await ask('POST', 'system/role?rollback=true', { resource: [{ name: 'one' }, { name: 'one' }] })
    expect((await ask('GET', "system/audit?filter=resource='role'")).body.resource).toEqual([])
    await ask('POST', 'system/cors', { resource: [{ path: '*', origin: 'https://a.test' }] }, by)
    expect((await ask('GET', "system/audit?filter=resource='cors'")).body.resource).toMatchObject([
      { user_id: null, app_name: 'roles' },
    ])
    expect((await ask('GET', 'system/audit', undefined, by)).status).toBe(401)
    for (const method of ['POST', 'PATCH', 'DELETE'])
      expect((await ask(method, 'system/audit?force=true', { resource: [{ action: 'create' }] })).status).toBe(400)
    expect((await ask('GET', 'system/audit?order=id desc&limit=1&fields=action,resource')).body.resource).toEqual([
      { action: 'create', resource: 'cors' },
    ])
  })

  test('is shown by gw audit, and forgotten when it is old enough', async () => {
    await using gw = await opened()
    await gw.ask('POST', 'system/service', {
      resource: [{ name: 'shop', type: 'sqlite', is_active: true, config: { database: shopIn(gw.folder) } }],
    })
    await gw.ask('PATCH', "system/service?filter=name='shop'", { resource: [{ label: 'The shop' }] })
    const run = async (...args: readonly string[]) => {
      const told: string[] = []
      const code = await auditCommand.run(args, {
        cwd: gw.folder,
        env: {},
        print: (text = '') => void told.push(text),
        note: (text) => void told.push(text),
        governance: async () => (await contextIn(gw.folder)).context,
      })
      return { code, told: told.join('\n') }
    }
    const all = await run()
    expect(all.code).toBe(0)
    expect(all.told).toContain('service/4 shop  administrator@gw.test')
    expect(all.told).toContain('label: "shop" → "The shop"')
    expect(all.told).toContain('gw admin create')
    expect(all.told).not.toContain(PASSWORD)
    const json = await run('--json', '--resource', 'service', '--limit', '1')
    expect(JSON.parse(json.told)).toMatchObject({ action: 'update', changes: { label: { after: 'The shop' } } })
    expect((await run('--since', '2999-01-01')).told).toBe('There are no such entries.')
    expect((await run('--user', 'nobody@gw.test')).told).toBe('There are no such entries.')
    await expect(run('--since', 'yesterday')).rejects.toThrow('--since takes an age')
    expect((await run('--limit', 'all')).code).toBe(1)
    const { context } = await contextIn(gw.folder)
    const store = await openStore(systemConfig(context.config), context)
    await forgetOldEntries(store, 1, AbortSignal.timeout(10_000))
    expect((await run('--json')).told).not.toBe('There are no such entries.')
    await forgetOldEntries(store, -1, AbortSignal.timeout(10_000))
    await store.close()
    expect((await run('--json')).told).toBe('There are no such entries.')
  })
})
