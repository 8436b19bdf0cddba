/**
 * `pnpm check:layers`: the architecture, enforced. The folder tree says which layer a package belongs to; the rules
 * stand in scripts/layers, one file each.
 */
import { dirname, join } from 'node:path'
import { arrowsOf, checkArrows } from './layers/arrows.ts'
import { checkCycles } from './layers/cycles.ts'
import { checkDeclared } from './layers/declared.ts'
import { checkExports } from './layers/exports.ts'
import { type Finding, problem } from './layers/finding.ts'
import { type Import, importsOf } from './layers/imports.ts'
import { checkShape } from './layers/shape.ts'
import { type Package, readWorkspace } from './layers/workspace.ts'

/** @param root Absolute path of the repository. */
export const checkLayers = async (root: string): Promise<readonly Finding[]> => {
  const packages = readWorkspace(root)
  const { imports, broken } = readImports(root, packages)
  const arrows = arrowsOf(packages, imports)
  return [
    ...broken,
    ...checkArrows(arrows),
    ...checkCycles(packages, imports, arrows),
    ...checkDeclared(packages, imports),
    ...(await checkExports(root, packages)),
    ...checkShape(root, packages),
  ]
}

const readImports = (root: string, packages: readonly Package[]) => {
  const imports = new Map<string, readonly Import[]>()
  const broken: Finding[] = []
  for (const file of packages.flatMap(({ sources, tests }) => [...sources, ...tests])) {
    try {
      imports.set(file, importsOf(join(root, file)))
    } catch (error) {
      broken.push(problem('parse', file, String(error)))
    }
  }
  return { imports, broken }
}

if (import.meta.main) {
  const findings = await checkLayers(dirname(import.meta.dirname))
  for (const { severity, rule, at, message } of findings) console.log(`${severity} ${rule}  ${at}  ${message}`)
  const errors = findings.filter(({ severity }) => severity === 'error').length
  console.log(`Layers: ${errors} errors, ${findings.length - errors} warnings.`)
  process.exitCode = errors > 0 ? 1 : 0
}
