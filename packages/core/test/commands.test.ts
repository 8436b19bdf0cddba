import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadConfiguration } from '../src/configuration/index.ts'
import { gw } from './commands-terminal.ts'
import { connector, type FakeProject, good, makeProject, removeProjects } from './discovery-projects.ts'

afterAll(removeProjects)

const KEY = 'a-key-that-is-long-enough'
const access = {
  roles: { r: { access: [{ service: '*', component: '*', verbs: ['GET'] }] } },
  apps: { a: { apiKey: KEY, role: 'r' } },
}
const withConfig = (config: object, project: FakeProject = {}): string =>
  makeProject({
    ...project,
    files: { 'gw.config.json': JSON.stringify({ ...access, ...config }, null, 2), ...project.files },
  })

const weather = { packages: { 'gw-weather': good('weather') } }
const broken: FakeProject = {
  packages: {
    'gw-weather': good('weather'),
    'gw-throws': { ...good('throws'), files: { 'index.js': 'throw new Error("cannot load its driver")' } },
    'gw-future': { ...good('future'), gw: { contract: '^2.0', serviceTypes: { future: '.' } } },
    'gw-hangs': {
      ...good('hangs'),
      files: {
        'index.js': connector('hangs').replace(
          'start: async () => {',
          'start: async () => { await new Promise(() => {});',
        ),
      },
    },
  },
}
const services = {
  fine: { type: 'weather', config: {} },
  wrong: { type: 'weather', config: { bad: 1 } },
  secretless: { type: 'weather', config: { password: '${env:GW_TEST_UNSET}' } },
  explodes: { type: 'weather', config: { explode: true } },
  fails: { type: 'weather', config: { fail: true } },
  throws: { type: 'throws' },
  future: { type: 'future' },
  missing: { type: 'mysql' },
  hangs: { type: 'hangs' },
  off: { type: 'weather', active: false },
}

describe('gw check', () => {
  test('a valid configuration is said to be valid', async () => {
    expect(await gw(withConfig({ services: { a: { type: 'weather' } } }, weather), 'check')).toEqual({
      code: 0,
      out: '✓ The configuration is valid.',
      err: '',
    })
  })

  test('every service that cannot be made is told at once, and nothing is started', async () => {
    const { code, out } = await gw(withConfig({ services }, broken), 'check')
    expect(code).toBe(1)
    const lines = Object.fromEntries(
      out.split('\n').flatMap((line) => (/^✗ services\.(\w+)/.test(line) ? [[RegExp.$1, line]] : [])),
    )
    expect(Object.keys(lines).sort()).toEqual(['explodes', 'future', 'missing', 'secretless', 'throws', 'wrong'])
    expect(lines.wrong).toMatch(/services\.wrong\.config, line \d+: .*config\.bad: is bad/)
    expect(lines.secretless).toContain('${env:GW_TEST_UNSET} cannot be resolved')
    expect(lines.throws).toContain('gw-throws@1.2.3 cannot be imported: cannot load its driver')
    expect(lines.future).toContain('needs contract ^2.0')
    expect(lines.missing).toContain('npm install @gw/mysql')
    expect(lines.explodes).toContain('exploded')
    expect(out).toMatch(/6 problems\.$/)
  })

  test('roles and apps that refer to nothing are told beside the services', async () => {
    const { code, out } = await gw(
      withConfig({ services: { a: { type: 'nope' } }, apps: { a: { apiKey: KEY, role: 'x' } } }),
      'check',
    )
    expect(code).toBe(1)
    expect(out).toContain('✗ apps.a.role: there is no role "x"')
    expect(out).toContain('There is no service type "nope"')
  })

  test('a file that does not parse is one problem with its line', async () => {
    const { code, out } = await gw(makeProject({ files: { 'gw.config.json': '{\n"a" 1}' } }), 'check')
    expect([code, out]).toEqual([1, expect.stringMatching(/^✗ line 2: is not valid JSON/)])
  })

  test('a text that a reference gave is turned into the number that the type asks for', async () => {
    const config = `config: { '~standard': { version: 1, vendor: 'x',
      validate: (value) => typeof value.port === 'number' ? { value } : { issues: [{ message: 'no number', path: ['port'] }] },
      jsonSchema: { input: () => ({ type: 'object', properties: { port: { type: 'integer' } } }), output: () => ({}) } } },`
    const root = withConfig(
      { services: { a: { type: 'ports', config: { port: '${env:GW_TEST_UNSET_PORT:-5432}' } } } },
      { packages: { 'gw-ports': { ...good('ports'), files: { 'index.js': connector('ports', config) } } } },
    )
    expect((await gw(root, 'check')).out).toBe('✓ The configuration is valid.')
  })

  test('a second service of a type that allows one is a problem', async () => {
    const root = withConfig(
      { services: { a: { type: 'one' }, b: { type: 'one' } } },
      { packages: { 'gw-one': good('one', 'singleton: true') } },
    )
    expect((await gw(root, 'check')).out).toMatch(
      /services\.b, line \d+: there can be only one service of the type "one", and a is one/,
    )
  })
})

describe('gw doctor', () => {
  test('it says of each service what is wrong and what to do, and the rest runs', async () => {
    const { code, out } = await gw(withConfig({ server: { startTimeout: 300 }, services }, broken), 'doctor')
    expect(code).toBe(1)
    const row = (name: string) =>
      out
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(/ {2,}/)
    expect(row('fine')).toEqual(['fine', 'weather', 'gw-weather@1.2.3', 'serving'])
    expect(row('off')).toEqual(['off', 'weather', 'gw-weather@1.2.3', 'inactive'])
    expect(row('missing')).toEqual(['missing', 'mysql', '-', 'down', 'install it'])
    expect(row('secretless')?.slice(3)).toEqual(['down', 'set the variable, in the environment or in .env'])
    expect(row('hangs')?.[3]).toBe('down')
    expect(out).toContain('✗ fails: no route to host')
    expect(out).toContain('✗ throws: gw-throws@1.2.3 cannot be imported: cannot load its driver')
    expect(out).toMatch(/✗ hangs: .*did not start within/)
    expect(out).toContain('! gw-future@1.2.3 needs contract ^2.0')
  })

  test('a sound gateway is well', async () => {
    const { code, out } = await gw(withConfig({ services: { a: { type: 'weather' } } }, weather), 'doctor')
    expect([code, out]).toEqual([0, expect.stringContaining('✓ All is well.')])
  })

  test('a service that is up but does not reach its source is found', async () => {
    const sick = connector('sick').replace(
      'start:',
      `health: async () => { throw new Error('password authentication failed') }, start:`,
    )
    const root = withConfig(
      { services: { a: { type: 'sick' } } },
      { packages: { 'gw-sick': { ...good('sick'), files: { 'index.js': sick } } } },
    )
    const { code, out } = await gw(root, 'doctor')
    expect([code, out]).toEqual([1, expect.stringMatching(/unreachable +check user name and password/)])
  })

  test('a short key and an unresolvable egress host are remarked on, without the key', async () => {
    const { code, out } = await gw(
      withConfig({ apps: { a: { apiKey: 'hush', role: 'r' } }, egress: { allow: ['no-such-host.invalid:80'] } }),
      'doctor',
    )
    expect(code).toBe(1)
    expect(out).toContain('! apps.a: its key is shorter than 16 characters')
    expect(out).toContain('! egress: the name no-such-host.invalid cannot be resolved')
    expect(out).not.toContain('hush')
  })
})

describe('gw connectors', () => {
  test('it lists types with their package, and says what does not work', async () => {
    const { code, out } = await gw(withConfig({}, broken), 'connectors')
    expect(code).toBe(1)
    const rows = out.split('\n').map((line) => line.split(/ {2,}/))
    expect(rows).toContainEqual(['weather', 'gw-weather', '1.2.3', '^1.0', 'ok'])
    expect(rows).toContainEqual(['throws', 'gw-throws', '1.2.3', '^1.0', 'of no use'])
    expect(out).toContain('✗ gw-future@1.2.3 needs contract ^2.0')
  })

  test('it works without a configuration', async () => {
    const { code, out, err } = await gw(makeProject(weather), 'connectors')
    expect([code, out]).toEqual([0, expect.stringContaining('gw-weather')])
    expect(err).toContain('there is no gw.config')
  })
})

describe('gw openapi', () => {
  const root = withConfig(
    { services: { wx: { type: 'weather' }, bad: { type: 'weather', config: { fail: true } } } },
    weather,
  )

  test('the document of one service is printed, as JSON or YAML', async () => {
    const json = await gw(root, 'openapi', 'WX')
    expect(json.code).toBe(0)
    expect(JSON.parse(json.out)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), paths: { '/hello': {} } })
    const yaml = await gw(root, 'openapi', 'wx', '--format', 'yaml', '--openapi', '3.0')
    expect(parse(yaml.out)).toMatchObject({ openapi: expect.stringMatching(/^3\.0/), paths: { '/hello': {} } })
  })

  test('a service that is not there, or down, is told on standard error', async () => {
    expect(await gw(root, 'openapi', 'wxx')).toEqual({
      code: 1,
      out: '',
      err: 'There is no service "wxx". Did you mean "wx"?',
    })
    expect(await gw(root, 'openapi', 'bad')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('no route to host'),
    })
  })
})

describe('gw init', () => {
  test('it writes a configuration that loads, with a fresh key that only its owner may read', async () => {
    const root = makeProject(weather)
    const { code, out } = await gw(root, 'init')
    expect([code, out]).toEqual([0, expect.stringContaining('npx gw start')])
    const key = /^GW_API_KEY=([0-9a-f]{64})$/m.exec(readFileSync(join(root, '.env'), 'utf8'))?.[1]
    expect(key).toBeDefined()
    expect(out).not.toContain(key)
    expect(statSync(join(root, '.env')).mode & 0o077).toBe(0)
    expect(readFileSync(join(root, '.gitignore'), 'utf8')).toBe('.env\n.gw/\n')
    const { config } = await loadConfiguration({ cwd: root, env: { GW_API_KEY: key! } })
    expect(config.apps.default).toMatchObject({ apiKey: key, role: 'reader' })
    expect(config.roles.reader?.access).toMatchObject([{ service: '*', component: '*', verbs: ['GET'] }])
    const schema = JSON.parse(readFileSync(join(root, '.gw/config.schema.json'), 'utf8'))
    expect(Object.keys(schema.definitions)).toContain('weather')
  })

  test('two runs give two keys', async () => {
    const keys = await Promise.all(
      [1, 2].map(async () => {
        const root = makeProject({})
        await gw(root, 'init')
        return readFileSync(join(root, '.env'), 'utf8')
      }),
    )
    expect(keys[0]).not.toBe(keys[1])
  })

  test('nothing that is there is overwritten', async () => {
    const root = makeProject({ files: { '.env': 'A=1\nGW_API_KEY=mine', '.gitignore': 'dist' } })
    await gw(root, 'init')
    expect(readFileSync(join(root, '.env'), 'utf8')).toBe('A=1\nGW_API_KEY=mine')
    expect(readFileSync(join(root, '.gitignore'), 'utf8')).toBe('dist\n.env\n.gw/\n')
    const before = readFileSync(join(root, 'gw.config.json'), 'utf8')
    expect(await gw(root, 'init')).toMatchObject({ code: 1, err: expect.stringContaining('is there already') })
    expect(readFileSync(join(root, 'gw.config.json'), 'utf8')).toBe(before)

    const other = makeProject({ files: { 'gw.config.yaml': 'services: {}' } })
    expect((await gw(other, 'init')).code).toBe(1)
    expect(existsSync(join(other, 'gw.config.json'))).toBe(false)
  })
})

describe('gw schema', () => {
  test('it writes what it can and says what it leaves out', async () => {
    const root = withConfig({}, broken)
    const { code, err } = await gw(root, 'schema')
    expect(code).toBe(0)
    expect(err).toContain('Left out: gw-throws@1.2.3 cannot be imported')
    const { definitions } = JSON.parse(readFileSync(join(root, '.gw/config.schema.json'), 'utf8'))
    expect(Object.keys(definitions)).toEqual(['weather', 'hangs'])
  })
})

describe('commands of packages', () => {
  const command = `export default { description: 'x', run: (args, context) => { globalThis.__ran = { args, cwd: context.cwd }; return 7 } }`
  const packages = {
    'gw-tools': {
      gw: { contract: '^1.0', commands: { migrate: './other', check: './other' } },
      files: { 'other.js': command },
    },
    'gw-broken': { gw: { contract: '^1.0', commands: { oops: './other' } }, files: { 'other.js': 'export default 1' } },
    'gw-future': { gw: { contract: '^3.0', commands: { later: './other' } }, files: { 'other.js': command } },
  }
  const root = withConfig({}, { packages })

  test('one is run with what stands after its name, and gives the exit code', async () => {
    expect((await gw(root, 'migrate', '--force', 'up')).code).toBe(7)
    expect((globalThis as any).__ran).toEqual({ args: ['--force', 'up'], cwd: root })
  })

  test('help lists them', async () => {
    const { out } = await gw(root, '--help')
    expect(out).toMatch(/migrate.*from gw-tools/)
  })

  test('they cannot take the place of a command of gw', async () => {
    ;(globalThis as any).__ran = undefined
    expect((await gw(root, 'check')).out).toContain('is valid')
    expect((globalThis as any).__ran).toBeUndefined()
    expect((await gw(root, '--help')).err).toContain('The command "check" of gw-tools is left out')
  })

  test('a broken one, and one for another contract, are refused', async () => {
    expect(await gw(root, 'oops')).toMatchObject({ code: 1, err: expect.stringContaining('gw-broken cannot be used') })
    expect(await gw(root, 'later')).toMatchObject({ code: 1, err: expect.stringContaining("unknown command 'later'") })
  })
})

describe('the program', () => {
  test('it knows its version, and what was meant by a misspelt command', async () => {
    expect(await gw(makeProject({}), '--version')).toMatchObject({ code: 0, out: '9.8.7' })
    expect(await gw(makeProject({}), 'docter')).toMatchObject({ code: 1, err: expect.stringContaining('doctor') })
  })

  test('another configuration is named by --config, before or after the command', async () => {
    const root = makeProject({})
    mkdirSync(join(root, 'etc'))
    writeFileSync(join(root, 'etc/other.yaml'), 'services: { a: { type: nope } }')
    for (const args of [
      ['-c', 'etc/other.yaml', 'check'],
      ['check', '-c', 'etc/other.yaml'],
    ]) {
      expect((await gw(root, ...args)).out, args.join(' ')).toContain('no service type "nope"')
    }
  })

  test('a configuration that is not there is told without a stack', async () => {
    const { code, err } = await gw(makeProject({}), 'doctor')
    expect([code, err]).toEqual([1, expect.stringMatching(/^gw: there is no gw\.config\.\*/)])
    expect(err).not.toContain(' at ')
  })
})
