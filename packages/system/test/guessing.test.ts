import { hash as bcrypt } from '@node-rs/bcrypt'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemConfig } from '../src/config.ts'
import { attemptsIn } from '../src/identity/attempts.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore } from '../src/store/open.ts'
import { rowsOf, updateRows } from '../src/store/rows.ts'
import { contextIn, newFolder, opened } from './opened.ts'
import { makeUser, messageOf, ROOT, signIn } from './signing-in.ts'
import { STORES } from './stores.ts'

const signal = new AbortController().signal
const HOUR = 60 * 60_000

// Time stands still unless a test moves it: how fast the machine is does not count.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() }))
afterEach(() => void vi.useRealTimers())

const storeIn = async (folder: string, system: object = {}) => {
  const { context } = await contextIn(folder, { system })
  const store = await openStore(systemConfig(context.config), context)
  await migrate(store, context.log, signal)
  return store
}

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`guessing, with a store on ${kind.label}`, () => {
    test('has to wait, on all nodes, longer each time, and not for good', async () => {
      const { system, drop } = await kind.create()
      const folder = newFolder()
      const [one, two] = [await storeIn(folder, system), await storeIn(folder, system)]
      try {
        const nodes = [attemptsIn(one), attemptsIn(two)]
        const guess = async (account: number, client: string | undefined, node = 0) =>
          nodes[node]!.begin(account, client).then(
            async (attempt) => {
              await attempt.failed()
              return 0
            },
            (error) => Number(error.headers['retry-after']),
          )
        // What is tried at the same time counts one by one.
        const burst = await Promise.all(Array.from({ length: 9 }, (_, at) => guess(1, `192.0.2.${at}`, at % 2)))
        expect(burst.filter((wait) => wait === 0).length).toBe(5)
        expect([await guess(1, undefined), await guess(1, undefined, 1), await guess(2, undefined)]).toEqual([1, 1, 0])
        // When the first wait is over, the next one is longer.
        vi.setSystemTime(Date.now() + 1_000)
        expect([await guess(1, undefined), await guess(1, undefined)]).toEqual([0, 2])
        vi.setSystemTime(Date.now() + 2_000)
        expect([await guess(1, undefined, 1), await guess(1, undefined)]).toEqual([0, 4])
        for (let round = 0; round < 12; round++) {
          vi.setSystemTime(Date.now() + 900_000)
          expect(await guess(1, undefined)).toBe(0)
        }
        expect(await guess(1, undefined)).toBe(900)
        // And some time later all of it is forgotten.
        vi.setSystemTime(Date.now() + HOUR + 1)
        for (let round = 0; round < 5; round++) expect(await guess(1, undefined)).toBe(0)
        expect(await guess(1, undefined)).toBe(1)
      } finally {
        await Promise.all([one.close(), two.close()])
        await drop()
      }
    })
  })
}

describe('guessing', () => {
  test('from elsewhere does not keep people out of where they have signed in before', async () => {
    const store = await storeIn(newFolder())
    const attempts = attemptsIn(store)
    await (await attempts.begin(1, '192.0.2.1')).succeeded()
    for (let round = 0; round < 5; round++) await (await attempts.begin(1, '198.51.100.9')).failed()
    await expect(attempts.begin(1, '198.51.100.9')).rejects.toMatchObject({ code: 'rate_limited' })
    await expect(attempts.begin(1, '203.0.113.1')).rejects.toMatchObject({ code: 'rate_limited' })
    await (await attempts.begin(1, '192.0.2.1')).succeeded()
    // They are no better there than anyone else.
    for (let round = 0; round < 5; round++) await (await attempts.begin(1, '192.0.2.1')).failed()
    await expect(attempts.begin(1, '192.0.2.1')).rejects.toMatchObject({ code: 'rate_limited' })
    await store.close()
  })

  test('at many accounts is slow from one address, and from one IPv6 network', async () => {
    const store = await storeIn(newFolder())
    const attempts = attemptsIn(store)
    for (let account = 0; account < 50; account++)
      await (await attempts.begin(account, `2001:db8:1:2::${account.toString(16)}`)).failed()
    await expect(attempts.begin(100, '2001:db8:1:2:ffff::1')).rejects.toMatchObject({ code: 'rate_limited' })
    await (await attempts.begin(100, '2001:db8:1:3::1')).failed()
    await (await attempts.begin(101, '::ffff:192.0.2.7')).failed()
    await store.close()
  })

  test('at sign-in waits for real accounts and for others alike, also with the right password', async () => {
    await using gw = await opened({ sessions: 'real' })
    const { ask } = gw
    const told = async (email: string, password: string) => {
      const answer = await ask('POST', 'system/admin/session', { email, password }, {})
      return [answer.status, messageOf(answer)]
    }
    for (const email of ['root@gw.test', 'nobody@gw.test']) {
      for (let round = 0; round < 5; round++)
        expect(await told(email, 'wrong')).toEqual([401, 'Invalid credentials supplied.'])
      expect(await told(email, ROOT.password)).toEqual([429, expect.stringContaining('Too many attempts')])
    }
    const basic = { authorization: `Basic ${Buffer.from(`root@gw.test:${ROOT.password}`).toString('base64')}` }
    expect((await ask('GET', 'system/role', undefined, basic)).status).toBe(429)
  })
})

describe('a hash that was brought along', () => {
  test('lets its user in, and is made anew by that', async () => {
    const folder = newFolder()
    await using gw = await opened({ sessions: 'real', folder })
    const { headers } = await signIn(gw)
    const user = await makeUser(gw, headers, 'ann')
    const store = await storeIn(folder)
    const brought = await bcrypt('a password of long ago', { cost: 4 })
    await updateRows(store, 'user', { password: brought }, { id: user.id }, { signal })
    const login = { email: user.email, password: 'a password of long ago' }
    await signIn(gw, login, 'user/session')
    const [{ password }] = (await rowsOf(store, 'user', signal, { id: user.id })) as [{ password: string }]
    expect(password).toMatch(/^\$argon2id\$/)
    await signIn(gw, login, 'user/session')
    await store.close()
  })
})
