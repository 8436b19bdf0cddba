import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { GwError, type ServiceType } from '../src/contract.ts'
import { discover } from '../src/discovery/index.ts'
import { connector, type FakeProject, good, makeProject, removeProjects } from './discovery-projects.ts'

afterAll(removeProjects)

const registryOf = (project: FakeProject, connectors?: readonly (string | ServiceType)[]) =>
  discover({ root: makeProject(project), connectors })

const refusal = async (loading: Promise<unknown>): Promise<string> => {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(GwError.is(error)).toBe(true)
  expect((error as GwError).code).toBe('unavailable')
  return (error as GwError).message
}

const marked = (type: string): FakeProject['packages'] => {
  const one = good(type)
  const index = `import { writeFileSync } from 'node:fs'\nwriteFileSync(new URL('./ran', import.meta.url), 'yes')\n${one.files!['index.js']}`
  return { 'gw-a': { ...one, files: { 'index.js': index } } }
}
const ran = (root: string) => {
  try {
    return readFileSync(join(root, 'node_modules/gw-a/ran'), 'utf8') === 'yes'
  } catch {
    return false
  }
}

describe('finding', () => {
  test('the project’s own dependencies are found by their manifests, others are no business of ours', async () => {
    const registry = await registryOf({
      packages: { 'gw-a': good('a'), '@acme/b': good('b'), 'left-pad': { files: { 'index.js': '' } } },
      transitive: { 'gw-c': good('c') },
    })
    expect(registry.types()).toEqual([
      { name: 'a', package: 'gw-a', version: '1.2.3', contract: '^1.0' },
      { name: 'b', package: '@acme/b', version: '1.2.3', contract: '^1.0' },
    ])
    expect(registry.problems).toEqual([])
    expect(await refusal(registry.load('c'))).toContain('There is no service type "c"')
  })

  test('optional and development dependencies count, and it is no fault if they are not installed', async () => {
    const registry = await registryOf({
      transitive: { 'gw-a': good('a'), 'gw-b': good('b') },
      project: { optionalDependencies: { 'gw-a': '*', 'gw-x': '*' }, devDependencies: { 'gw-b': '*', 'gw-y': '*' } },
    })
    expect(registry.types().map(({ name }) => name)).toEqual(['a', 'b'])
    expect(registry.problems).toEqual([])
  })

  test('a project that is a connector itself offers its types', async () => {
    const registry = await registryOf({
      project: { exports: './index.js', gw: { contract: '^1.0', serviceTypes: { own: '.' } } },
      files: { 'index.js': connector('own') },
    })
    expect((await registry.load('own')).name).toBe('own')
  })

  test('a folder without package.json has no connectors, and says so when asked', async () => {
    const registry = await discover({ root: join(makeProject({}), 'nowhere') })
    expect(await refusal(registry.load('zzzzzz'))).toBe(
      'There is no service type "zzzzzz". No service types are installed',
    )
  })

  test('a dependency that is not installed is a problem of its own', async () => {
    const registry = await registryOf({ packages: { 'gw-a': good('a') }, missing: ['@gw/mysql'] })
    expect(registry.problems).toEqual([
      { package: '@gw/mysql', reason: '@gw/mysql is in package.json but not installed: run npm install' },
    ])
    expect(await refusal(registry.load('mysql'))).toBe(registry.problems[0]!.reason)
    expect((await registry.load('a')).name).toBe('a')
  })
})

describe('loading', () => {
  test('a type is imported when it is first asked for, and once', async () => {
    const root = makeProject({ packages: marked('a')! })
    const registry = await discover({ root })
    expect(ran(root)).toBe(false)
    const [one, two] = await Promise.all([registry.load('a'), registry.load('a')])
    expect(ran(root)).toBe(true)
    expect(one).toBe(two)
  })

  test('a type at a subpath with an import condition is found through the package’s exports', async () => {
    const registry = await registryOf({
      packages: {
        'gw-a': { gw: { contract: '^1.0', serviceTypes: { a: './other' } }, files: { 'other.js': connector('a') } },
      },
    })
    expect((await registry.load('a')).name).toBe('a')
  })

  test('a package without exports is found by its main', async () => {
    const root = makeProject({ packages: { 'gw-a': { ...good('a'), exports: undefined } } })
    const file = join(root, 'node_modules/gw-a/package.json')
    writeFileSync(
      file,
      JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), exports: undefined, main: 'index.js' }),
    )
    expect((await (await discover({ root })).load('a')).name).toBe('a')
  })

  test('an alias resolves to its type', async () => {
    const registry = await registryOf({
      packages: { 'gw-a': good('pgsql', `aliases: ['postgres']`), 'gw-b': good('b') },
    })
    expect((await registry.load('postgres')).name).toBe('pgsql')
  })

  test('a manifest may offer a type under its alias', async () => {
    const registry = await registryOf({
      packages: {
        'gw-a': {
          gw: { contract: '^1.0', serviceTypes: { plain: '.' } },
          files: { 'index.js': connector('fancy', `aliases: ['plain']`) },
        },
      },
    })
    expect((await registry.load('plain')).name).toBe('fancy')
  })
})

describe('one broken package never affects the others', () => {
  const rest = { 'gw-good': good('good') }

  test('a contract of another version is refused before any code of the package runs', async () => {
    const packages = marked('a')!
    const root = makeProject({
      packages: { ...rest, 'gw-a': { ...packages['gw-a']!, gw: { contract: '^2.0', serviceTypes: { a: '.' } } } },
    })
    const registry = await discover({ root })
    expect(registry.problems[0]?.reason).toMatch(
      /^gw-a@1\.2\.3 needs contract \^2\.0, this gateway has 1\.\d+\.\d+: install a newer version of @gw\/core$/,
    )
    expect(await refusal(registry.load('a'))).toBe(registry.problems[0]!.reason)
    expect(await refusal(registry.load('no-such-type'))).toContain('There is no')
    expect(ran(root)).toBe(false)
    expect((await registry.load('good')).name).toBe('good')
  })

  test('an older contract asks for a newer connector', async () => {
    const registry = await registryOf({ packages: { 'gw-a': { gw: { contract: '^0.9', serviceTypes: { a: '.' } } } } })
    expect(registry.problems[0]?.reason).toContain('install a newer version of gw-a')
  })

  test('a module that throws on import gives its first line, without folders, and keeps the cause for the log', async () => {
    const registry = await registryOf({
      packages: {
        ...rest,
        'gw-a': {
          ...good('a'),
          files: { 'index.js': `throw new Error("needs /opt/oracle/lib/libclntsh.so\\nsecond line")` },
        },
      },
    })
    expect(registry.problems).toEqual([])
    const error = await registry.load('a').catch((reason: unknown) => reason as GwError)
    expect((error as GwError).message).toBe('gw-a@1.2.3 cannot be imported: needs libclntsh.so')
    expect(((error as GwError).cause as Error).cause).toBeInstanceOf(Error)
    expect((await registry.load('good')).name).toBe('good')
  })

  test('a module whose own dependency is missing says which', async () => {
    const registry = await registryOf({
      packages: { 'gw-a': { ...good('a'), files: { 'index.js': `import 'oracledb'` } } },
    })
    const reason = await refusal(registry.load('a'))
    expect(reason).toMatch(/^gw-a@1\.2\.3 cannot be imported: .*oracledb/)
    expect(reason).not.toContain('/tmp')
  })

  test('a manifest that names a subpath which is not exported, or not built', async () => {
    const registry = await registryOf({
      packages: {
        'gw-a': { gw: { contract: '^1.0', serviceTypes: { a: './nope' } } },
        'gw-b': { gw: { contract: '^1.0', serviceTypes: { b: '.' } } },
      },
    })
    expect(await refusal(registry.load('a'))).toBe('gw-a names "./nope" in its manifest, but does not export it')
    expect(await refusal(registry.load('b'))).toBe(
      'gw-b names "." in its manifest, but the file is not there: is it built?',
    )
  })

  test('a wrong manifest says what is wrong with it', async () => {
    const registry = await registryOf({
      packages: { ...rest, 'gw-a': { gw: { contract: 'one', serviceTypes: { a: '../../evil.js' } } } },
    })
    expect(registry.problems).toHaveLength(1)
    expect(registry.problems[0]?.reason).toMatch(
      /^gw-a cannot be used: its package\.json is wrong: gw\.contract must be a range.*gw\.serviceTypes\.a must be a subpath/,
    )
    expect(registry.types().map(({ name }) => name)).toEqual(['good'])
  })

  test.each([
    ['export const a = 1', 'is not a service type'],
    ['export default { contract: 2 }', 'does not say contract: 1'],
    ['export default { contract: 1 }', 'has no name'],
    ['export default { contract: 1, name: "a" }', 'has no create function'],
    [connector('a').replace("label: 'L',", ''), 'has no label'],
    [connector('a').replace('jsonSchema:', 'other:'), 'does not describe itself as JSON Schema'],
    [connector('a').replace('validate:', 'other:'), 'is not a Standard Schema'],
    [connector('b'), 'its manifest offers "a", but its code is the service type "b"'],
  ])('code that is no service type is refused: %#', async (code, reason) => {
    const registry = await registryOf({ packages: { 'gw-a': { ...good('a'), files: { 'index.js': code } } } })
    expect(await refusal(registry.load('a'))).toMatch(new RegExp(`^gw-a@1\\.2\\.3 cannot be used: .*${reason}`))
  })

  test('two packages with one type are an error for that type that names both, unless one is listed', async () => {
    const project = { packages: { 'gw-a': good('same'), 'gw-b': good('same'), ...rest } }
    const registry = await registryOf(project)
    const reason = await refusal(registry.load('same'))
    expect(reason).toMatch(/offered by gw-a and by gw-b: remove one, or list/)
    expect(registry.problems.map((problem) => problem.reason)).toEqual([reason])
    expect((await registry.load('good')).name).toBe('good')

    const listed = await registryOf(project, ['gw-b', 'gw-good'])
    expect(listed.problems).toEqual([])
    expect((await listed.load('same')).name).toBe('same')
    expect(listed.types().find(({ name }) => name === 'same')?.package).toBe('gw-b')
  })

  test('a failed import is tried again when it is asked for again', async () => {
    const root = makeProject({ packages: { 'gw-a': { gw: { contract: '^1.0', serviceTypes: { a: '.' } } } } })
    const registry = await discover({ root })
    expect(await refusal(registry.load('a'))).toContain('is it built?')
    writeFileSync(join(root, 'node_modules/gw-a/index.js'), connector('a'))
    expect((await registry.load('a')).name).toBe('a')
  })
})

describe('connectors listed in the configuration', () => {
  test('only those are there', async () => {
    const registry = await registryOf({ packages: { 'gw-a': good('a'), 'gw-b': good('b') } }, ['gw-b'])
    expect(registry.types().map(({ name }) => name)).toEqual(['b'])
  })

  test('one that is not installed says how to install it', async () => {
    const registry = await registryOf({ packages: { 'gw-b': good('b') } }, ['gw-b', '@gw/mysql', './nope'])
    expect(registry.problems.map(({ reason }) => reason)).toEqual([
      '@gw/mysql is not installed: run npm install @gw/mysql',
      'there is no ./nope: connectors in the configuration names it',
    ])
    expect(await refusal(registry.load('mysql'))).toBe('@gw/mysql is not installed: run npm install @gw/mysql')
  })

  test('a package without a manifest is a mistake there', async () => {
    const registry = await registryOf({ packages: { 'left-pad': {} } }, ['left-pad'])
    expect(registry.problems[0]?.reason).toBe('left-pad is not a connector: its package.json has no "gw"')
  })

  test('a path names a package’s folder or a module', async () => {
    const registry = await registryOf(
      {
        files: {
          'mine/package.json': JSON.stringify({
            name: 'mine',
            version: '0.0.1',
            type: 'module',
            exports: './i.js',
            gw: { contract: '^1', serviceTypes: { a: '.' } },
          }),
          'mine/i.js': connector('a'),
          'single.ts': `const label: string = 'x'\n${connector('b').replace("'L'", 'label')}`,
          'broken.js': 'throw new Error("oops")',
        },
      },
      ['./mine', './single.ts', './broken.js'],
    )
    expect(registry.types().map(({ name, package: from }) => [name, from])).toEqual([
      ['a', 'mine'],
      ['b', 'single.ts'],
    ])
    expect((await registry.load('a')).name).toBe('a')
    expect((await registry.load('b')).label).toBe('x')
    expect(registry.problems).toEqual([{ package: 'broken.js', reason: 'broken.js cannot be imported: oops' }])
  })

  test('imported types are taken as they are, and those that services name by value go before installed ones', async () => {
    const root = makeProject({ packages: { 'gw-a': good('a') } })
    const { default: inline } = (await import(
      /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(connector('a', `inline: true,`))}`
    )) as {
      default: ServiceType
    }
    const listed = await discover({ root, connectors: [inline] })
    expect(await listed.load('a')).toBe(inline)
    const imported = await discover({ root, imported: [inline, inline] })
    expect(imported.problems).toEqual([])
    expect(await imported.load('a')).toBe(inline)
  })
})

describe('what is not there is explained', () => {
  test('a well-known type names its package', async () => {
    expect(await refusal((await registryOf({})).load('mysql'))).toBe(
      'The service type "mysql" comes with @gw/mysql, which is not installed: run npm install @gw/mysql',
    )
  })

  test('a misspelt type names the one that was meant, and what is there', async () => {
    const registry = await registryOf({ packages: { 'gw-a': good('weather'), 'gw-b': good('b') } })
    expect(await refusal(registry.load('wether'))).toBe(
      'There is no service type "wether". Did you mean "weather"? Installed: b, weather',
    )
  })
})
