/**
 * Each package says what it offers three times: `exports` (sources, for this repository), `publishConfig.exports`
 * (what npm gets) and tsup's entries (what is built). They must say the same, and `dist`, where it exists, must have it.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Finding, problem } from './finding.ts'
import type { Package } from './workspace.ts'

/** @param root Absolute path of the repository. */
export const checkExports = async (root: string, packages: readonly Package[]): Promise<readonly Finding[]> => {
  const published = packages.filter((each) => each.layer !== 'application')
  return (await Promise.all(published.map((each) => checkPackage(root, each)))).flat()
}

const checkPackage = async (root: string, each: Package): Promise<readonly Finding[]> => {
  const { exports = {}, bin = {}, publishConfig, gw } = each.manifest
  const at = `${each.folder}/package.json`
  const folder = join(root, each.folder)
  const say = (message: string): Finding => problem('exports', at, message)
  const missing = [
    ...Object.entries(exports).flatMap(([key, target]) => missingFile(folder, `exports["${key}"]`, target)),
    ...Object.entries(bin).flatMap(([key, target]) => missingFile(folder, `bin.${key}`, target)),
  ]
  const built = existsSync(join(folder, 'dist'))
    ? Object.values({ ...publishConfig?.exports, ...publishConfig?.bin })
        .flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target as object).map(String)))
        .filter((target) => target.startsWith('./dist/') && !existsSync(join(folder, target)))
        .map((target) => `dist lacks ${target}, which publishConfig promises: run \`pnpm build\`.`)
    : []
  const subpaths = [
    ...Object.values(gw?.serviceTypes ?? {}),
    ...Object.values(gw?.commands ?? {}),
    gw?.governance ?? [],
  ].flat()
  const unreachable = subpaths
    .filter((subpath) => !(subpath in exports))
    .map((subpath) => `the gw manifest names "${subpath}", which exports does not have.`)
  return [
    ...missing,
    ...disagreements('exports', exports, publishConfig?.exports ?? {}, publishedExport),
    ...disagreements('bin', bin, publishConfig?.bin ?? {}, publishedFile),
    ...(await checkEntries(folder, [...Object.values(exports), ...Object.values(bin)])),
    ...built,
    ...unreachable,
  ].map(say)
}

const missingFile = (folder: string, what: string, target: unknown): readonly string[] => {
  const exists = typeof target === 'string' && (target.includes('*') || existsSync(join(folder, target)))
  return exists ? [] : [`${what} points at ${JSON.stringify(target)}, which does not exist.`]
}

const publishedFile = (source: unknown): unknown =>
  typeof source === 'string' ? source.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js') : source

const publishedExport = (source: unknown): unknown => {
  const code = publishedFile(source)
  return code === source ? source : { types: String(code).replace(/\.js$/, '.d.ts'), default: code }
}

const disagreements = (
  field: string,
  ours: Readonly<Record<string, unknown>>,
  published: Readonly<Record<string, unknown>>,
  expected: (source: unknown) => unknown,
): readonly string[] =>
  [...new Set([...Object.keys(ours), ...Object.keys(published)])].flatMap((key) => {
    const wanted = JSON.stringify(key in ours ? expected(ours[key]) : undefined)
    const actual = JSON.stringify(published[key])
    return wanted === actual
      ? []
      : [`publishConfig.${field}["${key}"] is ${actual ?? 'missing'}; ${field} asks for ${wanted ?? 'nothing'}.`]
  })

/** Every exported source is an entry of its own, so that its published name exists; nothing else needs to be. */
const checkEntries = async (folder: string, targets: readonly unknown[]): Promise<readonly string[]> => {
  const file = join(folder, 'tsup.config.ts')
  const sources = targets.filter((target): target is string => typeof target === 'string' && target.endsWith('.ts'))
  if (!existsSync(file))
    return sources.length > 0 ? ['exports sources, but there is no tsup.config.ts to build them.'] : []
  const { default: config } = (await import(pathToFileURL(file).href)) as { default: { entry?: readonly string[] } }
  const entries = new Set(config.entry ?? [])
  const wanted = new Set(sources.map((source) => source.replace('./', '')))
  return [
    ...[...wanted].filter((entry) => !entries.has(entry)).map((entry) => `tsup.config.ts lacks the entry '${entry}'.`),
    ...[...entries]
      .filter((entry) => !wanted.has(entry))
      .map((entry) => `tsup.config.ts builds '${entry}', which nothing exports.`),
  ]
}
