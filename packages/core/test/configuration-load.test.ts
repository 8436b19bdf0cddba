import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ConfigurationError, loadConfiguration } from '../src/configuration/index.ts'

const folders: string[] = []
const project = (files: Record<string, string>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-config-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const load = (files: Record<string, string>, env: Record<string, string> = {}) =>
  loadConfiguration({ cwd: project(files), env })
const problemsOf = async (files: Record<string, string>, env: Record<string, string> = {}) => {
  const error = await load(files, env).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ConfigurationError)
  return error as ConfigurationError
}
const json = (value: unknown) => ({ 'gw.config.json': JSON.stringify(value, null, 2) })

describe('the formats of gw.config', () => {
  const expected = { db: expect.objectContaining({ type: 'sqlite', active: true, config: { database: 'a.db' } }) }

  test('JSON is read', async () => {
    const loaded = await load(json({ services: { db: { type: 'sqlite', config: { database: 'a.db' } } } }))
    expect(loaded.config.services).toEqual(expected)
    expect(loaded.format).toBe('json')
  })

  test('YAML is read', async () => {
    const loaded = await load({
      'gw.config.yaml': 'services:\n  db:\n    type: sqlite\n    config: { database: a.db }\n',
    })
    expect(loaded.config.services).toEqual(expected)
    expect(loaded.format).toBe('yaml')
  })

  test('TypeScript is imported, and imported anew when it has changed', async () => {
    const cwd = project({
      'package.json': '{"type":"module"}',
      'gw.config.ts': 'const port: number = 1111\nexport default { server: { port } }\n',
    })
    expect((await loadConfiguration({ cwd })).config.server.port).toBe(1111)
    writeFileSync(join(cwd, 'gw.config.ts'), 'export default { server: { port: 2222 } }\n')
    expect((await loadConfiguration({ cwd })).config.server.port).toBe(2222)
  })

  test('the first format that is there is taken, and `file` goes before all', async () => {
    const cwd = project({ 'gw.config.json': '{"server":{"port":1}}', 'gw.config.yml': 'server: { port: 2 }' })
    expect((await loadConfiguration({ cwd })).config.server.port).toBe(1)
    expect((await loadConfiguration({ cwd, file: 'gw.config.yml' })).config.server.port).toBe(2)
  })

  test('defaults are filled in where nothing is written', async () => {
    const { config } = await load(json({}))
    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 8080,
      basePath: '/api',
      trustedProxies: [],
      bodyLimit: 10_485_760,
      requestTimeout: 30_000,
      maxCalls: 1_000,
      drainTimeout: 30_000,
      startTimeout: 10_000,
      compression: true,
      wrapper: 'resource',
      alwaysWrap: true,
      docs: true,
    })
    expect(config).toMatchObject({ services: {}, roles: {}, apps: {}, lookups: {}, state: { directory: '.gw/state' } })
  })
})

describe('what is wrong is said with its place', () => {
  test('a missing file names the command that makes one', async () => {
    expect((await problemsOf({})).message).toMatch(/there is no gw\.config\.\*.*gw init/)
  })

  test('broken JSON names the line and column, and never quotes the text around it', async () => {
    const { message } = await problemsOf({ 'gw.config.json': '{\n  "apps": {\n    "secret-name": x\n  }\n}' })
    expect(message).toMatch(/^gw\.config\.json:3: is not valid JSON.*column 20/)
    expect(message).not.toContain('secret-name')
  })

  test('JSON that ends too early names its last line', async () => {
    expect((await problemsOf({ 'gw.config.json': '{\n  "server": {\n' })).message).toMatch(
      /^gw\.config\.json:3: is not valid JSON/,
    )
  })

  test('a key that stands twice in JSON is an error, since one of the two would be lost', async () => {
    const { message } = await problemsOf({ 'gw.config.json': '{"services":{\n"a":{"type":"x"},\n"a":{"type":"y"}}}' })
    expect(message).toMatch(/^gw\.config\.json:3: .*unique/)
  })

  test('broken YAML names the line', async () => {
    expect((await problemsOf({ 'gw.config.yaml': 'server:\n  port: 1\n  host: [a\n' })).message).toMatch(
      /^gw\.config\.yaml:[34]: /,
    )
  })

  test('a configuration that throws on import gives its first line', async () => {
    const { message } = await problemsOf({ 'gw.config.mjs': 'throw new Error("no luck\\nsecond line")' })
    expect(message).toBe('gw.config.mjs: cannot be imported: no luck')
  })

  test('a configuration without a default export says what to write', async () => {
    expect((await problemsOf({ 'gw.config.mjs': 'export const a = 1' })).message).toContain('export default')
  })

  test('a misspelt key is named with its line and the key that was meant', async () => {
    const error = await problemsOf({
      'gw.config.json': '{\n "services": {\n  "db": {\n   "tpye": "sqlite", "type": "sqlite"\n } } }',
    })
    expect(error.problems).toEqual([
      { path: 'services.db.tpye', message: 'is not a known key. Did you mean "type"?', line: 4 },
    ])
    expect(error.message).toBe('gw.config.json:4: services.db.tpye: is not a known key. Did you mean "type"?')
  })

  test('a key like none lists those that are known', async () => {
    expect((await problemsOf(json({ state: { where: 'x' } }))).message).toContain('Known here: directory')
  })

  test('misspelt keys inside a role’s access rows are found too', async () => {
    const roles = { shop: { access: [{ service: 'db', component: '*', verbs: ['GET'], denyField: ['a'] }] } }
    expect((await problemsOf(json({ roles }))).problems[0]).toMatchObject({
      path: 'roles.shop.access[0].denyField',
      message: 'is not a known key. Did you mean "denyFields"?',
    })
  })

  test('all problems are told at once', async () => {
    const { problems } = await problemsOf(
      json({
        server: { port: 'x' },
        log: { level: 'inof' },
        services: { db: {} },
        roles: { r: { access: [{ service: 'a', component: '*', verbs: ['GTE'] }] } },
      }),
    )
    expect(Object.fromEntries(problems.map(({ path, message }) => [path, message]))).toEqual({
      'server.port': 'must be of type number, not string',
      'log.level': 'must be one of debug, info, warn, error, silent. Did you mean "info"?',
      'services.db.type': expect.stringContaining('is missing'),
      'roles.r.access[0].verbs[0]': 'must be one of GET, POST, PUT, PATCH, DELETE. Did you mean "GET"?',
    })
  })

  test('an access row must say its component and verbs: nothing is granted by leaving out', async () => {
    const { problems } = await problemsOf(json({ roles: { r: { access: [{ service: 'db' }] } } }))
    expect(problems.map(({ path }) => path)).toEqual(['roles.r.access[0].component', 'roles.r.access[0].verbs'])
  })

  test('an unknown filter operator is refused', async () => {
    const access = [
      { service: 'db', component: '*', verbs: ['GET'], filters: [{ name: 'a', operator: '=; drop', value: 1 }] },
    ]
    expect((await problemsOf(json({ roles: { r: { access } } }))).message).toContain('is not an operator')
  })

  test('a service name with a slash is refused, and names differing by case only', async () => {
    expect((await problemsOf(json({ services: { 'a/b': { type: 'x' } } }))).message).toContain(
      'may hold letters, digits',
    )
    expect((await problemsOf(json({ services: { Db: { type: 'x' }, db: { type: 'x' } } }))).message).toContain(
      'is there twice',
    )
  })

  test('service names are kept in lower case', async () => {
    expect(Object.keys((await load(json({ services: { MyDb: { type: 'x' } } }))).config.services)).toEqual(['mydb'])
  })

  test('a lookup cannot take the name of a built-in one', async () => {
    expect((await problemsOf(json({ lookups: { 'user.id': '1' } }))).message).toContain('built in')
  })

  test('credentials for any origin are refused', async () => {
    expect((await problemsOf(json({ cors: [{ origins: ['*'], credentials: true }] }))).problems[0]?.path).toBe(
      'cors[0].credentials',
    )
  })
})

describe('references in gw.config', () => {
  test('they are replaced, also where a number or a boolean is wanted', async () => {
    const { config } = await load(
      {
        ...json({
          server: { port: '${env:P}', compression: '${env:C}' },
          apps: { a: { apiKey: '${file:key.txt}', role: 'r' } },
        }),
        'key.txt': 'abc\n',
      },
      { P: '99', C: 'false' },
    )
    expect(config.server).toMatchObject({ port: 99, compression: false })
    expect(config.apps.a?.apiKey).toBe('abc')
  })

  test('a service’s own config keeps them, so that a missing secret takes down that service only', async () => {
    const services = { db: { type: 'x', label: '${env:L}', config: { password: '${env:NOPE}' } } }
    expect((await load(json({ services }), { L: 'Shop' })).config.services.db).toMatchObject({
      label: 'Shop',
      config: { password: '${env:NOPE}' },
    })
  })

  test('every missing one is named at once', async () => {
    const error = await problemsOf(json({ server: { host: '${env:A}', wrapper: '${env:B}' } }))
    expect(error.problems.map(({ path }) => path)).toEqual(['server.host', 'server.wrapper'])
    expect(error.message).toContain('gw.config.json: server.host: ${env:A} cannot be resolved')
  })

  test('the files that are named are told, for watching', async () => {
    const services = { db: { type: 'x', config: { password: '${file:secrets/p}' } } }
    const loaded = await load(json({ services }))
    expect(loaded.references).toEqual([join(loaded.root, 'secrets/p')])
  })
})
