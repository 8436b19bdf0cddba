import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkLayers } from '../check-layers.ts'

type Files = Readonly<Record<string, string | object>>

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

const errorsIn = async (files: Files): Promise<readonly string[]> => {
  const root = mkdtempSync(join(tmpdir(), 'gw-layers-'))
  roots.push(root)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return (await checkLayers(root)).map(({ severity, rule, at, message }) => `${severity} ${rule} ${at} ${message}`)
}

const manifest = (name: string, dependencies: readonly string[] = [], more: object = {}): object => ({
  name,
  exports: { '.': './src/index.ts', './package.json': './package.json' },
  publishConfig: {
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
  },
  dependencies: Object.fromEntries(dependencies.map((each) => [each, '*'])),
  ...more,
})
const tsup = `export default { entry: ['src/index.ts'] }`
const packageAt = (
  folder: string,
  name: string,
  dependencies: readonly string[],
  source: string,
  more: object = {},
): Files => ({
  [`${folder}/package.json`]: manifest(name, dependencies, more),
  [`${folder}/tsup.config.ts`]: tsup,
  [`${folder}/src/index.ts`]: source,
})

const core = packageAt('packages/core', '@gw/core', [], 'export const a = 1\n')
const records = packageAt(
  'packages/kits/records',
  '@gw/records',
  ['@gw/core'],
  `import { a } from '@gw/core'\nexport const b = a\n`,
)
const sql = packageAt('packages/kits/sql', '@gw/sql', ['@gw/core', '@gw/records'], `export * from '@gw/records'\n`)
const sqlite = packageAt(
  'packages/connectors/sqlite',
  '@gw/sqlite',
  ['@gw/core', '@gw/sql'],
  `export * from '@gw/sql'\n`,
)
const sound: Files = { ...core, ...records, ...sql, ...sqlite }

describe('the layer check', () => {
  it('has nothing to say about a sound workspace', async () => {
    expect(await errorsIn(sound)).toEqual([])
  })

  describe('arrows', () => {
    it('refuses a core that imports a kit, even a type of it', async () => {
      const found = await errorsIn({
        ...sound,
        'packages/core/src/x.ts': `import type { b } from '@gw/records'\nexport type B = b\n`,
      })
      expect(found).toContainEqual(
        expect.stringMatching(/^error arrow packages\/core\/src\/x.ts:1 @gw\/core may not depend on @gw\/records/),
      )
    })

    it('refuses a kit that imports a connector', async () => {
      const found = await errorsIn({ ...sound, 'packages/kits/sql/src/x.ts': `\nexport * from '@gw/sqlite'\n` })
      expect(found).toContainEqual(expect.stringMatching(/^error arrow packages\/kits\/sql\/src\/x.ts:2 /))
    })

    it('refuses a wrong arrow that only the manifest draws', async () => {
      const found = await errorsIn({
        ...sound,
        ...packageAt('packages/kits/records', '@gw/records', ['@gw/core', '@gw/sql'], ''),
      })
      expect(found).toContainEqual(
        expect.stringMatching(/^error arrow packages\/kits\/records\/package.json @gw\/records may not/),
      )
    })

    it('refuses a wrong arrow in an import() and in a type import', async () => {
      const found = await errorsIn({
        ...sound,
        'packages/core/src/x.ts': `export const load = () => import('@gw/sql')\nexport type B = import('@gw/records').b\n`,
      })
      expect(found.filter((each) => each.startsWith('error arrow packages/core/src/x.ts'))).toHaveLength(2)
    })

    it('refuses a connector that stands on two kits', async () => {
      const found = await errorsIn({
        ...sound,
        ...packageAt('packages/connectors/sqlite', '@gw/sqlite', ['@gw/sql', '@gw/records'], `import '@gw/sql'\n`),
      })
      expect(found).toEqual([
        expect.stringMatching(/^error arrow packages\/connectors\/sqlite .*@gw\/records and @gw\/sql/),
      ])
    })

    it('refuses a package that has no place in the architecture', async () => {
      const found = await errorsIn({ ...sound, ...packageAt('packages/extra', '@gw/extra', ['@gw/core'], '') })
      expect(found).toEqual([expect.stringMatching(/^error arrow packages\/extra\/package.json .*no place/)])
    })

    it('lets the testkit know kits, but no connector', async () => {
      const testkit = packageAt(
        'packages/testkit',
        '@gw/testkit',
        ['@gw/core', '@gw/sql', '@gw/sqlite'],
        `import '@gw/sqlite'\n`,
      )
      const found = await errorsIn({ ...sound, ...testkit })
      expect(found.map((each) => each.split(' ').slice(0, 3).join(' '))).toEqual([
        'error arrow packages/testkit/src/index.ts:1',
        'error arrow packages/testkit/package.json',
      ])
    })
  })

  describe('cycles', () => {
    it('refuses packages that depend on each other', async () => {
      const found = await errorsIn({ ...sound, 'packages/kits/records/src/x.ts': `import '@gw/sql'\n` })
      expect(found).toContainEqual(expect.stringMatching(/^error cycle .*@gw\/sql → @gw\/records → @gw\/sql/))
    })

    it('refuses files that import each other at run time', async () => {
      const found = await errorsIn({
        ...sound,
        'packages/core/src/x.ts': `import { y } from './y.ts'\nexport const x = () => y\n`,
        'packages/core/src/y.ts': `import { x } from './x.ts'\nexport const y = () => x\n`,
      })
      expect(found).toEqual([expect.stringMatching(/^error cycle packages\/core\/src\/x.ts .*x.ts → .*y.ts → .*x.ts/)])
    })

    it('allows files whose types mention each other', async () => {
      const found = await errorsIn({
        ...sound,
        'packages/core/src/x.ts': `import type { Y } from './y.ts'\nexport type X = Y[]\n`,
        'packages/core/src/y.ts': `import type { X } from './x.ts'\nexport type Y = { x: X }\n`,
      })
      expect(found).toEqual([])
    })
  })

  describe('declarations', () => {
    it('refuses an import in src that is only a development dependency', async () => {
      const more = { devDependencies: { kysely: '*' } }
      const found = await errorsIn({
        ...sound,
        ...packageAt('packages/core', '@gw/core', [], `import 'kysely/raw'\n`, more),
      })
      expect(found).toEqual([
        expect.stringMatching(/^error declared packages\/core\/src\/index.ts:1 'kysely' is not declared/),
      ])
    })

    it('allows one that the manifest says is bundled, and no other', async () => {
      const more = { devDependencies: { kysely: '*', semver: '*' }, bundledDevDependencies: ['kysely', 'missing'] }
      const text = `import 'kysely'\nimport 'semver'\nimport 'missing'\n`
      const found = await errorsIn({ ...sound, ...packageAt('packages/core', '@gw/core', [], text, more) })
      expect(found).toEqual([
        expect.stringMatching(/^error declared packages\/core\/src\/index.ts:2 'semver'/),
        expect.stringMatching(/^error declared packages\/core\/src\/index.ts:3 'missing'/),
      ])
    })

    it('lets a test use development dependencies, and nothing undeclared', async () => {
      const found = await errorsIn({
        ...sound,
        ...packageAt('packages/core', '@gw/core', [], 'export {}\n', { devDependencies: { kysely: '*' } }),
        'packages/core/test/a.test.ts': `import 'kysely'\nimport 'vitest'\nimport 'nothing-of-the-kind'\n`,
      })
      expect(found).toEqual([expect.stringMatching(/^error declared packages\/core\/test\/a.test.ts:3 /)])
    })

    it('refuses a relative import into another package', async () => {
      const found = await errorsIn({
        ...sound,
        'packages/kits/sql/test/a.test.ts': `import '../../records/src/index.ts'\n`,
      })
      expect(found).toEqual([
        expect.stringMatching(/^error declared packages\/kits\/sql\/test\/a.test.ts:1 .*leaves packages\/kits\/sql/),
      ])
    })

    it('refuses a built-in module without its node: prefix', async () => {
      const found = await errorsIn({ ...sound, 'packages/core/src/x.ts': `import 'fs'\nimport 'node:path'\n` })
      expect(found).toEqual([expect.stringMatching(/^error declared packages\/core\/src\/x.ts:1 write 'node:fs'/)])
    })
  })

  describe('exports', () => {
    it('refuses an export that npm would not get', async () => {
      const exports = { '.': './src/index.ts', './x': './src/index.ts', './package.json': './package.json' }
      const found = await errorsIn({ ...sound, ...packageAt('packages/core', '@gw/core', [], '', { exports }) })
      expect(found).toEqual([
        expect.stringMatching(
          /^error exports packages\/core\/package.json publishConfig.exports\["\.\/x"\] is missing/,
        ),
      ])
    })

    it('refuses an entry that is not built, and one that nothing exports', async () => {
      const found = await errorsIn({
        ...sound,
        'packages/core/tsup.config.ts': `export default { entry: ['src/other.ts'] }`,
      })
      expect(found).toEqual([
        expect.stringMatching(/lacks the entry 'src\/index.ts'/),
        expect.stringMatching(/builds 'src\/other.ts'/),
      ])
    })

    it('refuses an export of a file that does not exist', async () => {
      const { 'packages/core/src/index.ts': _, ...rest } = sound
      expect(await errorsIn(rest)).toEqual([
        expect.stringMatching(/points at "\.\/src\/index.ts", which does not exist/),
      ])
    })

    it('compares a built dist with what is promised', async () => {
      const found = await errorsIn({ ...sound, 'packages/core/dist/index.js': '' })
      expect(found).toEqual([expect.stringMatching(/dist lacks \.\/dist\/index.d.ts/)])
    })

    it('refuses a gw manifest that names a subpath nobody can import', async () => {
      const more = { gw: { contract: '^1.0', serviceTypes: { sqlite: './type' } } }
      const found = await errorsIn({ ...sound, ...packageAt('packages/connectors/sqlite', '@gw/sqlite', [], '', more) })
      expect(found).toEqual([expect.stringMatching(/gw manifest names "\.\/type"/)])
    })
  })

  describe('names and sizes', () => {
    it.each(['src/utils.ts', 'src/pool-manager.ts', 'src/common/x.ts', 'test/testHelpers.ts'])(
      'refuses the name %s',
      async (path) => {
        const found = await errorsIn({ ...sound, [`packages/core/${path}`]: 'export {}\n' })
        expect(found).toEqual([expect.stringMatching(/^error name packages\/core\//)])
      },
    )

    it('warns about a long file without failing', async () => {
      const found = await errorsIn({ ...sound, 'packages/core/src/x.ts': 'export {}\n'.repeat(351) })
      expect(found).toEqual([expect.stringMatching(/^warning size packages\/core\/src\/x.ts 351 lines/)])
    })

    it('refuses a connector that is not small', async () => {
      const found = await errorsIn({
        ...sound,
        'packages/connectors/sqlite/src/index.ts': 'export {}\n'.repeat(61),
        'packages/connectors/sqlite/src/introspect.ts': 'export {}\n'.repeat(340),
        'packages/connectors/sqlite/src/ddl.ts': 'export {}\n'.repeat(300),
        'packages/connectors/sqlite/src/routines.ts': 'export {}\n'.repeat(200),
        'packages/connectors/sqlite/src/types.ts': 'export {}\n'.repeat(100),
      })
      expect(found).toEqual([expect.stringMatching(/1001 lines of source/), expect.stringMatching(/index.ts 61 lines/)])
    })
  })

  it('reports a file that does not parse', async () => {
    const found = await errorsIn({ ...sound, 'packages/core/src/x.ts': 'export const = 1\n' })
    expect(found).toEqual([expect.stringMatching(/^error parse packages\/core\/src\/x.ts /)])
  })
})
