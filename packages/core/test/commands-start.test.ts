import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { NODE_OPTIONS } from '../src/commands/node-options.ts'
import { openGateway } from '../src/commands/open.ts'
import {
  connector,
  type FakePackage,
  type FakeProject,
  good,
  makeProject,
  removeProjects,
} from './discovery-projects.ts'

const BIN = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
const KEY = 'a-key-that-is-long-enough'
const running: ChildProcess[] = []
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(removeProjects)

const configured = (services: object, more: object = {}) =>
  JSON.stringify({
    server: { port: 0 },
    services,
    roles: { r: { access: [{ service: '*', component: '*', verbs: ['GET'] }] } },
    apps: { a: { apiKey: `\${env:GW_TEST_KEY:-${KEY}}`, role: 'r' } },
    ...more,
  })
const project = (services: object, more: FakeProject = {}, config: object = {}) =>
  makeProject({
    packages: { 'gw-weather': good('weather') },
    ...more,
    files: { 'gw.config.json': configured(services, config), ...more.files },
  })
const save = (root: string, text: string) => writeFileSync(join(root, 'gw.config.json'), text)

/** What stands behind the program's name. */
const commandLine = ({ pid }: ChildProcess): readonly string[] =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1, -1)

interface Running {
  readonly child: ChildProcess
  readonly api: string
  readonly lines: Record<string, any>[]
  line(message: RegExp): Promise<Record<string, any>>
  get(path: string, key?: string): Promise<{ status: number; body: any }>
  exit(): Promise<number | null>
}
const start = async (
  root: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<Running> => {
  const child = spawn(process.execPath, [BIN, 'start', ...args], { cwd: root, env: { PATH: process.env.PATH, ...env } })
  running.push(child)
  const lines: Record<string, any>[] = []
  let rest = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop()!
    lines.push(...parts.map((part) => JSON.parse(part)))
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const line = (message: RegExp) =>
    vi.waitFor(
      () => {
        const found = lines.find(({ msg }) => message.test(msg))
        if (found === undefined) throw new Error(`no such line. ${errors}${JSON.stringify(lines)}`)
        return found
      },
      { timeout: 60_000, interval: 20 },
    )
  const { api } = await line(/^listening$/)
  return {
    child,
    api,
    lines,
    line,
    async get(path, key = KEY) {
      const response = await fetch(`${api}${path}`, { headers: { 'X-DreamFactory-API-Key': key } })
      return { status: response.status, body: await response.json() }
    },
    exit: () => exited,
  }
}

// Each starts processes, and waits for a line of theirs; the limits only end what hangs.
describe('gw start', { timeout: 120_000 }, () => {
  test('it serves what is configured, says where, and drains when told to stop', async () => {
    const gateway = await start(project({ wx: { type: 'weather' }, gone: { type: 'mysql' } }))
    expect(await gateway.line(/^listening$/)).toMatchObject({
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v2$/),
      docs: expect.stringContaining('/docs/'),
      services: { wx: 'serving', gone: 'down' },
    })
    expect(await gateway.get('/wx/hello')).toEqual({ status: 200, body: { hello: 'world' } })
    expect((await gateway.get('/wx/hello', 'wrong')).status).toBe(400)
    expect(await gateway.get('/gone/x')).toMatchObject({
      status: 503,
      body: { error: { message: expect.stringContaining('npm install @gw/mysql') } },
    })
    gateway.child.kill('SIGTERM')
    expect(await gateway.exit()).toBe(0)
  })

  test.skipIf(process.platform !== 'linux')(
    'it takes little memory for objects that live shortly, unless the operator has said how much',
    async () => {
      const root = project({ wx: { type: 'weather' } })
      const own = await start(root)
      expect(commandLine(own.child)).toEqual([...NODE_OPTIONS, BIN, 'start'])
      const chosen = await start(root, { NODE_OPTIONS: '--max-semi-space-size=64' })
      expect(commandLine(chosen.child)).toEqual([BIN, 'start'])
    },
  )

  test('PORT goes before the configuration, --port before both; .env is read, the environment goes first', async () => {
    const root = project(
      { wx: { type: 'weather' } },
      { files: { '.env': 'GW_TEST_KEY=from-the-dot-env-file\nPORT=1' } },
      { server: { port: 2 } },
    )
    const gateway = await start(root, { PORT: '0' })
    expect(new URL(gateway.api).port).not.toMatch(/^[12]$/)
    expect((await gateway.get('/wx/hello', 'from-the-dot-env-file')).status).toBe(200)
    const other = await start(root, { PORT: '3', GW_TEST_KEY: 'from-the-environment' }, ['--port', '0'])
    expect((await other.get('/wx/hello', 'from-the-environment')).status).toBe(200)
  })

  test('a saved change takes effect without a restart; a wrong one leaves everything as it was', async () => {
    const root = project({ wx: { type: 'weather' } })
    const gateway = await start(root)
    save(root, configured({ wx: { type: 'weather' }, more: { type: 'weather', config: { name: 'you' } } }))
    await gateway.line(/was reloaded/)
    await vi.waitFor(async () => expect((await gateway.get('/more/hello')).body).toEqual({ hello: 'you' }), {
      timeout: 60_000,
    })

    save(root, '{ "services": ')
    expect(await gateway.line(/cannot be used/)).toMatchObject({
      level: 'error',
      reason: expect.stringMatching(/^gw\.config\.json:1: is not valid JSON/),
    })
    expect((await gateway.get('/more/hello')).status).toBe(200)
    expect((await gateway.get('/wx/hello')).status).toBe(200)
  })

  test('SIGHUP reads the configuration again, with what has been installed since', async () => {
    const root = project({ wx: { type: 'weather' }, late: { type: 'late' } })
    const gateway = await start(root)
    expect((await gateway.get('/late/hello')).status).toBe(503)
    const folder = makeProject({ packages: { 'gw-late': good('late') } })
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({ type: 'module', dependencies: { 'gw-weather': '*', 'gw-late': '*' } }),
    )
    const { cpSync } = await import('node:fs')
    cpSync(join(folder, 'node_modules/gw-late'), join(root, 'node_modules/gw-late'), { recursive: true })
    gateway.child.kill('SIGHUP')
    await gateway.line(/was reloaded/)
    await vi.waitFor(async () => expect((await gateway.get('/late/hello')).status).toBe(200), { timeout: 60_000 })
  })

  test('a taken port, or one that is none, is told plainly', async () => {
    const gateway = await start(project({}))
    const port = new URL(gateway.api).port
    const { gw } = await import('./commands-terminal.ts')
    expect(await gw(project({}), 'start', '--port', port)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`Port ${port} is taken`),
    })
    expect(await gw(project({}), 'start', '--port', '80x')).toMatchObject({
      code: 1,
      err: expect.stringContaining('"80x" is not a port'),
    })
  })
})

describe('gw dev', () => {
  test('code that changes is run anew', async () => {
    const root = project(
      { wx: { type: 'local' } },
      { files: { 'local.js': connector('local') } },
      { connectors: ['./local.js'], server: { port: 0 } },
    )
    const child = spawn(process.execPath, [BIN, 'dev'], { cwd: root, env: { PATH: process.env.PATH } })
    running.push(child)
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk
    })
    const said = async (times: number) => {
      const apis = await vi.waitFor(
        () => {
          const found = [...output.matchAll(/"api":"([^"]+)"/g)].map((match) => match[1]!)
          expect(found.length).toBeGreaterThanOrEqual(times)
          return found
        },
        { timeout: 15_000 },
      )
      const response = await fetch(`${apis.at(-1)}/wx/hello`, { headers: { 'X-DreamFactory-API-Key': KEY } })
      return response.json()
    }
    expect(await said(1)).toEqual({ hello: 'world' })
    writeFileSync(join(root, 'local.js'), connector('local').replace("'world'", "'changed'"))
    expect(await said(2)).toEqual({ hello: 'changed' })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await exited
  }, 120_000)
})

describe('openGateway', () => {
  const open = async (root: string) => {
    const opened = await openGateway({ cwd: root, quiet: true })
    closing.push(() => opened.gateway.stop())
    await opened.gateway.start()
    return opened
  }
  const call = async ({ gateway }: Awaited<ReturnType<typeof open>>, path: string) =>
    (await gateway.fetch(new Request(`http://gw.test/api/v2${path}`, { headers: { 'X-DreamFactory-API-Key': KEY } })))
      .status

  const governance = (text: string): Record<string, FakePackage> => ({
    'gw-weather': good('weather'),
    'gw-rules': { gw: { contract: '^1.0', governance: './other' }, files: { 'other.js': text } },
  })

  test('a role that is taken away holds from the reload on', async () => {
    const root = project({ wx: { type: 'weather' } })
    const opened = await open(root)
    expect(await call(opened, '/wx/hello')).toBe(200)
    save(root, configured({ wx: { type: 'weather' } }, { roles: { r: { access: [] } } }))
    expect(await opened.reload()).toBe(true)
    expect(await call(opened, '/wx/hello')).toBe(401)
  })

  test('a configuration whose roles refer to nothing is not taken over, nor its connectors', async () => {
    const root = project({ wx: { type: 'weather' } })
    const opened = await open(root)
    save(root, configured({ wx: { type: 'weather' } }, { connectors: [], roles: {} }))
    expect(await opened.reload()).toBe(false)
    expect(opened.registry.types().map(({ name }) => name)).toEqual(['weather'])
    expect(await call(opened, '/wx/hello')).toBe(200)
  })

  test('a package’s governance takes the place of core’s own', async () => {
    const packages = governance(`export default ({ config, root }) => ({
      name: 'rules', services: async () => [], resolveSecrets: async (c) => c, state: () => ({}),
      authenticate: () => ({ caller: { requestor: 'api', admin: true, lookup: () => undefined }, admin: true }),
    })`)
    const opened = await open(project({ wx: { type: 'weather' } }, { packages }))
    expect(opened.gateway.services()).toEqual([])
    expect(await opened.reload()).toBe(false)
  })

  test('a governance that cannot be used stops the start: core’s own never stands in for it', async () => {
    const throwing = project({}, { packages: governance('throw new Error("no licence")') })
    await expect(openGateway({ cwd: throwing, quiet: true })).rejects.toThrow(
      'gw-rules@1.2.3 cannot be imported: no licence',
    )
    const nothing = project({}, { packages: governance('export default 1') })
    await expect(openGateway({ cwd: nothing, quiet: true })).rejects.toThrow('gw-rules cannot be used')
    const gone = project({}, { packages: governance('') })
    rmSync(join(gone, 'node_modules/gw-rules/other.js'))
    await expect(openGateway({ cwd: gone, quiet: true })).rejects.toThrow('is it built?')
    const two = project(
      {},
      {
        packages: {
          ...governance('export default () => 1'),
          'gw-more': { gw: { contract: '^1.0', governance: './other' } },
        },
      },
    )
    await expect(openGateway({ cwd: two, quiet: true })).rejects.toThrow('gw-rules and gw-more both offer a governance')
    const future = project({}, { packages: { 'gw-rules': { gw: { contract: '^2.0', governance: './other' } } } })
    await expect(openGateway({ cwd: future, quiet: true })).rejects.toThrow('needs contract ^2.0')
  })
})
