/** One gateway, one healthy service, and five that are broken in five ways: each says why, and costs only itself. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { ensureShop } from '../shop/database.ts'
import { freePort } from './demo.ts'
import { writeConnector } from './written-connector.ts'

const GW = resolve(import.meta.dirname, '../../../packages/core/src/bin.ts')
const KEY = 'a-key-that-is-long-enough'
const postgres = inject('postgres' as never) as { host: string; port: number; user: string } | undefined
const MISSING = postgres ? '' : ` (skipped: ${inject('postgresMissing' as never)})`

const HANGS = `
const schema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }),
  jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) } } }
export default { contract: 1, name: 'hangs', label: 'Hangs', description: 'Never starts.', group: 'Test', config: schema,
  create: () => ({ endpoints: [], start: () => new Promise(() => {}) }) }
`

// biome-ignore format: reads as a table
const REASONS: Readonly<Record<string, RegExp>> = {
  wrongpassword: /refused the service's credentials/,
  stopped: /can not be reached/,
  missing: /not installed/,
  throws: /could not be|cannot be|failed/i,
  hangs: /did not start within/,
}

describe.skipIf(!postgres)(`broken services${MISSING}`, () => {
  let folder: string
  let url: string
  let gateway: ReturnType<typeof spawn>
  let log = ''
  const ask = (service: string) =>
    fetch(`${url}/api/v2/${service}/_table/customers?limit=1`, { headers: { 'X-DreamFactory-API-Key': KEY } })

  beforeAll(async () => {
    mkdirSync(resolve(import.meta.dirname, '../data'), { recursive: true })
    folder = mkdtempSync(resolve(import.meta.dirname, '../data/broken-'))
    ensureShop(join(folder, 'shop.sqlite'))
    writeConnector(folder, 'throws', "throw new Error('no driver at /opt/secret/driver.so')")
    writeConnector(folder, 'hangs', HANGS)
    const database = {
      host: postgres!.host,
      port: postgres!.port,
      database: 'postgres',
      username: postgres!.user,
      sslmode: 'disable',
    }
    const port = await freePort()
    const configuration = {
      server: { startTimeout: 1500 },
      connectors: ['@gw/sqlite', '@gw/postgres', './throws', './hangs'],
      services: {
        fine: { type: 'sqlite', config: { database: 'shop.sqlite' } },
        wrongpassword: { type: 'pgsql', config: { ...database, password: 'wrong' } },
        stopped: { type: 'pgsql', config: { ...database, port: await freePort(), password: 'x' } },
        missing: { type: 'mysql', config: {} },
        throws: { type: 'throws', config: {} },
        hangs: { type: 'hangs', config: {} },
      },
      roles: { all: { access: [{ service: '*', component: '*', verbs: ['GET'] }] } },
      apps: { tests: { apiKey: KEY, role: 'all' } },
    }
    writeFileSync(join(folder, 'gw.config.json'), JSON.stringify(configuration))
    url = `http://127.0.0.1:${port}`
    gateway = spawn(process.execPath, [GW, 'start'], { cwd: folder, env: { ...process.env, PORT: String(port) } })
    for (const stream of [gateway.stdout!, gateway.stderr!])
      stream.on('data', (chunk) => {
        log += chunk
      })
    await vi.waitFor(async () => expect((await ask('fine')).status).toBe(200), { timeout: 15_000, interval: 100 })
  }, 120_000)

  afterAll(async () => {
    const gone = new Promise((settle) => gateway.once('exit', settle))
    gateway.kill('SIGTERM')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  it.each(Object.entries(REASONS))(
    '%s is answered 503 with a readable reason, which the log has too',
    async (service, reason) => {
      const answer = async () => {
        const response = await ask(service)
        return `${response.status} ${await response.text()}`
      }
      await expect.poll(answer, { timeout: 60_000 }).toMatch(new RegExp(`^503 .*(${reason.source})`, 'i'))
      expect(await answer()).not.toMatch(/127\.0\.0\.1|\/opt|\.js|at \w+ \(/)
      expect(log).toMatch(new RegExp(`"service":"${service}"`))
    },
  )

  it('the healthy service answers all the while', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('fine')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it('gw doctor names each of them with its reason, and fails', () => {
    const { stdout, status } = spawnSync(process.execPath, [GW, 'doctor'], { cwd: folder, encoding: 'utf8' })
    expect(status).toBe(1)
    for (const [service, reason] of Object.entries(REASONS)) {
      const line = stdout.split('\n').find((one) => one.includes(service)) ?? ''
      expect(`${line}\n${stdout}`, service).toMatch(reason)
      expect(line, service).not.toBe('')
    }
    expect(stdout).toMatch(/fine.*serving/)
  }, 120_000)
})
