import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import admin from '../src/commands/admin.ts'
import migrate from '../src/commands/migrate.ts'
import { systemConfig } from '../src/config.ts'
import { openKeyring } from '../src/secrets/keyring.ts'
import { openStore } from '../src/store/open.ts'
import { rowsOf } from '../src/store/rows.ts'
import { contextIn, newFolder, PASSWORD } from './opened.ts'
import { run } from './running.ts'

const BIN = resolve(import.meta.dirname, '../../core/src/bin.ts')
const PACKAGES = ['../../connectors/sqlite', '..'].map((path) => resolve(import.meta.dirname, path))

describe('gw migrate and gw admin', () => {
  test('make the store and the first administrator, whose password is told nowhere', async () => {
    const folder = newFolder()
    expect(await run(migrate, folder, [])).toEqual({ code: 0, told: expect.stringMatching(/^Migrated: 0001-first, /) })
    expect(await run(migrate, folder, [])).toEqual({ code: 0, told: 'The store is up to date.' })
    expect(await run(admin, folder, ['create'])).toMatchObject({ code: 1, told: expect.stringContaining('Usage') })
    const create = (env: Record<string, string>) => run(admin, folder, ['create', '--email', 'root@gw.test'], env)
    expect(await create({})).toMatchObject({ code: 1, told: expect.stringContaining('GW_ADMIN_PASSWORD') })
    expect(await create({ GW_ADMIN_PASSWORD: 'short' })).toMatchObject({ code: 1, told: expect.stringContaining('16') })
    expect(await create({ GW_ADMIN_PASSWORD: PASSWORD })).toEqual({
      code: 0,
      told: 'Created the administrator root@gw.test.',
    })
    expect(await create({ GW_ADMIN_PASSWORD: PASSWORD })).toMatchObject({
      code: 1,
      told: expect.stringContaining('is taken'),
    })
    const { context } = await contextIn(folder)
    const store = await openStore(systemConfig(context.config), context)
    const rows = await rowsOf(store, 'user', new AbortController().signal)
    await store.close()
    expect(rows).toMatchObject([
      { email: 'root@gw.test', is_sys_admin: true, password: expect.stringMatching(/^\$argon2id\$/) },
    ])
    rmSync(folder, { recursive: true })
  })

  test('say which setting is wrong, and what to do', async () => {
    const told = async (system: object) => (await run(migrate, newFolder(), [], {}, { system })).told
    expect(await told({ stor: {} })).toMatch(/system.*stor/)
    expect(await told({ store: { type: 'sqlsrv' } })).toMatch(/system\.store\.type.*npm install @gw\/mssql/)
    expect(await told({ store: { type: 'sqlite', databas: 'x' } })).toContain('system.store')
  })

  test('are commands of gw where the package is installed, and say how they are called without doing anything', () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'gw.config.json'), JSON.stringify({ connectors: PACKAGES }))
    const gw = (...args: string[]) =>
      spawnSync(process.execPath, [BIN, ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, NODE_ENV: 'test' },
      })
    expect(gw('migrate', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: gw migrate') })
    expect(gw('keys', 'rotate', '-h')).toMatchObject({ status: 0, stdout: expect.stringContaining('--dry-run') })
    expect(existsSync(join(folder, '.gw', 'system.db'))).toBe(false)
    const { status, stdout } = gw('migrate')
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^Migrated: 0001-first, /) })
    rmSync(folder, { recursive: true })
  })
})

describe('the key', () => {
  test('is asked for where the store is on a network, and has to be one', async () => {
    await expect(openKeyring(undefined, undefined)).rejects.toThrow('GW_SYSTEM_KEY')
    await expect(openKeyring('short', undefined)).rejects.toThrow('32 bytes')
    const first = await openKeyring('ab'.repeat(32), undefined)
    const second = await openKeyring(Buffer.from('ab'.repeat(32), 'hex').toString('base64'), undefined)
    expect(second.decrypt(first.encrypt('x', 'y'), 'y')).toBe('x')
    const folder = newFolder()
    const [one, two] = await Promise.all([openKeyring(undefined, folder), openKeyring(undefined, folder)])
    expect(two.decrypt(one.encrypt('x', 'y'), 'y')).toBe('x')
  })
})
