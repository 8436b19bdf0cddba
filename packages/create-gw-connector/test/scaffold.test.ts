import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { filesConfigShape } from '@gw/files'
import { sqlConfigShape } from '@gw/sql'
import { afterAll, describe, expect, test } from 'vitest'
import { faultOfName, namesOf } from '../src/names.ts'
import { scaffold, TEMPLATES, type Template } from '../src/scaffold.ts'

const run = promisify(execFile)
const PACKAGE = join(import.meta.dirname, '..')
const BIN = join(PACKAGE, 'src/bin.ts')
const base = mkdtempSync(join(tmpdir(), 'create-gw-connector-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))
const folderFor = (name: string) => mkdtempSync(join(base, `${name}-`))
/** Described with the kits. */
const OF_KITS = { ...filesConfigShape, ...sqlConfigShape }
const templates = Object.keys(TEMPLATES) as Template[]

describe('names', () => {
  test('package, folder, type and label are made of one', () => {
    expect(namesOf('@acme/gw-big-thing')).toEqual({
      package: '@acme/gw-big-thing',
      folder: 'gw-big-thing',
      type: 'big_thing',
      label: 'Big Thing',
    })
  })

  test.each(['gw-weather', 'weather', '@acme/erp', 'gw-x2'])('%s is one', (name) => {
    expect(faultOfName(name)).toBeUndefined()
  })

  test.each(['', 'GW-Weather', '../x', 'gw-', 'gw-2x', "gw-'+process.exit()+'", 'a b', '--yes', 'gw-a.b'])(
    '"%s" is none',
    (name) => {
      expect(faultOfName(name)).toBeTypeOf('string')
    },
  )
})

describe('a package', () => {
  // Its types are checked where it stands, with those of this repository.
  test.each(templates)(
    'of the template %s passes its tests',
    async (template) => {
      const folder = folderFor(template)
      const files = scaffold(folder, template, namesOf('@acme/gw-big-thing'))
      for (const file of files) expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/placeholder/i)
      // What `npm install` would put there.
      symlinkSync(join(PACKAGE, 'node_modules'), join(folder, 'node_modules'))
      const vitest = join(PACKAGE, 'node_modules/.bin/vitest')
      const env = { PATH: process.env.PATH, NO_COLOR: '1' }
      const options = { cwd: folder, env, maxBuffer: 50_000_000 }
      const limits = ['--testTimeout=120000', '--hookTimeout=120000']
      const { stdout } = await run(vitest, ['run', ...limits], options).catch((error) => {
        throw new Error(`${error.stdout}\n${error.stderr}`)
      })
      expect(stdout).toMatch(/Tests .*\d+ passed/)
    },
    600_000,
  )

  test.each(templates)(
    'of the template %s says what it offers, and documents every option of its own',
    async (template) => {
      const folder = folderFor(template)
      const files = scaffold(folder, template, namesOf('gw-weather'))
      expect(files).toEqual(
        expect.arrayContaining([
          '.changeset/config.json',
          '.github/workflows/ci.yml',
          '.github/workflows/release.yml',
          '.gitignore',
          'README.md',
          'gw.conformance.ts',
          'gw.dev.json',
          'src/index.ts',
          'test/conformance.test.ts',
        ]),
      )
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      expect(manifest).toMatchObject({ name: 'gw-weather', gw: { serviceTypes: { weather: '.' } } })
      const workflow = readFileSync(join(folder, '.github/workflows/release.yml'), 'utf8')
      expect(workflow).toMatch(/id-token: write[\s\S]*NPM_CONFIG_PROVENANCE: ["']true["']/)
      const { default: type } = await import(join(PACKAGE, 'templates', template, 'src/index.ts'))
      const { properties } = type.config['~standard'].jsonSchema.input({ target: 'draft-2020-12' })
      const readme = readFileSync(join(folder, 'README.md'), 'utf8')
      for (const name of Object.keys(properties))
        if (!Object.hasOwn(OF_KITS, name)) expect(readme).toContain(`| \`${name}\` |`)
    },
  )

  test('does not overwrite anything, and then writes nothing', () => {
    const folder = folderFor('taken')
    writeFileSync(join(folder, 'package.json'), '{}')
    expect(() => scaffold(folder, 'http-api', namesOf('gw-weather'))).toThrow('package.json is there already')
    expect(existsSync(join(folder, 'src'))).toBe(false)
  })
})

describe('npm create gw-connector', () => {
  test('asks nothing where nobody can answer', async () => {
    const failed = await run(process.execPath, [BIN], { cwd: base }).catch((error) => error)
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('The name of the package is missing') })
  })

  test('names the templates where there is none of that name', async () => {
    const args = [BIN, 'gw-weather', '--template', 'graphql']
    const failed = await run(process.execPath, args, { cwd: base }).catch((error) => error)
    expect(failed.stderr).toContain('There is no template "graphql": take one of http-api, sql, records, files')
  })

  test('writes to a folder of the package’s name', async () => {
    const { stdout } = await run(process.execPath, [BIN, '@acme/gw-weather', '--yes'], { cwd: base })
    expect(stdout).toContain('Wrote @acme/gw-weather to gw-weather')
    expect(existsSync(join(base, 'gw-weather/src/index.ts'))).toBe(true)
  })
})
