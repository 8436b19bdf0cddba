import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ServiceType } from '@gw/core'
import { afterAll, describe, expect, test } from 'vitest'
import { packagesOf, writeProject } from '../src/project.ts'
import { STARTERS } from '../src/starters.ts'

const run = promisify(execFile)
const BIN = join(import.meta.dirname, '../src/bin.ts')
const base = mkdtempSync(join(tmpdir(), 'create-gw-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))
const read = (...path: readonly string[]) => readFileSync(join(base, ...path), 'utf8')

describe('a first service', () => {
  test.each(Object.entries(STARTERS))(
    'of %s is what its connector takes',
    async (_, { package: name, type, config }) => {
      const found = ((await import(name)) as { default: ServiceType }).default
      expect(found.name).toBe(type)
      const filled = Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, String(value).startsWith('$') ? 'mongodb://h/d' : value]),
      )
      expect(await found.config['~standard'].validate(filled)).not.toHaveProperty('issues')
    },
  )
})

describe('a project', () => {
  test('has every service that was asked for, and a key that only its owner reads', () => {
    writeProject({ folder: join(base, 'shop'), connectors: ['sqlite', 'mysql', 'gw-weather'] })
    const config = read('shop', 'gw.config.ts')
    expect(config).toContain("db: { type: 'sqlite', config: { database: 'data.db', create: true } },")
    expect(config).toContain("password: env('MYSQL_PASSWORD')")
    expect(read('shop', '.env')).toMatch(/^GW_API_KEY=[0-9a-f]{64}\nMYSQL_PASSWORD=\n$/)
    expect(statSync(join(base, 'shop/.env')).mode & 0o777).toBe(0o600)
    expect(read('shop', '.gitignore').split('\n')).toContain('.env')
    expect(JSON.parse(read('shop', 'package.json'))).toMatchObject({ name: 'shop', private: true })
  })

  test('is never written over another', () => {
    writeProject({ folder: join(base, 'once'), connectors: [] })
    const before = read('once', '.env')
    expect(() => writeProject({ folder: join(base, 'once'), connectors: [] })).toThrow('once is not empty')
    expect(read('once', '.env')).toBe(before)
  })

  test('installs the core, and each connector once', () => {
    expect(packagesOf(['sqlite', 'gw-weather', '@gw/sqlite'])).toEqual(['@gw/core', '@gw/sqlite', 'gw-weather'])
  })
})

describe('npm create gw', () => {
  test.each(['--global', '../x', 'https://host/x.tgz', 'toString'])('refuses "%s" as a connector', async (name) => {
    const args = [BIN, 'refused', '--yes', `--connectors=${name}`]
    const failed = await run(process.execPath, args, { cwd: base }).catch((error) => error)
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('neither a connector of gw nor the name') })
    expect(existsSync(join(base, 'refused'))).toBe(false)
  })

  test('says how to go on with the package manager that ran it', async () => {
    const env = { PATH: process.env.PATH, npm_config_user_agent: 'pnpm/12.0.0 node/v24.0.0 linux x64' }
    const args = [BIN, 'plain', '--yes', '--no-install', '--connectors', 'sqlite']
    const { stdout } = await run(process.execPath, args, { cwd: base, env })
    expect(stdout).toContain('  cd plain\n  pnpm add @gw/core @gw/sqlite\n  npx gw start')
  })
})
