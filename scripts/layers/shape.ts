/** Names and sizes: a file that says what it is and fits in a head. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Finding, problem, warning } from './finding.ts'
import type { Package } from './workspace.ts'

const FILE_LINES = 350
const CONNECTOR_LINES = 1000
const CONNECTOR_INDEX_LINES = 60
const FORBIDDEN = new Set(['util', 'utils', 'common', 'helper', 'helpers', 'manager', 'managers', 'misc'])

/** @param root Absolute path of the repository. */
export const checkShape = (root: string, packages: readonly Package[]): readonly Finding[] =>
  packages.flatMap((each) => {
    const lines = new Map([...each.sources, ...each.tests].map((file) => [file, countLines(join(root, file))]))
    return [
      ...[...lines.keys()].flatMap((file) => checkName(file, each.folder)),
      ...[...lines].flatMap(([file, count]) =>
        count > FILE_LINES
          ? [warning('size', file, `${count} lines; above ${FILE_LINES} a file usually holds two things.`)]
          : [],
      ),
      ...(each.layer === 'connector' ? checkConnector(each, lines) : []),
    ]
  })

const checkConnector = (each: Package, lines: ReadonlyMap<string, number>): readonly Finding[] => {
  const total = each.sources.reduce((sum, file) => sum + (lines.get(file) ?? 0), 0)
  const index = lines.get(`${each.folder}/src/index.ts`) ?? 0
  return [
    ...(total > CONNECTOR_LINES
      ? [
          problem(
            'size',
            each.folder,
            `${total} lines of source; a connector has at most ${CONNECTOR_LINES}. What is more belongs into its kit.`,
          ),
        ]
      : []),
    ...(index > CONNECTOR_INDEX_LINES
      ? [
          problem(
            'size',
            `${each.folder}/src/index.ts`,
            `${index} lines; a connector's index has at most ${CONNECTOR_INDEX_LINES}.`,
          ),
        ]
      : []),
  ]
}

const checkName = (file: string, folder: string): readonly Finding[] => {
  const words = file
    .slice(folder.length + 1)
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[/._-]/)
  const found = words.find((word) => FORBIDDEN.has(word))
  return found
    ? [problem('name', file, `'${found}' in ${basename(file)} says nothing: name the file after what it holds.`)]
    : []
}

const countLines = (file: string): number => readFileSync(file, 'utf8').trimEnd().split('\n').length
