/**
 * `pnpm check:packages`: every package, built and packed as it would be published, looked at by publint and Are the
 * types wrong?. Names of packages look at those only.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readWorkspace } from './layers/workspace.ts'
import { build } from './publish/build.ts'
import { faultsOf, pack } from './publish/pack.ts'

const root = dirname(import.meta.dirname)
const names = process.argv.slice(2)
const packages = readWorkspace(root).filter(
  ({ name, layer }) => layer !== 'application' && (names.length === 0 || names.includes(name)),
)
const folder = mkdtempSync(join(tmpdir(), 'gw-packages-'))
try {
  await build(root, packages)
  const faults: string[] = []
  for (const packed of await pack(root, packages, folder)) faults.push(...(await faultsOf(root, packed)))
  for (const fault of faults) console.error(fault)
  console.log(`Packages: ${packages.length}, with ${faults.length} faults.`)
  process.exitCode = faults.length > 0 ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}
