import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyOfDemo, type Demo, freePort, KEY, run, startDemo } from './demo.ts'

const CUSTOMERS = '/api/v2/demo/_table/customers'
const message = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { message: string } }).error.message

describe('the start command', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo()
  }, 120_000)
  afterAll(async () => {
    expect(await demo.stop()).toBe(0)
  })

  it('answers ten customers to the key from the environment', async () => {
    const response = await demo.call(`${CUSTOMERS}?limit=10`)
    const { resource } = (await response.json()) as { resource: { id: number; email: string }[] }
    expect(response.status).toBe(200)
    expect(resource).toHaveLength(10)
    expect(resource[0]).toMatchObject({ id: 1, email: expect.stringContaining('@mail.example') })
  })

  it('refuses a call without a key, and one with a wrong key, with 400', async () => {
    const without = await demo.call(`${CUSTOMERS}?limit=10`, { headers: {} })
    const wrong = await demo.call(`${CUSTOMERS}?limit=10`, { headers: { 'X-DreamFactory-API-Key': 'guess' } })
    expect([without.status, wrong.status]).toEqual([400, 400])
    expect(await message(without)).toMatch(/^No session token \(JWT\) or API Key detected in request\./)
    expect(await message(wrong)).toMatch(/^No session token \(JWT\) provided\./)
  })

  it('writes a record, reads it back and deletes it', async () => {
    const headers = { 'X-DreamFactory-API-Key': KEY, 'content-type': 'application/json' }
    const body = JSON.stringify({ resource: [{ name: 'Repairs', description: 'What can be mended.' }] })
    const created = await demo.call('/api/v2/demo/_table/categories', { method: 'POST', headers, body })
    expect(created.status).toBe(200)
    const { resource } = (await created.json()) as { resource: [{ id: number }] }
    const path = `/api/v2/demo/_table/categories/${resource[0].id}`
    expect(await (await demo.call(path)).json()).toEqual({ ...resource[0], ...JSON.parse(body).resource[0] })
    expect(await (await demo.call(path, { method: 'DELETE', headers })).json()).toEqual(resource[0])
    expect((await demo.call(path)).status).toBe(404)
  })

  it('reads the view of order totals', async () => {
    const response = await demo.call('/api/v2/demo/_table/order_totals?order=total%20desc&limit=1')
    const { resource } = (await response.json()) as { resource: [{ total: number; customer: string }] }
    expect(resource[0].total).toBeGreaterThan(100)
    expect(resource[0].customer).toMatch(/^\S+ \S+/)
  })

  it('prints two curl lines that work when pasted', async () => {
    const lines = demo
      .output()
      .split('\n')
      .filter((line) => line.startsWith('  curl '))
    expect(lines).toHaveLength(2)
    const [read, write] = lines.map((line) =>
      JSON.parse(execFileSync('bash', ['-c', line.replace('curl ', 'curl -sS ')], { encoding: 'utf8' })),
    )
    expect(read.resource).toHaveLength(10)
    expect(write).toMatchObject({ id: 1, city: 'Vienna', country: 'AT' })
  })

  it('takes over a second service while it runs, and refuses it to a role that lacks it with 401', async () => {
    const file = join(demo.folder, 'gw.config.json')
    const config = JSON.parse(readFileSync(file, 'utf8'))
    config.services.second = { ...config.services.demo, label: 'A second one' }
    writeFileSync(file, JSON.stringify(config))
    await until(async () => demo.output().includes('reloaded'))
    const refused = await demo.call('/api/v2/second/_table/customers?limit=1')
    expect(refused.status).toBe(401)
    expect(await message(refused)).toBe('Unauthorized. User is not authenticated.')

    config.roles.shop.access.push({ service: 'second', component: '*', verbs: ['GET'] })
    writeFileSync(file, JSON.stringify(config))
    await until(async () => (await demo.call('/api/v2/second/_table/customers?limit=1')).ok)
    expect((await demo.call(`${CUSTOMERS}?limit=1`)).status).toBe(200)
  })

  it('keeps the running configuration where the edited one is wrong', async () => {
    const file = join(demo.folder, 'gw.config.json')
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, '{ "services": ')
    await until(async () => demo.output().includes('cannot be used'))
    expect((await demo.call(`${CUSTOMERS}?limit=1`)).status).toBe(200)
    writeFileSync(file, before)
  })
})

describe('the start command, when it cannot start', () => {
  const outcome = async (env: Readonly<Record<string, string>>) => {
    const folder = copyOfDemo()
    const child = run(folder, env)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    const code = await new Promise<number | null>((settle) => child.once('exit', settle))
    const made = existsSync(join(folder, 'data'))
    rmSync(folder, { recursive: true })
    return { code, output, made }
  }

  it('says that the port is used, and what to do', async () => {
    const port = await freePort()
    const other = createServer()
    await new Promise<void>((ready) => other.listen(port, '127.0.0.1', ready))
    const { code, output, made } = await outcome({ PORT: String(port) })
    other.close()
    expect(output).toMatch(new RegExp(`^Port ${port} is used by another program\\. Take another one`))
    expect(output).not.toMatch(/ at .*\.ts:\d+/)
    expect([code, made]).toEqual([1, false])
  })

  it('refuses a PORT that is no port', async () => {
    expect(await outcome({ PORT: 'eighty' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('PORT is "eighty"'),
    })
  })
})

/** Asks again until it holds; the test's own time limit ends it. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await delay(50)
}
