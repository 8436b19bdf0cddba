import { randomBytes } from 'node:crypto'
import { GwError } from '@gw/core'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { hashPassword, isOutdated, verifyPassword } from '../src/identity/passwords.ts'
import type { SigningKey } from '../src/identity/signing-keys.ts'
import { isExpired, tokensWith } from '../src/identity/tokens.ts'

const USER = { id: 7, email: 'ann@gw.test', epoch: 3 }
const newKey = (kid: string): SigningKey => ({ kid, secret: randomBytes(32) })

/** Tokens whose keys are a list that tests change. */
const withKeys = (...keys: SigningKey[]) => ({
  keys,
  tokens: tokensWith(
    {
      current: () => keys[0]!,
      find: (kid) => keys.find((key) => key.kid === kid),
      rotate: async () => {},
    },
    3_600,
  ),
})

const reasonOf = async (read: unknown): Promise<string | undefined> => {
  const found = await read
  return GwError.is(found) ? found.message : undefined
}

describe('a token', () => {
  test('is signed with the newest key, and good as long as its key is there', async () => {
    const { keys, tokens } = withKeys(newKey('a'))
    const { token, claims } = await tokens.issue(USER, false)
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'a' })
    expect(await tokens.read(token)).toEqual(claims)
    keys.unshift(newKey('b'))
    expect(decodeProtectedHeader((await tokens.issue(USER, false)).token).kid).toBe('b')
    expect(await tokens.read(token)).toEqual(claims)
    // Also one that is remembered goes with its key.
    keys.pop()
    expect(await reasonOf(tokens.read(token))).toContain('Signature')
  })

  test('counts by its own key and algorithm alone, whatever else the same secret has signed', async () => {
    const key = newKey('a')
    const { tokens } = withKeys(key, newKey('b'))
    const claims = decodeJwt((await tokens.issue(USER, false)).token)
    const sign = (header: object, payload: object, secret = key.secret) =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: 'a', ...header }).sign(secret)
    const read = async (...parts: Parameters<typeof sign>) => reasonOf(tokens.read(await sign(...parts)))
    expect(await read({}, claims)).toBeUndefined()
    expect(await read({ alg: 'HS512' }, claims, randomBytes(64))).toBeDefined()
    expect(await read({ alg: 'HS384' }, claims)).toBeDefined()
    expect(await read({ kid: 'b' }, claims)).toContain('Signature')
    expect(await read({ kid: 'c' }, claims)).toContain('Signature')
    expect(await read({ kid: undefined }, claims)).toContain('Signature')
    expect(await read({ typ: 'at+jwt' }, claims)).toBeDefined()
    expect(await read({}, { ...claims, iss: 'another' })).toBeDefined()
    const soon = Math.floor(Date.now() / 1_000) + 600
    expect(await read({}, { ...claims, iat: soon })).toContain('future')
    expect(await read({}, { ...claims, nbf: soon })).toBeDefined()
    for (const name of ['sub', 'user_id', 'epoch', 'forever', 'jti', 'iat', 'exp'])
      expect(await read({}, { ...claims, [name]: undefined }), name).toBeDefined()
    expect(await read({}, { ...claims, user_id: '7' })).toBeDefined()
  })

  test('that has expired is read, for who refreshes it, and said to have expired', async () => {
    const key = newKey('a')
    const { tokens } = withKeys(key)
    const claims = decodeJwt((await tokens.issue(USER, false)).token)
    const old = { ...claims, iat: claims.iat! - 7_200, nbf: claims.iat! - 7_200, exp: claims.iat! - 3_600 }
    const token = await new SignJWT(old).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: 'a' }).sign(key.secret)
    const read = await tokens.read(token)
    expect(GwError.is(read) ? undefined : isExpired(read)).toBe(true)
    const forged = `${token.slice(0, -6)}AAAAAA`
    expect(await reasonOf(tokens.read(forged))).toContain('Signature')
  })
})

describe('a password', () => {
  test('is kept as argon2id; a bcrypt hash that was brought along fits too, and is outdated', async () => {
    const hash = await hashPassword('correct horse battery staple')
    expect([hash.slice(0, 31), isOutdated(hash)]).toEqual(['$argon2id$v=19$m=19456,t=2,p=1$', false])
    expect(await verifyPassword('correct horse battery staple', hash)).toBe(true)
    expect(await verifyPassword('correct horse battery staples', hash)).toBe(false)
    // Made by libxcrypt, with the prefix that PHP writes.
    const brought = '$2y$04$abcdefghijklmnopqrstuugvQgB9FDO2ba.LQR3pEqrKqiBhYHtt6'
    expect([await verifyPassword('a password of long ago', brought), isOutdated(brought)]).toEqual([true, true])
    expect(await verifyPassword('a password of late', brought)).toBe(false)
    expect(await verifyPassword('x', 'no hash')).toBe(false)
  })
})
