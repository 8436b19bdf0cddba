import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { Client } from 'pg'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { type AuthRules, wireOn } from '../src/index.ts'
import { connected, type FakeServer, fakeServer, message, WELCOME } from './fake-server.ts'
import './backends.ts'

const server = inject('postgresTls')
const missing = server === undefined ? ` (skipped: ${inject('postgresTlsMissing')})` : ''

/** What is asked first on a new connection: whether it is encrypted, as the server sees it. */
const encrypted = async (client: Client): Promise<boolean> => {
  const cells: string[] = []
  await wireOn(client).ask({
    sql: 'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
    binds: [],
    row: (bytes, start, end) => void cells.push(bytes.toString('latin1', start + 6, end)),
  })
  await client.end()
  return cells[0] === 't'
}

describe.skipIf(missing)(`a server that speaks TLS${missing}`, () => {
  const { authority, stranger, ...address } = server ?? ({} as NonNullable<typeof server>)
  const trusting = { rejectUnauthorized: true, ca: authority }
  const open = (config: object = {}, rules: Partial<AuthRules> = {}) => connected({ ...address, ...config }, rules)
  beforeAll(async () => {
    const admin = new Client(address)
    await admin.connect()
    await admin.query("create role cleartext login password 'secret'; create role trusted login")
    await admin.query("set password_encryption = 'md5'; create role md5 login password 'secret'")
    await admin.end()
  })

  test('is spoken to in plain or under TLS, whose rows are the same', async () => {
    expect(await encrypted(await open())).toBe(false)
    expect(await encrypted(await open({ ssl: { rejectUnauthorized: false } }))).toBe(true)
    expect(await encrypted(await open({ host: 'localhost', ssl: trusting }))).toBe(true)
  })

  test('with a certificate of another authority, or for another name, is refused', async () => {
    await expect(open({ host: 'localhost', ssl: { ...trusting, ca: stranger } })).rejects.toMatchObject({
      code: expect.stringMatching(/CERT|SIGNATURE|ISSUER/),
    })
    await expect(open({ host: '127.0.0.1', ssl: trusting })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
    expect(
      await encrypted(await open({ host: '127.0.0.1', ssl: { ...trusting, checkServerIdentity: () => undefined } })),
    ).toBe(true)
  })

  test('binds SCRAM to its certificate where that is asked for, and in plain can not', async () => {
    const bound = { methods: ['scram-sha-256'], binding: 'require' } as const
    expect(await encrypted(await open({ host: 'localhost', ssl: trusting }, bound))).toBe(true)
    await expect(open({}, bound)).rejects.toThrow('does not bind SCRAM')
    await expect(open({ user: 'trusted', ssl: trusting, host: 'localhost' }, bound)).rejects.toThrow('refused')
    await expect(open({ user: 'trusted', ssl: trusting, host: 'localhost' }, { binding: 'require' })).rejects.toThrow(
      'does not bind SCRAM',
    )
  })

  test('a wrong password is refused in each way of asking for it', async () => {
    for (const user of [address.user, 'md5'])
      await expect(open({ user, password: 'wrong' })).rejects.toMatchObject({ code: '28P01' })
    await expect(
      open({ user: 'cleartext', password: 'wrong', ssl: { rejectUnauthorized: false } }),
    ).rejects.toMatchObject({ code: '28P01' })
  })

  test('a bare password is given over TLS only, unless it is asked for by the rules', async () => {
    const user = { user: 'cleartext', password: 'secret' }
    await expect(open(user)).rejects.toThrow('the server asks for password')
    expect(await encrypted(await open({ ...user, ssl: { rejectUnauthorized: false } }))).toBe(true)
    expect(await encrypted(await open(user, { methods: ['password'] }))).toBe(false)
    expect(await encrypted(await open(user, { local: true }))).toBe(false)
  })

  test('what the rules do not name is refused', async () => {
    const only: Partial<AuthRules> = { methods: ['scram-sha-256'] }
    await expect(open({ user: 'md5', password: 'secret' }, only)).rejects.toThrow('the server asks for md5')
    await expect(open({ user: 'trusted' }, only)).rejects.toThrow('the server asks for nothing')
    expect(await encrypted(await open({}, only))).toBe(false)
    expect(await encrypted(await open({ user: 'md5', password: 'secret' }))).toBe(false)
    expect(await encrypted(await open({ user: 'trusted' }, { methods: ['none'] }))).toBe(false)
  })
})

const PASSWORD = 'correct horse'
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
/** Knows the password, or only pretends to. */
const scram = (finish: (signature: string, socket: Socket) => void) => {
  const salt = randomBytes(16)
  let first = ''
  let serverFirst = ''
  return (codes: string, socket: Socket, heard: string) => {
    if (codes === '') return socket.write(message('R', 10, 'SCRAM-SHA-256\0\0'))
    if (first === '') {
      first = heard.slice(heard.lastIndexOf('n=*'))
      serverFirst = `r=${/r=([^,\0]+)/.exec(first)![1]}more,s=${salt.toString('base64')},i=4096`
      return socket.write(message('R', 11, serverFirst))
    }
    // A proof may end in `c=`, too: what is signed is what stands before it.
    const last = /c=[^,]+,r=[^,]+(?=,p=)/.exec(heard)![0]
    const salted = pbkdf2Sync(PASSWORD, salt, 4096, 32, 'sha256')
    const signature = hmac(hmac(salted, 'Server Key'), `${first},${serverFirst},${last}`).toString('base64')
    return finish(signature, socket)
  }
}
const against = async (answer: (codes: string, socket: Socket, heard: string) => void, rules = {}) => {
  const fake: FakeServer = await fakeServer((codes, socket) => answer(codes, socket, fake.heard()))
  const config = { host: '127.0.0.1', port: fake.port, user: 'u', password: PASSWORD, database: 'd' }
  try {
    await (await connected(config, rules)).end()
    return { heard: fake.heard() }
  } catch (error) {
    return { error: error as Error, heard: fake.heard() }
  } finally {
    fake.close()
  }
}

describe('a server that is none', () => {
  test('is told from one that knows the password by its signature', async () => {
    const right = scram((signature, socket) =>
      socket.write(Buffer.concat([message('R', 12, `v=${signature}`), WELCOME])),
    )
    expect((await against(right)).error).toBeUndefined()
    const forged = createHash('sha256').update('?').digest('base64')
    const wrong = scram((_, socket) => socket.write(Buffer.concat([message('R', 12, `v=${forged}`), WELCOME])))
    expect((await against(wrong)).error?.message).toMatch(/signature does not match|Authentication refused/)
  })

  test('which leaves its signature out, or all of SCRAM, is refused', async () => {
    const silent = scram((_, socket) => socket.write(WELCOME))
    expect((await against(silent)).error?.message).toMatch(/has not proven/)
    const early = (codes: string, socket: Socket) =>
      codes === '' && socket.write(Buffer.concat([message('R', 10, 'SCRAM-SHA-256\0\0'), WELCOME]))
    expect((await against(early)).error?.message).toMatch(/has not proven/)
    const none = (codes: string, socket: Socket) => codes === '' && socket.write(WELCOME)
    expect((await against(none, { methods: ['scram-sha-256'] })).error?.message).toMatch(/asks for nothing/)
  })

  test('gets no password, neither at once nor after it began to ask for something better', async () => {
    const bare = (codes: string, socket: Socket) => codes === '' && socket.write(message('R', 3))
    const asked = await against(bare)
    expect([asked.error?.message, asked.heard.includes(PASSWORD)]).toEqual([
      expect.stringMatching(/asks for password/),
      false,
    ])
    const later = await against((codes, socket) =>
      socket.write(codes === '' ? message('R', 10, 'SCRAM-SHA-256\0\0') : message('R', 3)),
    )
    expect([later.error?.message, later.heard.includes(PASSWORD)]).toEqual([expect.stringMatching(/twice/), false])
  })

  test('which asks in a way that nobody knows is refused, and the process lives on', async () => {
    const kerberos = (codes: string, socket: Socket) => codes === '' && socket.write(message('R', 7))
    expect((await against(kerberos)).error).toBeInstanceOf(Error)
    const noise = (codes: string, socket: Socket) =>
      codes === '' && socket.write(Buffer.from('HTTP/1.1 400 Bad\r\n\r\n'))
    setTimeout(() => undefined, 0)
    const short = (codes: string, socket: Socket) =>
      codes === '' && socket.end(Buffer.from([0x52, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    expect((await against(short)).error).toBeInstanceOf(Error)
    const closing = (codes: string, socket: Socket) => {
      noise(codes, socket)
      socket.end()
    }
    expect((await against(closing)).error).toBeInstanceOf(Error)
  })
})
