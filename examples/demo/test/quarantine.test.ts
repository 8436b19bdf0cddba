/** A gateway as `gw start` runs it, among whose services some have code that fails when nobody waits for it. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ensureShop } from '../shop/database.ts'
import { freePort } from './demo.ts'
import { writeConnector } from './written-connector.ts'

const GW = resolve(import.meta.dirname, '../../../packages/core/src/bin.ts')
const KEY = 'a-key-that-is-long-enough'

/** A connector whose code is put where it is to run: as the module is imported, as it starts, and in its handler. */
const connector = (
  name: string,
  { top = '', start = '', handle = '' }: { top?: string; start?: string; handle?: string },
) => `
import { EventEmitter } from 'node:events'
import net from 'node:net'
${top}
const schema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }),
  jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) } } }
const wait = (ms) => new Promise((settle) => setTimeout(settle, ms))
export default { contract: 1, name: '${name}', label: 'x', description: 'x', group: 'Test', config: schema,
  create: (config, host) => ({
    endpoints: [
      { id: 'do', method: 'GET', path: '/do', summary: 'x', async handle(call) { ${handle}; return { done: true } } },
      { id: 'idle', method: 'GET', path: '/idle', summary: 'x', handle: () => ({ idle: true }) },
    ],
    async start() { ${start} },
  }) }
`

/** What fails a connector when one asks it to, and how its quarantine is told. */
// biome-ignore format: reads as a table
const FAILS: Readonly<Record<string, readonly [Parameters<typeof connector>[1], RegExp]>> = {
  timer: [{ handle: "setTimeout(() => { throw new Error('at /opt/secret') }, 5); await wait(50)" }, /threw an error outside of any call/],
  text: [{ handle: "setTimeout(() => { throw 'only a text' }, 5); await wait(50)" }, /threw an error outside of any call/],
  promise: [{ handle: "Promise.reject(new Error('nobody waits'))" }, /had a promise fail that nobody waited for/],
  emitter: [{ handle: "setImmediate(() => new EventEmitter().emit('error', new Error('unheard')))" }, /threw an error outside of any call/],
  socket: [{ handle: "net.connect(1, '127.0.0.1'); await wait(100)" }, /threw an error outside of any call/],
  rows: [{ handle: "return { [Symbol.for('gw.reply.rows')]: true, items: (async function* () { yield { a: 1 }; Promise.reject('within'); yield { a: 2 } })() }" }, /had a promise fail/],
}

describe('a connector that fails when nobody waits for it', () => {
  let folder: string
  let url: string
  let gateway: ReturnType<typeof spawn>
  let log = ''
  const ask = (path: string) => fetch(`${url}/api/v2/${path}`, { headers: { 'X-DreamFactory-API-Key': KEY } })

  const begin = async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    log = ''
    const child = spawn(process.execPath, [GW, 'start'], { cwd: folder, env: { ...process.env, PORT: String(port) } })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        log += chunk
      })
    gateway = child
    await vi.waitFor(async () => expect((await ask('fine/_table/customers?limit=1')).status, log).toBe(200), {
      timeout: 60_000,
      interval: 100,
    })
  }

  beforeAll(async () => {
    mkdirSync(resolve(import.meta.dirname, '../data'), { recursive: true })
    folder = mkdtempSync(resolve(import.meta.dirname, '../data/quarantine-'))
    ensureShop(join(folder, 'shop.sqlite'))
    for (const [name, [code]] of Object.entries(FAILS)) writeConnector(folder, name, connector(name, code))
    writeConnector(
      folder,
      'import',
      connector('import', { top: "setTimeout(() => { throw new Error('later') }, 300)" }),
    )
    writeConnector(
      folder,
      'begins',
      connector('begins', { start: "setTimeout(() => { throw new Error('later') }, 20); await wait(1e6)" }),
    )
    writeConnector(folder, 'exits', connector('exits', { handle: 'process.exit(7)' }))
    writeConnector(
      folder,
      'loud',
      connector('loud', { handle: "for (let i = 0; i < 1e4; i++) host.log.warn('loud ' + i)" }),
    )
    const types = [...Object.keys(FAILS), 'import', 'begins', 'exits', 'loud']
    const configuration = {
      connectors: ['@gw/sqlite', ...types.map((name) => `./${name}`)],
      services: {
        fine: { type: 'sqlite', config: { database: 'shop.sqlite' } },
        ...Object.fromEntries(types.map((name) => [name, { type: name, config: {} }])),
      },
      roles: { all: { access: [{ service: '*', component: '*', verbs: ['GET'] }] } },
      apps: { tests: { apiKey: KEY, role: 'all' } },
    }
    writeFileSync(join(folder, 'gw.config.json'), JSON.stringify(configuration))
    await begin()
  }, 120_000)

  afterAll(async () => {
    if (gateway.exitCode === null) {
      const gone = new Promise((settle) => gateway.once('exit', settle))
      gateway.kill('SIGTERM')
      await gone
    }
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  const answerOf = async (path: string) => {
    const response = await ask(path)
    return `${response.status} ${await response.text()}`
  }

  it.each(Object.entries(FAILS))('in its %s is quarantined, and the others serve', async (service, [, reason]) => {
    await ask(`${service}/do`)
      .then((answer) => answer.text())
      .catch(() => undefined)
    await expect
      .poll(() => answerOf(`${service}/idle`), { timeout: 60_000, interval: 20 })
      .toMatch(/^503 .*quarantined/)
    const answer = await answerOf(`${service}/idle`)
    if (answer.startsWith('503')) expect(answer).toMatch(reason)
    expect(answer).not.toMatch(/\/opt|nobody waits|unheard|127\.0\.0\.1/)
    await expect.poll(() => log).toMatch(new RegExp(`"service":"${service}".*service is quarantined`))
    expect(await answerOf('fine/_table/customers?limit=1')).toMatch(/^200 /)
  })
  it('serves again after a while', async () => {
    await expect.poll(() => answerOf('timer/idle'), { timeout: 60_000, interval: 200 }).toMatch(/^200 /)
  }, 90_000)
  it('from a timer of its module is quarantined as well', () => {
    expect(log).toMatch(/"service":"import".*service is quarantined/)
  })
  it('while it starts is down, with the reason', async () => {
    await expect
      .poll(() => answerOf('begins/idle'), { timeout: 60_000 })
      .toMatch(/^503 .*threw an error outside of any call while it started/)
  })
  it('and writes thousands of lines has most of them left out of the log', async () => {
    expect(await answerOf('loud/do')).toMatch(/^200 /)
    await expect.poll(() => log, { timeout: 30_000 }).toMatch(/"service":"loud","left_out":9\d{3}/)
    expect(log.match(/loud \d+"/g)?.length).toBeLessThan(1_000)
  })
  it('by ending the process is named in the log', async () => {
    const gone = new Promise((settle) => gateway.once('exit', settle))
    await ask('exits/do').catch(() => undefined)
    expect(await gone).toBe(7)
    expect(log).toMatch(/"service":"exits","code":7,.*a connector ends the gateway: it called process\.exit/)
  })
})
