/**
 * Who may depend on whom: connector → at most one kit → core, and drivers; driver → nothing of ours; sql → records → core; system → sql, records, email,
 * core; testkit → core and kits; console and create-* → nothing; core → nothing of ours; nothing → a connector,
 * except applications. An arrow is an import in `src` (types included: published declarations need the other
 * package) or an entry in `dependencies` or `peerDependencies`. What tests use is free.
 */
import { type Finding, problem } from './finding.ts'
import { type Import, packageOfSpecifier } from './imports.ts'
import type { Package } from './workspace.ts'

export interface Arrow {
  readonly from: Package
  readonly to: Package
  /** `file:line`, or the manifest. */
  readonly at: string
}

export const arrowsOf = (
  packages: readonly Package[],
  imports: ReadonlyMap<string, readonly Import[]>,
): readonly Arrow[] => {
  const byName = new Map(packages.filter((each) => each.layer !== 'application').map((each) => [each.name, each]))
  return packages.flatMap((from) => {
    const imported = from.sources.flatMap((file) =>
      (imports.get(file) ?? []).map(({ specifier, line }) => ({
        name: packageOfSpecifier(specifier),
        at: `${file}:${line}`,
      })),
    )
    const declared = Object.keys({ ...from.manifest.dependencies, ...from.manifest.peerDependencies }).map((name) => ({
      name,
      at: `${from.folder}/package.json`,
    }))
    return [...imported, ...declared].flatMap(({ name, at }) => {
      const to = byName.get(name ?? '')
      return to && to !== from ? [{ from, to, at }] : []
    })
  })
}

/** Arrows that point the wrong way, and connectors that stand on more than one kit. */
export const checkArrows = (arrows: readonly Arrow[]): readonly Finding[] => {
  const wrong = arrows.flatMap(({ from, to, at }) =>
    allowed(from, to) ? [] : [problem('arrow', at, `${from.name} may not depend on ${to.name}: ${rule(from)}`)],
  )
  return [...wrong, ...checkOneKit(arrows)]
}

const checkOneKit = (arrows: readonly Arrow[]): readonly Finding[] => {
  const kits = Map.groupBy(
    arrows.filter(({ from, to }) => from.layer === 'connector' && to.layer === 'kit'),
    ({ from }) => from,
  )
  return [...kits].flatMap(([from, used]) => {
    const names = [...new Set(used.map(({ to }) => to.name))].sort()
    const message = `${from.name} stands on ${names.join(' and ')}: a connector has at most one kit.`
    return names.length > 1 ? [problem('arrow', from.folder, message)] : []
  })
}

const KITS_BELOW: Readonly<Record<string, readonly string[]>> = { sql: ['records'] }
const BELOW_SYSTEM = ['sql', 'records', 'email']

const allowed = (from: Package, to: Package): boolean => {
  const target = to.folder.split('/').at(-1) ?? ''
  switch (from.layer) {
    case 'application':
      return true
    case 'connector':
      return to.layer === 'kit' || to.layer === 'driver' || to.layer === 'core'
    case 'kit':
      return (
        to.layer === 'core' ||
        (to.layer === 'kit' && (KITS_BELOW[from.folder.split('/').at(-1) ?? ''] ?? []).includes(target))
      )
    case 'system':
      return to.layer === 'core' || (to.layer === 'kit' && BELOW_SYSTEM.includes(target))
    case 'testkit':
      return to.layer === 'core' || to.layer === 'kit'
    default:
      return false
  }
}

const rule = (from: Package): string => {
  switch (from.layer) {
    case 'core':
      return 'core imports nothing of ours.'
    case 'connector':
      return 'a connector stands on core and at most one kit.'
    case 'kit':
      return 'a kit stands on core (sql also on records).'
    case 'system':
      return 'system stands on core, records, sql and email.'
    case 'testkit':
      return 'the testkit knows core and the kits, never a connector.'
    case 'driver':
      return 'a driver knows a protocol and nothing of ours.'
    case 'standalone':
      return 'console and create-* stand alone.'
    default:
      return `${from.folder} has no place in the architecture; give it one in scripts/layers/workspace.ts.`
  }
}
