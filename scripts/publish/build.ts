/**
 * What npm gets. tsup bundles each package's JavaScript, vite what runs in a browser; one `tsc -b` writes the
 * declarations, because TypeScript 7 has no compiler API that a bundler could call.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Package } from '../layers/workspace.ts'
import { writeLicenses } from '../licenses.ts'
import { run } from './run.ts'

/** How a package is built, by the configuration that it has. */
const BUILDERS = [
  { file: 'tsup.config.ts', command: 'tsup', args: ['--silent'] },
  { file: 'vite.config.ts', command: 'vite', args: ['build', '--logLevel', 'warn'] },
] as const

/**
 * @param root absolute path of the repository
 * @param told what has been built, one by one
 * @throws Error with what the failing tool said
 */
export const build = async (
  root: string,
  packages: readonly Package[],
  told: (line: string) => void = () => {},
): Promise<void> => {
  const tool = (name: string, folder: string) => {
    const own = join(folder, 'node_modules/.bin', name)
    return existsSync(own) ? own : join(root, 'node_modules/.bin', name)
  }
  for (const { name, folder } of packages) {
    const cwd = join(root, folder)
    const builder = BUILDERS.find(({ file }) => existsSync(join(cwd, file)))
    if (!builder) continue
    await run(tool(builder.command, cwd), builder.args, { cwd })
    writeLicenses(cwd)
    told(name)
  }
  const declared = packages
    .filter(({ folder }) => existsSync(join(root, folder, 'tsconfig.dts.json')))
    .map(({ folder }) => `${folder}/tsconfig.dts.json`)
  await run(tool('tsc', root), ['-b', '--force', ...declared], { cwd: root })
  told('declarations')
}
