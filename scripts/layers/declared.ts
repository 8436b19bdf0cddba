/** Every bare import is declared by the package that makes it, and no import reaches into another package's folder. */
import { builtinModules } from 'node:module'
import { dirname, normalize } from 'node:path/posix'
import { type Finding, problem } from './finding.ts'
import { type Import, packageOfSpecifier } from './imports.ts'
import type { Package } from './workspace.ts'

/**
 * `src` may use dependencies and peers, and what its manifest says is bundled (a bundler would copy anything else into
 * `dist`, too); tests also devDependencies.
 */
export const checkDeclared = (
  packages: readonly Package[],
  imports: ReadonlyMap<string, readonly Import[]>,
): readonly Finding[] =>
  packages.flatMap((each) => {
    const { dependencies, peerDependencies, devDependencies = {}, bundledDevDependencies = [] } = each.manifest
    const bundled = Object.fromEntries(
      Object.entries(devDependencies).filter(([name]) => bundledDevDependencies.includes(name)),
    )
    const runtime = { ...dependencies, ...peerDependencies, ...bundled }
    // An application is run from its folder, never installed: its development dependencies are always there.
    const atSource = each.layer === 'application' ? { ...runtime, ...devDependencies } : runtime
    const atTest = { ...runtime, ...devDependencies, ...REPOSITORY_TOOLS }
    return [
      ...each.sources.flatMap((file) => checkFile(each, file, imports.get(file) ?? [], atSource)),
      ...each.tests.flatMap((file) => checkFile(each, file, imports.get(file) ?? [], atTest)),
    ]
  })

/** What `tsup.config.ts` and `vitest.config.ts` of a package import; the repository's root installs it once for all. */
const REPOSITORY_TOOLS = { tsup: '', vitest: '' }

const checkFile = (
  { name, folder, layer }: Package,
  file: string,
  imports: readonly Import[],
  declared: Readonly<Record<string, string>>,
): readonly Finding[] =>
  imports.flatMap(({ specifier, line }) => {
    const at = `${file}:${line}`
    if (specifier.startsWith('.')) {
      const target = normalize(`${dirname(file)}/${specifier}`)
      if (layer === 'application' || target.startsWith(`${folder}/`)) return []
      return [problem('declared', at, `'${specifier}' leaves ${folder}: import the other package by its name.`)]
    }
    const wanted = packageOfSpecifier(specifier)
    if (wanted === undefined || wanted === name || wanted in declared) return []
    if (builtinModules.includes(wanted))
      return [problem('declared', at, `write 'node:${specifier}' for a built-in module.`)]
    return [problem('declared', at, `'${wanted}' is not declared in ${folder}/package.json.`)]
  })
