/** The files of this example, and what they say, for the tests. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

export const EXAMPLE = dirname(import.meta.dirname)
export const ROOT = join(EXAMPLE, '../..')
export const read = (path: string): string => readFileSync(join(EXAMPLE, path), 'utf8')
export const guide = (): string => readFileSync(join(ROOT, 'docs/guides/production.md'), 'utf8')

export const yamlOf = (path: string): any => parse(read(path), { merge: true })
export const documentsOf = (path: string): readonly any[] =>
  parseAllDocuments(read(path)).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS()
  })

const unique = (found: Iterable<RegExpExecArray>): readonly string[] =>
  [...new Set([...found].map(([, name]) => name!))].sort()
const CONFIGURATION = 'gateway/gw.config.yaml'

/** Names of the files that the configuration takes secrets from. */
export const secretsWanted = (): readonly string[] => unique(read(CONFIGURATION).matchAll(/\$\{file:secrets\/(\w+)\}/g))
/** Environment variables that it reads. */
export const variables = (): readonly string[] => unique(read(CONFIGURATION).matchAll(/\$\{env:(\w+)/g))
/** Those of them without which it can not be read. */
export const variablesNeeded = (): readonly string[] => unique(read(CONFIGURATION).matchAll(/\$\{env:(\w+)\}/g))

/** `NAME=value` lines. */
export const assignmentsIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

/** The settings of a unit file, by section. */
export const unitOf = (path: string): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> => {
  const sections = new Map<string, Map<string, string[]>>()
  let current = new Map<string, string[]>()
  for (const line of read(path).split('\n')) {
    const [, section] = /^\[(\w+)\]$/.exec(line) ?? []
    if (section) {
      current = new Map()
      sections.set(section, current)
    }
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (name) current.set(name, [...(current.get(name) ?? []), value!])
  }
  return sections
}
