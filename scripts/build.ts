/**
 * `pnpm build`: what npm gets. tsup bundles each package's JavaScript; one `tsc -b` writes all declarations, because
 * TypeScript 7 has no compiler API that a bundler could call.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readWorkspace } from './layers/workspace.ts'
import { writeLicenses } from './licenses.ts'

const root = dirname(import.meta.dirname)

const run = (label: string, command: string, args: readonly string[], cwd = root): void => {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', command), args, {
    cwd,
    encoding: 'utf8',
  })
  if (status !== 0) {
    console.error(`  failed  ${label}\n${stdout}${stderr}`)
    process.exit(1)
  }
  console.log(`  built   ${label}`)
}

for (const { name, folder } of readWorkspace(root)) {
  if (!existsSync(join(root, folder, 'tsup.config.ts'))) continue
  run(name, 'tsup', ['--silent'], join(root, folder))
  writeLicenses(join(root, folder, 'dist'))
}
run('declarations of all packages', 'tsc', ['-b', '--force', 'tsconfig.dts.json'])
