import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hash as bcrypt } from '@node-rs/bcrypt'
import { describe, expect, test } from 'vitest'
import exporting from '../src/commands/export.ts'
import importing from '../src/commands/import.ts'
import { packageOf, tablesOf } from './dreamfactory-made-up.ts'
import { newFolder, opened, shopIn } from './opened.ts'
import { run } from './running.ts'

const HASH = `$2y$10$${'a'.repeat(53)}`

const inFolder = async (work: (folder: string, shop: string) => Promise<void>) => {
  const folder = newFolder()
  try {
    await work(folder, shopIn(folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
const exported = async (folder: string, ...args: readonly string[]) =>
  JSON.parse((await run(exporting, folder, args)).told.split('\nTo read')[0]!)
const asApp = (key: string) => ({ 'x-dreamfactory-api-key': key })

describe('a package of DreamFactory (made up after its documented format)', () => {
  test('comes over by names, and its apps go on with the keys that they have', () =>
    inFolder(async (folder, shop) => {
      writeFileSync(join(folder, 'all.zip'), packageOf(shop))
      // The service 'system' is there already.
      const result = await run(importing, folder, ['all.zip', '--overwrite'])
      expect(result.code, result.told).toBe(0)
      const document = await exported(folder)
      const role = (name: string) => document.roles.find((one: any) => one.name === name)
      expect(role('reader')).toMatchObject({
        is_active: true,
        service_access: [
          { service: 'shop', component: '_table/*', verb_mask: 1 },
          { service: 'files', filters: [{ name: 'a', operator: '=', value: '1' }] },
        ],
        lookups: [{ name: 'region', value: 'north' }],
      })
      expect(role('dangling')).toMatchObject({ is_active: false, service_access: [] })
      expect(document.users).toMatchObject([
        { email: 'ann@gw.test', default_app: 'web', roles: [{ app: 'web', role: 'reader' }] },
      ])
      expect(document.admins).toMatchObject([{ email: 'boss@gw.test', username: 'boss@gw.test' }])
      expect(document.limits).toMatchObject([{ name: 'slow', role: 'reader' }])
      expect(document.cors).toMatchObject([{ path: 'api/v2/*', method: ['GET', 'POST'] }])
      await using gateway = await opened({ folder, keep: true })
      for (const key of ['ab12'.repeat(16), 'short-key-of-old'])
        expect((await gateway.ask('GET', 'shop/_table/items', undefined, asApp(key))).body.resource).toHaveLength(2)
      const [services] = [(await gateway.ask('GET', 'system/service')).body.resource]
      const named = (name: string) => services.find((one: any) => one.name === name)
      expect(named('shop').config).toMatchObject({ database: shop, cache_enabled: false })
      expect(named('files')).toMatchObject({ type: 'local_file', is_active: false })
      expect(named('system').config.default_app_id).toBe(
        (await gateway.ask('GET', `system/app?filter=name='web'`)).body.resource[0].id,
      )
    }))

  test('leaves a report of what did not come over, and why', () =>
    inFolder(async (folder, shop) => {
      writeFileSync(join(folder, 'all.dfpkg'), packageOf(shop))
      const { told } = await run(importing, folder, ['all.dfpkg', '--dry-run'])
      expect(told).toMatch(/section +created +updated +skipped/)
      for (const line of [
        /left out +roles +dangling +service_access: There is no service '#77'/,
        /note +services +shop +Left out, since there is no such setting here: dsn/,
        /note +services +mail +password was not exported/,
        /note +services +files +No connector for the type 'local_file'/,
        /note +apps +old +Its API key is short/,
        /note +users +Ann@gw.test +No password came along/,
        /note +lookups +closed +The value of the lookup closed was not exported/,
        /note +admins +boss@gw.test +The user name 'boss' is too short/,
        /note +package +shop\/_schema.json/,
      ])
        expect(told).toMatch(line)
    }))

  test('that is read again changes nothing', () =>
    inFolder(async (folder, shop) => {
      writeFileSync(join(folder, 'all.zip'), packageOf(shop))
      await run(importing, folder, ['all.zip'])
      const before = await exported(folder)
      await run(importing, folder, ['all.zip'])
      expect({ ...(await exported(folder)), exported_at: before.exported_at }).toEqual(before)
    }))

  test('is refused where it is encrypted, leaves its folder, or grows beyond what it says', () =>
    inFolder(async (folder, shop) => {
      const told = async (bytes: Uint8Array) => {
        writeFileSync(join(folder, 'bad.zip'), bytes)
        const result = await run(importing, folder, ['bad.zip'])
        expect(result.code).toBe(1)
        return result.told
      }
      expect(await told(packageOf(shop, { secured: true }))).toContain('Export it again without a password')
      expect(await told(packageOf(shop, {}, { '../system/role.json': new Uint8Array(1) }))).toContain('can not be read')
      expect(
        await told(packageOf(shop, {}, { 'system/role.json ': new Uint8Array(0), '/etc/passwd': new Uint8Array(1) })),
      ).toContain('can not be read')
      const large = packageOf(shop, {}, { 'system/custom.json': new Uint8Array(65 * 1024 * 1024) })
      expect(large.length).toBeLessThan(200_000)
      expect(await told(large)).toContain('too large')
      expect(await told(lyingAbout(large, 'system/custom.json', 10))).toContain('can not be read')
      const flag = packageOf(shop)
      expect(await told(flagged(flag, 'system/role.json'))).toContain('Export it again without a password')
      expect(await told(flag.subarray(0, flag.length - 40))).toContain('can not be read')
    }))
})

/** Where an entry stands in the directory at the end of a zip file. */
const inDirectory = (bytes: Uint8Array, name: string): number => {
  const text = Buffer.from(bytes).toString('latin1')
  const at = text.lastIndexOf(name)
  expect(text.slice(at - 46, at - 42)).toBe('PK\u0001\u0002')
  return at - 46
}
/** With another size than it has. */
const lyingAbout = (bytes: Uint8Array, name: string, size: number): Uint8Array => {
  const copy = Buffer.from(bytes)
  copy.writeUInt32LE(size, inDirectory(bytes, name) + 24)
  return copy
}
/** Marked as encrypted. */
const flagged = (bytes: Uint8Array, name: string): Uint8Array => {
  const copy = Buffer.from(bytes)
  const at = inDirectory(bytes, name) + 8
  copy.writeUInt16LE(copy.readUInt16LE(at) | 1, at)
  return copy
}

describe("the rows of DreamFactory's tables (made up after its documented format)", () => {
  test.each(['one file', 'a folder'])('come over from %s, with the hashes of passwords', (form) =>
    inFolder(async (folder, shop) => {
      const tables = tablesOf(shop, HASH)
      if (form === 'one file') writeFileSync(join(folder, 'tables'), JSON.stringify(tables))
      else {
        mkdirSync(join(folder, 'tables'))
        for (const [name, rows] of Object.entries(tables))
          writeFileSync(join(folder, 'tables', `${name}.json`), JSON.stringify(rows))
      }
      const result = await run(importing, folder, ['tables'])
      expect(result.code, result.told).toBe(0)
      const document = await exported(folder, '--with-passwords')
      expect(document.services.find(({ name }: any) => name === 'shop')).toMatchObject({
        type: 'sqlite',
        is_active: true,
        config: { database: shop, max_records: 50 },
      })
      expect(document.roles).toMatchObject([
        { service_access: [{ service: 'shop', filters: [{ name: 'owner' }] }], lookups: [{ name: 'region' }] },
      ])
      expect(document.admins).toMatchObject([{ email: 'boss@gw.test', password_hash: HASH }])
      expect(document.users).toMatchObject([
        {
          email: 'ann@gw.test',
          password_hash: HASH,
          roles: [{ app: 'web', role: 'reader' }],
          lookups: [{ name: 'colour' }],
        },
      ])
      expect(document.cors).toMatchObject([{ path: '*', method: ['GET', 'POST'], enabled: true }])
      expect(document.limits).toMatchObject([{ service: 'shop', period: 'day' }])
      expect(result.told).toMatch(/closed +The value of the lookup closed is encrypted with the other instance's key/)
      expect(result.told).toMatch(/job +1 rows stay out/)
    }),
  )

  test('let people sign in with the passwords that they had, which are hashed anew by that', () =>
    inFolder(async (folder, shop) => {
      const password = 'correct horse battery'
      const hash = (await bcrypt(password, { cost: 4 })).replace(/^\$2b/, '$2y')
      writeFileSync(join(folder, 'tables.json'), JSON.stringify(tablesOf(shop, hash)))
      expect((await run(importing, folder, ['tables.json'])).code).toBe(0)
      const hashes = async () => (await exported(folder, '--with-passwords')).users.map((one: any) => one.password_hash)
      expect(await hashes()).toEqual([hash])
      await using gateway = await opened({ folder, keep: true, sessions: 'real' })
      const signIn = (text: string) => gateway.ask('POST', 'user/session', { email: 'ann@gw.test', password: text }, {})
      expect((await signIn('wrong horse battery')).status).toBe(401)
      expect(await signIn(password)).toMatchObject({ status: 200, body: { session_token: expect.any(String) } })
      expect(await hashes()).toEqual([expect.stringMatching(/^\$argon2id\$/)])
      expect((await signIn(password)).status).toBe(200)
    }))
})
