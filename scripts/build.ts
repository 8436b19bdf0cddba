/**
 * `pnpm build`: what npm gets. tsup bundles each package's JavaScript, vite what runs in a browser; one `tsc -b` writes
 * all declarations, because TypeScript 7 has no compiler API that a bundler could call.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readWorkspace } from './layers/workspace.ts'
import { writeLicenses } from './licenses.ts'

const root = dirname(import.meta.dirname)

const run = (label: string, command: string, args: readonly string[], cwd = root): void => {
  const own = join(cwd, 'node_modules/.bin', command)
  const { status, stdout, stderr } = spawnSync(existsSync(own) ? own : join(root, 'node_modules/.bin', command), args, {
    cwd,
    encoding: 'utf8',
  })
  if (status !== 0) {
    console.error(`  failed  ${label}\n${stdout}${stderr}`)
    process.exit(1)
  }
  console.log(`  built   ${label}`)
}

/** How a package is built, by the configuration that it has. */
const BUILDERS = [
  { file: 'tsup.config.ts', command: 'tsup', args: ['--silent'] },
  { file: 'vite.config.ts', command: 'vite', args: ['build', '--logLevel', 'warn'] },
] as const

for (const { name, folder } of readWorkspace(root)) {
  const builder = BUILDERS.find(({ file }) => existsSync(join(root, folder, file)))
  if (!builder) continue
  run(name, builder.command, builder.args, join(root, folder))
  writeLicenses(join(root, folder))
}
run('declarations of all packages', 'tsc', ['-b', '--force', 'tsconfig.dts.json'])
