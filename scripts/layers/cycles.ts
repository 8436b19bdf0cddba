/**
 * Import cycles. Between packages every import counts. Between the files of one package only those that exist at run
 * time do: a type that mentions another file's type is harmless, a module that runs before the one it needs is not.
 */
import { dirname, normalize } from 'node:path/posix'
import type { Arrow } from './arrows.ts'
import { type Finding, problem } from './finding.ts'
import type { Import } from './imports.ts'
import type { Package } from './workspace.ts'

type Graph = ReadonlyMap<string, ReadonlySet<string>>

export const checkCycles = (
  packages: readonly Package[],
  imports: ReadonlyMap<string, readonly Import[]>,
  arrows: readonly Arrow[],
): readonly Finding[] => [
  ...cyclesIn(graphOf(arrows.map(({ from, to }) => [from.name, to.name]))).map((cycle) =>
    problem('cycle', cycle[0] ?? '', `packages depend on each other: ${cycle.join(' → ')}.`),
  ),
  ...packages.flatMap((each) =>
    cyclesIn(graphOf(each.sources.flatMap((file) => runtimeEdges(file, imports.get(file) ?? [])))).map((cycle) =>
      problem(
        'cycle',
        cycle[0] ?? '',
        `files import each other: ${cycle.join(' → ')}. Move what both need into a third file.`,
      ),
    ),
  ),
]

const runtimeEdges = (file: string, imports: readonly Import[]): readonly (readonly [string, string])[] =>
  imports.flatMap(({ specifier, typeOnly }) =>
    specifier.startsWith('.') && !typeOnly ? [[file, normalize(`${dirname(file)}/${specifier}`)] as const] : [],
  )

const graphOf = (edges: readonly (readonly [string, string])[]): Graph => {
  const graph = new Map<string, Set<string>>()
  for (const [from, to] of edges) graph.set(from, (graph.get(from) ?? new Set()).add(to))
  return graph
}

/** One cycle for each group of nodes that reach each other, as a path that ends where it began. */
const cyclesIn = (graph: Graph): readonly (readonly string[])[] => {
  const done = new Set<string>()
  const cycles: (readonly string[])[] = []
  const walk = (node: string, path: readonly string[]): void => {
    const seen = path.indexOf(node)
    if (seen >= 0) cycles.push([...path.slice(seen), node])
    if (seen >= 0 || done.has(node)) return
    for (const next of graph.get(node) ?? []) walk(next, [...path, node])
    done.add(node)
  }
  for (const node of graph.keys()) walk(node, [])
  return cycles
}
