/** Signing in as an installation of a GitHub App, also on a host of one's own, for as long as a gateway runs. */
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { githubConfig } from '../src/config.ts'
import { installationTokens } from '../src/installation.ts'
import type { Answered, Seen } from './emulator.ts'
import { opened } from './gateway.ts'

const keyOf = (type: 'pkcs1' | 'pkcs8') =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type, format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey
const private_key = keyOf('pkcs1')
const PERMISSIONS = { contents: 'write', issues: 'write', pull_requests: 'write', metadata: 'read' }
const seedOf = (installation_id: number, key = private_key) => ({
  apps: [
    {
      ...{ app_id: 4711, slug: 'gw-app', name: 'Gateway', private_key: key, permissions: PERMISSIONS },
      installations: [{ installation_id, account: 'octo', permissions: PERMISSIONS }],
    },
  ],
})
const asApp = { token: undefined, app: { app_id: '4711', private_key }, writable: true }

const json = (status: number, body: unknown): Answered => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const tokensIn = (seen: readonly Seen[]) => seen.filter(({ url }) => url.endsWith('/access_tokens')).length

describe('an app', () => {
  test('signs in on a host of one’s own, whose API is below a path', async () => {
    const { ask, host } = await opened(asApp, { seed: seedOf(99), below: '/api/v3' })
    expect((await ask({ path: '_repository/notes' })).body.private).toBe(true)
    const path = '_file/scripts/by-app.txt'
    expect((await ask({ method: 'POST', path, body: { content: 'x', message: 'm' } })).status).toBe(201)
    expect((await ask({ path })).body.content).toBe('x')
    expect(tokensIn(host.seen)).toBe(1)
    expect(host.seen.every(({ url }) => url.startsWith('/api/v3/'))).toBe(true)
    // Whether the file is there is asked before it is made.
    expect(host.seen.filter(({ status }) => status >= 400).every(({ url }) => url.includes('by-app.txt'))).toBe(true)
  })

  test('may have its key in another form of PEM, or in one line', async () => {
    const pkcs8 = keyOf('pkcs8')
    const { ask } = await opened(
      { ...asApp, app: { app_id: 4711, private_key: pkcs8.replaceAll('\n', '\\n') } },
      { seed: seedOf(5, pkcs8) },
    )
    expect((await ask({ path: '_repo/scripts' })).status).toBe(200)
  })

  test.each(['no key at all', private_key.slice(0, 40), private_key.replace(/\n/g, '')])(
    'whose key is none is no configuration, and its text is not told',
    (text) => {
      const found = githubConfig.safeParse({ vendor: 'octo', app: { app_id: 1, private_key: text } })
      expect(found.error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
        ['app.private_key', 'must be an RSA key in PEM form, as GitHub gives it out'],
      ])
    },
  )

  test('whose token was taken away gets another one, and the call is done', async () => {
    const { ask, host } = await opened(asApp, { seed: seedOf(99) })
    expect((await ask({ path: '_repo/scripts' })).status).toBe(200)
    const old = host.seen.at(-1)!.headers.authorization
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 })
    try {
      host.intercept = ({ headers }, real) =>
        headers.authorization === old ? json(401, { message: 'Bad credentials' }) : real()
      const made = await ask({ method: 'POST', path: '_file/scripts/a.txt', body: { content: 'x', message: 'm' } })
      expect(made.status, made.text).toBe(201)
      expect(tokensIn(host.seen)).toBe(2)
    } finally {
      vi.useRealTimers()
    }
  })

  test('that was installed anew signs in as its new installation', async () => {
    const { ask, host } = await opened(asApp, { seed: seedOf(99) })
    const token = (value: string) => json(201, { token: value, expires_at: '2999-01-01T00:00:00Z', permissions: {} })
    const repository = json(200, { name: 'scripts', full_name: 'octo/scripts', private: false, html_url: 'u' })
    let installed = 1
    host.intercept = ({ url, headers }) => {
      if (url.endsWith('/installation')) return json(200, { id: installed })
      if (url.endsWith('/access_tokens'))
        return url.includes(`/${installed}/`) ? token(`ghs_${installed}`) : json(404, { message: 'Not Found' })
      return headers.authorization === `token ghs_${installed}` ? repository : json(401, { message: 'Bad credentials' })
    }
    expect((await ask({ path: '_repository/scripts' })).status).toBe(200)
    installed = 2
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 })
    try {
      expect((await ask({ path: '_repository/scripts' })).status).toBe(200)
    } finally {
      vi.useRealTimers()
    }
  })

  test('of one host never sends the token of another, though their installations have one number', async () => {
    const [one, other] = [await opened(asApp, { seed: seedOf(7) }), await opened(asApp, { seed: seedOf(7) })]
    const own = (mark: string) => (seen: Seen, real: () => Promise<Answered>) =>
      seen.url.endsWith('/access_tokens')
        ? json(201, { token: `ghs_${mark}`, expires_at: '2999-01-01T00:00:00Z', permissions: {} })
        : seen.url.endsWith('/installation')
          ? real()
          : json(200, { name: 'scripts', full_name: 'octo/scripts', private: false, html_url: 'u' })
    one.host.intercept = own('one')
    other.host.intercept = own('other')
    await Promise.all([one, other].map(({ ask }) => ask({ path: '_repository/scripts' })))
    expect([one, other].map(({ host }) => host.seen.at(-1)!.headers.authorization)).toEqual([
      'token ghs_one',
      'token ghs_other',
    ])
  })
})

describe('the token of an installation', () => {
  const MINUTE = 60_000
  /** A host whose tokens hold for so long; its clock is `ahead` of ours. */
  const tokens = ({ minutes = 60, ahead = 0 } = {}) => {
    let at = 1_000_000
    let count = 0
    const request = async () => ({
      data: { token: `t${++count}`, expires_at: new Date(at + ahead + minutes * MINUTE).toISOString() },
    })
    const app = { app_id: 1, private_key, installation_id: 1 }
    const store = installationTokens({ vendor: 'octo', app }, request as never, () => at)
    return { store, pass: (by: number) => (at += by), count: () => count }
  }

  test('is asked for once by many, and renewed before it ends', async () => {
    const { store, pass, count } = tokens()
    const found = await Promise.all(Array.from({ length: 20 }, () => store.current()))
    expect([new Set(found).size, count()]).toEqual([1, 1])
    pass(58 * MINUTE)
    expect((await store.current()).value).toBe('t1')
    pass(2 * MINUTE)
    const later = await Promise.all(Array.from({ length: 20 }, () => store.current()))
    expect([new Set(later).size, later[0]!.value, count()]).toEqual([1, 't2', 2])
  })
  test('that holds for a few minutes only is not used for longer, and with clocks that differ still for one', async () => {
    const short = tokens({ minutes: 10 })
    await short.store.current()
    short.pass(9.5 * MINUTE)
    expect((await short.store.current()).value).toBe('t2')
    const behind = tokens({ ahead: -120 * MINUTE })
    await behind.store.current()
    behind.pass(MINUTE / 2)
    expect((await behind.store.current()).value).toBe('t1')
  })
  test('that is refused is replaced once, and a new one is given a moment', async () => {
    const { store, pass, count } = tokens()
    const first = await store.current()
    expect(await store.instead(first)).toBe(first)
    pass(MINUTE)
    const renewed = await Promise.all(Array.from({ length: 5 }, () => store.instead(first)))
    expect([new Set(renewed.map(({ value }) => value)).size, count()]).toEqual([1, 2])
  })
})
