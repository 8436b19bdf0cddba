import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openKeyring } from '../src/secrets/keyring.ts'
import { setupCode } from '../src/setup/code.ts'
import { newFolder, type Opened, opened, PASSWORD, shopIn } from './opened.ts'
import { STORES } from './stores.ts'

/** Nodes look each 100 ms here; how fast the machine is decides nothing. */
const PATIENCE = 60_000

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (const late = Date.now() + PATIENCE; !(await isSo()); await pause(25))
    if (Date.now() > late) throw new Error('It never became so on the other node.')
}

const twoNodes = async (system: object) => {
  const folder = newFolder()
  const config = { system: { ...system, refresh: 100 } }
  const first = await opened({ config, folder, keep: true })
  const second = await opened({ config, folder })
  return { first, second, folder }
}

const tablesOf = async ({ ask }: Opened): Promise<readonly string[]> =>
  (await ask('GET', 'shop/_schema')).body.resource.map(({ name }: { name: string }) => name)
const create = (gw: Opened, folder: string) =>
  gw.ask('POST', 'system/service', {
    resource: [
      { name: 'shop', type: 'sqlite', is_active: true, config: { database: shopIn(folder), cache_enabled: true } },
    ],
  })

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`nodes that share a store on ${kind.label}`, () => {
    test('see a table that another one has made, and its aliases, and forget answers when another one is told to', async () => {
      const { system, drop } = await kind.create()
      {
        const { first, second, folder } = await twoNodes(system)
        await using _a = first
        await using _b = second
        expect((await create(first, folder)).status).toBe(201)
        await until(async () => (await second.ask('GET', 'shop/_schema')).status === 200)
        expect(await tablesOf(second)).not.toContain('made')

        const fields = [{ name: 'id', type: 'id' }]
        const made = await first.ask('POST', 'shop/_schema', { resource: [{ name: 'made', field: fields }] })
        expect(made.status).toBe(200)
        await until(async () => (await tablesOf(second)).includes('made'))

        const named = await second.ask('PATCH', 'shop/_schema/made', { label: 'Freshly made' })
        expect(named.status).toBe(200)
        await until(async () => (await first.ask('GET', 'shop/_schema/made')).body.label === 'Freshly made')

        // What other programs write is not seen as long as answers are kept.
        const countAt = async (node: Opened) => (await node.ask('GET', 'shop/_table/made')).body.resource.length
        expect([await countAt(first), await countAt(second)]).toEqual([0, 0])
        expect((await first.ask('POST', 'shop/_table/made', { resource: [{ id: 1 }] })).status).toBe(200)
        expect([await countAt(first), await countAt(second)]).toEqual([1, 0])
        expect((await first.ask('DELETE', 'system/cache/shop')).status).toBe(200)
        await until(async () => (await countAt(second)) === 1)
        expect((await first.ask('POST', 'shop/_table/made', { resource: [{ id: 2 }] })).status).toBe(200)
        expect(await countAt(second)).toBe(1)
        expect((await first.ask('DELETE', 'system/cache')).status).toBe(200)
        await until(async () => (await countAt(second)) === 2)
      }
      await drop()
    })
  })
}

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`nodes without an administrator, with a store on ${kind.label}`, () => {
    test('have one set-up code, and make one administrator of two who come to two of them at once', async () => {
      const { system, drop } = await kind.create()
      {
        const folder = newFolder()
        const config = { system: { ...system, refresh: 100 } }
        await using first = await opened({ config, folder, keep: true, admin: false, sessions: 'real' })
        await using second = await opened({ config, folder, admin: false, sessions: 'real' })
        const keys = await openKeyring((system as { key?: string }).key, `${folder}/.gw`)
        const code = (await setupCode(first.governance.state('system'), keys).read())!
        expect(await setupCode(second.governance.state('system'), keys).ensure()).toBe(code)
        const post = (node: Opened, email: string, given: string) =>
          node.gateway.fetch(
            new Request('http://gateway.test/setup', {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ email, name: 'Root', password: PASSWORD, code: given }),
            }),
          )
        expect((await post(second, 'root@gw.test', 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA')).status).toBe(403)
        const answers = await Promise.all([post(first, 'one@gw.test', code), post(second, 'two@gw.test', code)])
        expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
        const sessions = await Promise.all(
          ['one@gw.test', 'two@gw.test'].map((email) =>
            second.ask('POST', 'system/admin/session', { email, password: PASSWORD }, {}),
          ),
        )
        expect(sessions.filter(({ status }) => status === 200)).toHaveLength(1)
        expect(await setupCode(first.governance.state('system'), keys).read()).toBeUndefined()
      }
      await drop()
    })
  })
}
