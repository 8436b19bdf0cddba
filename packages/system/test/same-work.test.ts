import { expect, test, vi } from 'vitest'
import { opened } from './opened.ts'
import { makeUser, ROOT, signIn } from './signing-in.ts'

const counted = vi.hoisted(() => ({ verified: 0 }))
vi.mock('@node-rs/argon2', async (load) => {
  const real = await load<typeof import('@node-rs/argon2')>()
  return {
    ...real,
    verify: (...given: Parameters<typeof real.verify>) => {
      counted.verified += 1
      return real.verify(...given)
    },
  }
})

test('A password is hashed once for every sign-in, whether there is such an account or not', async () => {
  await using gw = await opened({ sessions: 'real' })
  const { ask } = gw
  const { headers } = await signIn(gw)
  const { email } = await makeUser(gw, headers, 'bare', { password: undefined })
  const user = await makeUser(gw, headers, 'ann')
  const off = await makeUser(gw, headers, 'off', { is_active: false })
  const spent = async (login: object, path: string) => {
    const before = counted.verified
    await ask('POST', path, login, {})
    return counted.verified - before
  }
  expect(await spent(user, 'user/session')).toBe(1)
  expect(await spent({ ...user, password: 'wrong' }, 'user/session')).toBe(1)
  expect(await spent({ email: 'nobody@gw.test', password: 'wrong' }, 'user/session')).toBe(1)
  expect(await spent({ email, password: 'wrong' }, 'user/session')).toBe(1)
  expect(await spent(off, 'user/session')).toBe(1)
  expect(await spent(ROOT, 'user/session')).toBe(1)
  expect(await spent(user, 'system/admin/session')).toBe(1)
})
