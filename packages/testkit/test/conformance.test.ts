/** `gw conformance` as an author runs it: the real command, in a package of its own. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { badgeOf, type CheckResult, type ConformanceReport, claimsOf, reportOf, serverNamedBy } from '../src/index.ts'
import { weather } from './seeded/weather.ts'

const OWN = resolve(import.meta.dirname, '..')
const GW = resolve(OWN, '../core/src/bin.ts')
const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

const linked = (folder: string, name: string, target: string): void => {
  const link = join(folder, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(target, link)
}

/** A connector package in a folder of its own. */
const packageOf = (files: Readonly<Record<string, string>>, manifest: object = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), 'gw-conformance-'))
  made.push(folder)
  for (const name of ['@gw/core', 'zod', 'vitest']) linked(folder, name, join(OWN, 'node_modules', name))
  linked(folder, '@gw/testkit', OWN)
  const own = {
    name: 'gw-weather',
    version: '1.2.3',
    type: 'module',
    exports: { '.': './index.ts', './package.json': './package.json' },
    gw: { contract: '^1.0', serviceTypes: { weather: '.' } },
    devDependencies: { '@gw/testkit': '*', vitest: '*' },
    ...manifest,
  }
  for (const [name, text] of Object.entries({ ...files, 'package.json': JSON.stringify(own) }))
    writeFileSync(join(folder, name), text)
  return folder
}

const run = (cwd: string, ...args: readonly string[]) =>
  new Promise<{ code: number; out: string; err: string }>((done) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, VITEST: undefined, NODE_ENV: undefined }
    execFile(process.execPath, [GW, 'conformance', ...args], { cwd, env }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
    )
  })

const reportIn = (folder: string): ConformanceReport =>
  JSON.parse(readFileSync(join(folder, 'gw-conformance.json'), 'utf8'))

const INDEX = readFileSync(join(import.meta.dirname, 'seeded/weather.ts'), 'utf8').concat('\nexport default weather\n')

const DEFINITION = `
import { once } from 'node:events'
import { createServer } from 'node:http'
import { defineConformance } from '@gw/testkit'
import weather from './index.ts'

export default defineConformance({
  type: weather,
  async open() {
    const source = createServer((_request, response) => {
      response.setHeader('connection', 'close')
      response.end('{"max":21}')
    }).listen(0, '127.0.0.1')
    await once(source, 'listening')
    const config = { baseUrl: 'http://127.0.0.1:' + source.address().port, apiKey: 'sesame-open' }
    return {
      service: { config, invalid: [{}, { ...config, days: 0 }], unreachable: { ...config, baseUrl: 'http://127.0.0.1:1' } },
      close: () => void source.close(),
    }
  },
})
`

describe('gw conformance', () => {
  test('proves a connector in its folder, and writes a report and a badge', async () => {
    const folder = packageOf({ 'index.ts': INDEX, 'gw.conformance.ts': DEFINITION })
    const { code, out, err } = await run(folder)
    expect(out + err).toContain('✓ gw-weather@1.2.3 conforms.')
    expect(code).toBe(0)
    const report = reportIn(folder)
    expect(report).toMatchObject({
      version: 1,
      package: { name: 'gw-weather', version: '1.2.3', contract: '^1.0' },
      type: 'weather',
      conforms: true,
      problems: [],
      capabilities: { claimed: [], proved: [], failed: [], refused: ['fieldRules', 'rowFilters'], accepted: [] },
    })
    expect(report.suites).toEqual([
      expect.objectContaining({ family: 'service', suite: 'weather is a service type', failed: [] }),
    ])
    expect(report.suites[0]!.passed).toBeGreaterThan(20)
    expect(Date.parse(report.date)).toBeGreaterThan(Date.now() - 3_600_000)
    expect(readFileSync(join(folder, 'gw-conformance.svg'), 'utf8')).toContain(`${report.suites[0]!.passed} checks`)
  })

  test('proves a package of the project by its name, says by which checks it fails, and exits with 1', async () => {
    const broken = INDEX.replace("label: 'Weather'", "label: ''").replace('await answer.json()', '({ max: apiKey })')
    const connector = packageOf({ 'index.ts': broken, 'gw.conformance.ts': DEFINITION })
    const project = packageOf({}, { name: 'a-project', gw: undefined })
    linked(project, 'gw-weather', connector)
    mkdirSync(join(project, 'results'))
    const { code, out } = await run(project, 'gw-weather', '--out', 'results')
    expect(out).toContain('✗ gw-weather@1.2.3 does not conform.')
    expect(code).toBe(1)
    const report = reportIn(join(project, 'results'))
    expect(report.suites[0]!.failed.map(({ check }) => check)).toContain(
      'the type states contract 1, a name, a label, a description and a group',
    )
    expect(report.suites[0]!.failed[0]!.reason).toContain('the type has no label')
    expect(existsSync(join(project, 'gw-conformance.json'))).toBe(false)
  })

  test('without a source proves nothing, which is no pass', async () => {
    const missing = `
      import { defineConformance } from '@gw/testkit'
      import weather from './index.ts'
      export default defineConformance({ type: weather, open: () => ({ missing: 'Set WEATHER_URL to a server.' }) })`
    const folder = packageOf({ 'index.ts': INDEX, 'gw.conformance.ts': missing })
    const { code, out } = await run(folder)
    expect(out).toContain('Set WEATHER_URL to a server.')
    expect(code).toBe(1)
    expect(reportIn(folder)).toMatchObject({ conforms: false, problems: ['Set WEATHER_URL to a server.'] })
  })

  test('with a definition that fails says why, and does not pass', async () => {
    const folder = packageOf({ 'index.ts': INDEX, 'gw.conformance.ts': `throw new Error('no server today')` })
    const { code, out } = await run(folder)
    expect(out).toContain('no server today')
    expect(code).toBe(1)
    expect(reportIn(folder).conforms).toBe(false)
  })

  test('says what is to be written where nothing says how a connector is proved, or where there is none', async () => {
    const bare = await run(packageOf({ 'index.ts': INDEX }))
    expect([bare.code, bare.err]).toEqual([1, expect.stringMatching(/write gw\.conformance\.ts/)])
    const ordinary = await run(packageOf({}, { gw: undefined }))
    expect([ordinary.code, ordinary.err]).toEqual([1, expect.stringMatching(/is no connector/)])
    const unknown = await run(packageOf({}), 'gw-none')
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringMatching(/gw-none is not installed/)])
  })
})

describe('a report', () => {
  const result = (
    state: CheckResult['state'],
    about: readonly string[],
    more: Partial<CheckResult> = {},
  ): CheckResult => ({
    family: 'records',
    suite: 'x serves records',
    name: `${state} ${about}`,
    state,
    about,
    ...more,
  })
  const report = (
    results: readonly CheckResult[],
    claims: Readonly<Record<string, boolean>>,
    problems: string[] = [],
  ) =>
    reportOf({
      package: { name: 'x', version: '1.0.0', contract: '^1.0' },
      testkit: '0.1.0',
      type: 'x',
      claims,
      problems,
      results,
    })

  test('tells what is proved from what failed, and what is refused from what is accepted', () => {
    const { capabilities, conforms } = report(
      [
        result('passed', ['a', 'b']),
        result('failed', ['b'], { reason: 'not b' }),
        result('passed', ['c']),
        result('failed', ['d']),
        result('skipped', ['e']),
        result('passed', ['unknown']),
      ],
      { a: true, b: true, c: false, d: false, e: true, f: true, g: false },
    )
    expect(conforms).toBe(false)
    expect(capabilities).toEqual({
      claimed: ['a', 'b', 'e', 'f'],
      proved: ['a'],
      failed: ['b'],
      refused: ['c'],
      accepted: ['d'],
      unexamined: ['e', 'f'],
    })
  })

  test('of a run in which nothing ran is none that conforms', () => {
    expect(report([], {})).toMatchObject({ conforms: false, problems: ['No check has run.'] })
    expect(report([result('skipped', [])], {})).toMatchObject({ conforms: false })
    expect(report([result('passed', [])], {}, ['A suite did not open.'])).toMatchObject({ conforms: false })
  })

  test('is a badge in words that are escaped', () => {
    const passed = { ...report([result('passed', [])], {}), testkit: '<0>&"' }
    expect(badgeOf(passed)).toMatch(/1 checks, testkit &#60;0&#62;&#38;&#34;/)
    expect(badgeOf(report([result('failed', [])], {}))).toContain('1 of 1 checks fail')
    expect(badgeOf(report([], {}))).toContain('not proved')
  })

  test('knows claims within claims', () => {
    const claims = claimsOf(
      { ...weather, capabilities: { rowFilters: true, files: { folders: 'real', presigned: false } } },
      {},
    )
    expect(claims).toMatchObject({
      rowFilters: true,
      fieldRules: false,
      files: true,
      'files.presigned': false,
      sql: false,
    })
    expect(claims).not.toHaveProperty('files.folders')
  })
})

describe('a server that an environment variable names', () => {
  afterAll(() => vi.unstubAllEnvs())

  test('is read with what was encoded, the usual port and the user’s own database', () => {
    vi.stubEnv('GW_TEST_URL', 'postgres://me:p%40ss%2Fword@db.example/')
    expect(serverNamedBy('GW_TEST_URL', 5432)).toEqual({
      host: 'db.example',
      port: 5432,
      user: 'me',
      password: 'p@ss/word',
      database: 'me',
    })
    vi.stubEnv('GW_TEST_URL', 'mysql://me:x@db.example:3307/shop')
    expect(serverNamedBy('GW_TEST_URL', 3306)).toMatchObject({ port: 3307, database: 'shop' })
  })

  test('is none where the variable is empty or not set', () => {
    vi.stubEnv('GW_TEST_URL', '')
    expect(serverNamedBy('GW_TEST_URL', 5432)).toBeUndefined()
    expect(serverNamedBy('GW_TEST_URL_THAT_NOBODY_SETS', 5432)).toBeUndefined()
  })
})
