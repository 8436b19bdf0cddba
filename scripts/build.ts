/** `pnpm build`: what npm gets, in each package's `dist`. Names of packages build only those. */
import { dirname } from 'node:path'
import { readWorkspace } from './layers/workspace.ts'
import { build } from './publish/build.ts'

const root = dirname(import.meta.dirname)
const names = process.argv.slice(2)
const packages = readWorkspace(root).filter(({ name }) => names.length === 0 || names.includes(name))

try {
  await build(root, packages, (line) => console.log(`  built   ${line}`))
} catch (error) {
  console.error(`  failed  ${(error as Error).message}`)
  process.exitCode = 1
}
