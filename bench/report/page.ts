/** Puts measurements into docs/performance.md, between its markers, and the picture beside it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chart } from './chart.ts'
import type { Results } from './results.ts'
import { ceilingText, databaseText, peersText } from './tables.ts'

const DOCS = join(dirname(dirname(import.meta.dirname)), 'docs')
const END = '<!-- /measured -->'

/** Replaces what stands between a section's markers. @throws where the page has none */
export const replaceSection = (page: string, section: string, text: string): string => {
  const marker = `<!-- measured: ${section}; written by \`pnpm bench\` -->`
  const begin = page.indexOf(marker)
  const end = page.indexOf(END, begin)
  if (begin < 0) throw new Error(`The page lacks the markers ${marker} … ${END}.`)
  if (end < 0) throw new Error(`The page lacks ${END} after ${marker}.`)
  return `${page.slice(0, begin + marker.length)}\n\n${text}\n\n${page.slice(end)}`
}

const PICTURE = 'performance.svg'

/** The sections of what has been measured, by the names of their markers. */
const sectionsOf = ({ postgres, mariadb, sqlite, peers, ceiling }: Results): readonly (readonly [string, string])[] => [
  ...[postgres, mariadb, sqlite].flatMap((results) =>
    results ? [[results.label, databaseText(results)] as const] : [],
  ),
  ...(peers ? [['peers', peersText(peers)] as const] : []),
  ...(ceiling ? [['ceiling', ceilingText(ceiling)] as const] : []),
]

/** The parts that were just measured go into the page; the picture shows the latest of all. */
export const writePage = (measured: Results, all: Results): void => {
  const file = join(DOCS, 'performance.md')
  const pictured = [
    ['picture', `![Requests per second as a part of those of b, for each workload](${PICTURE})`] as const,
  ]
  const page = [...pictured, ...sectionsOf(measured)].reduce(
    (text, [section, content]) => replaceSection(text, section, content),
    readFileSync(file, 'utf8'),
  )
  writeFileSync(join(DOCS, PICTURE), chart(all))
  writeFileSync(file, page)
}
