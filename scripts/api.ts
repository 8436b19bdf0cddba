/**
 * `pnpm api`: keeps the public declarations of `@gw/core` as files, `packages/core/api/*.d.ts`, so that each change of
 * what connectors are written against is seen, and meant. It refuses to keep another shape of the contract under the
 * same `CONTRACT_VERSION`, unless `--unreleased` says that no release has had that version yet.
 * `--check` writes nothing and fails where a file is out of date.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { changesBetween, versionToRaise } from './api/changes.ts'
import { type Declarations, declarationsOf } from './api/declarations.ts'

const root = dirname(import.meta.dirname)
const core = join(root, 'packages/core')
const kept = join(core, 'api')
const ENDING = '.d.ts'

const { values: flags } = parseArgs({
  options: { check: { type: 'boolean', default: false }, unreleased: { type: 'boolean', default: false } },
})

const readKept = (): Declarations => {
  const files = existsSync(kept) ? readdirSync(kept).filter((name) => name.endsWith(ENDING)) : []
  return Object.fromEntries(files.map((name) => [basename(name, ENDING), readFileSync(join(kept, name), 'utf8')]))
}

const write = (folder: string, texts: Declarations): void => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [entry, text] of Object.entries(texts)) writeFileSync(join(folder, `${entry}${ENDING}`), text)
}

/** Shows which lines are others, as git does. */
const show = (texts: Declarations): void => {
  const made = join(core, 'node_modules/.cache/api/found')
  write(made, texts)
  const options = ['--no-pager', 'diff', '--no-index', '--unified=2', '--no-prefix']
  spawnSync('git', [...options, relative(root, kept), relative(root, made)], { cwd: root, stdio: 'inherit' })
}

const RAISE = (version: string): string =>
  [
    `The shape of the contract has changed, and CONTRACT_VERSION in packages/core/src/contract.ts is still ${version}.`,
    'Raise it: the minor for a new optional member, the major for anything that a connector could miss (which ships',
    'with a codemod, packages/core/codemods). `pnpm api --unreleased` keeps it where no release has had that version.',
  ].join('\n')

const [before, after] = [readKept(), await declarationsOf(root, core)]
const changes = changesBetween(before, after)
const stale = versionToRaise(before, after)
const refused = stale !== undefined && !flags.unreleased && Object.keys(before).length > 0
if (flags.check || refused) {
  if (changes.length > 0) show(after)
  for (const { entry, of } of changes)
    console.error(
      `packages/core/api/${entry}${ENDING}: ${of === 'shape' ? 'declarations have' : 'only comments have'} changed.`,
    )
  if (stale !== undefined) console.error(RAISE(stale))
  if (flags.check && changes.length > 0) console.error('`pnpm api` keeps them as they are now.')
} else write(kept, after)
console.log(`Declarations of @gw/core: ${changes.length} changed${flags.check || refused ? '' : ', and kept'}.`)
process.exitCode = refused || (flags.check && changes.length > 0) ? 1 : 0
