import { setTimeout as pause } from 'node:timers/promises'
import { decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { systemConfig } from '../src/config.ts'
import { openStore } from '../src/store/open.ts'
import { rowsOf, updateRows } from '../src/store/rows.ts'
import { contextIn, newFolder, opened } from './opened.ts'
import { makeUser, signIn, withToken } from './signing-in.ts'
import { STORES } from './stores.ts'

const signal = new AbortController().signal
const DAY = 24 * 60 * 60_000

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`sessions of many nodes, with a store on ${kind.label}`, () => {
    test('are good on all of them at once, and end on all of them', async () => {
      const { system, drop } = await kind.create()
      const folder = newFolder()
      const config = { system: { ...system, refresh: 100 } }
      {
        await using first = await opened({ config, folder, sessions: 'real' })
        await using second = await opened({ config, folder, sessions: 'real', keep: true })
        const { headers } = await signIn(first)
        const statusAt = async ({ ask }: typeof first, own = headers) =>
          (await ask('GET', 'user/session', undefined, own)).status
        const until = async (status: number, own = headers) => {
          for (let attempt = 0; attempt < 2_000; attempt++) {
            if ((await statusAt(second, own)) === status) return
            await pause(25)
          }
          throw new Error(`The other node never answered ${status}.`)
        }
        expect(await statusAt(second)).toBe(200)
        // Of someone whom the other node has not heard of.
        const user = await makeUser(first, headers, 'ann')
        const ann = await signIn(first, user, 'user/session')
        expect(await statusAt(second, ann.headers)).toBe(200)
        // Many that end at the same time, of which none is missed.
        const many = await Promise.all(Array.from({ length: 4 }, () => signIn(first)))
        await Promise.all(
          many.map((one, at) =>
            (at % 2 ? first : second).ask('DELETE', 'system/admin/session', undefined, one.headers),
          ),
        )
        for (const one of many) await until(403, one.headers)
        await first.ask('DELETE', 'user/session', undefined, ann.headers)
        await until(403, ann.headers)
        const again = await signIn(second, user, 'user/session')
        await first.ask('PATCH', `system/user/${user.id}`, { password: 'another long password' }, headers)
        await until(403, again.headers)
        expect(await statusAt(second)).toBe(200)
      }
      await drop()
    })
  })
}

test('A new key signs sessions after a while; what the old one has signed stays good', async () => {
  const folder = newFolder()
  const config = { system: { sessions: { key_days: 1 } } }
  const kidOf = (token: string) => decodeProtectedHeader(token).kid
  const { context } = await contextIn(folder, config)
  const store = await openStore(systemConfig(context.config), context)
  let old: string
  {
    await using gw = await opened({ config, folder, sessions: 'real', keep: true })
    old = (await signIn(gw)).token
    const keys = await rowsOf(store, 'signing_key', signal)
    expect(keys).toMatchObject([{ kid: kidOf(old), secret: expect.stringMatching(/^gw1\./) }])
    await updateRows(
      store,
      'signing_key',
      { created: new Date(Date.now() - 2 * DAY).toISOString() },
      { id: keys[0]!.id },
      { signal },
    )
  }
  {
    await using gw = await opened({ config, folder, sessions: 'real', keep: true })
    expect(await rowsOf(store, 'signing_key', signal)).toHaveLength(2)
    const statusOf = async (token: string) => (await gw.ask('GET', 'system/role', undefined, withToken(token))).status
    expect(await statusOf(old)).toBe(200)
    // The new key waits until every node may know it.
    expect(kidOf((await signIn(gw)).token)).toBe(kidOf(old))
    const [, fresh] = await rowsOf(store, 'signing_key', signal)
    await updateRows(
      store,
      'signing_key',
      { created: new Date(Date.now() - 60_000).toISOString() },
      { id: fresh!.id },
      { signal },
    )
  }
  {
    await using gw = await opened({ config, folder, sessions: 'real' })
    const { token, headers } = await signIn(gw)
    expect(kidOf(token)).not.toBe(kidOf(old))
    expect((await gw.ask('PUT', 'system/admin/session', undefined, withToken(old))).status).toBe(200)
    expect((await gw.ask('GET', 'system/role', undefined, headers)).status).toBe(200)
    await store.close()
  }
})
