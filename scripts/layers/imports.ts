/** What a TypeScript file imports, read by a real parser. */
import { readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'oxc-parser'

export interface Import {
  /** As written: `./plan.ts`, `@gw/core/kernel`, `node:fs`. */
  readonly specifier: string
  /** 1-based. */
  readonly line: number
  /** Erased before the program runs; it still needs the other package's declarations. */
  readonly typeOnly: boolean
}

/**
 * Static imports, re-exports, `import()` with a literal argument, and `import('x').T` in types.
 * @throws where the file does not parse.
 */
export const importsOf = (file: string): readonly Import[] => parseImports(file, readFileSync(file, 'utf8'))

export const parseImports = (file: string, text: string): readonly Import[] => {
  const { module, program, errors } = parseSync(file, text)
  if (errors[0]) throw new Error(`${file} does not parse: ${errors[0].message}`)
  const found: { specifier: string; start: number; typeOnly: boolean }[] = []
  for (const { moduleRequest, entries } of module.staticImports) {
    const typeOnly = entries.length > 0 && entries.every((entry) => entry.isType)
    found.push({ specifier: moduleRequest.value, start: moduleRequest.start, typeOnly })
  }
  for (const { entries } of module.staticExports) {
    const from = entries.find((entry) => entry.moduleRequest)?.moduleRequest
    if (from) found.push({ specifier: from.value, start: from.start, typeOnly: entries.every((entry) => entry.isType) })
  }
  new Visitor({
    ImportExpression({ source }) {
      if (source.type !== 'Literal' || typeof source.value !== 'string') return
      found.push({ specifier: source.value, start: source.start, typeOnly: false })
    },
    TSImportType({ source }) {
      found.push({ specifier: source.value, start: source.start, typeOnly: true })
    },
  }).visit(program)
  return found.map(({ specifier, start, typeOnly }) => ({ specifier, typeOnly, line: lineAt(text, start) }))
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** The package a bare specifier belongs to: `@gw/core/kernel` → `@gw/core`; `undefined` for relative and built-in ones. */
export const packageOfSpecifier = (specifier: string): string | undefined => {
  if (
    specifier.startsWith('.') ||
    specifier.startsWith('/') ||
    specifier.startsWith('node:') ||
    specifier.startsWith('#')
  ) {
    return undefined
  }
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
