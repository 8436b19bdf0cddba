/** Declarations and files in Markdown, as they stand in the code: nobody writes them twice. */
import { readFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'

const fenced = (code: string): string => `\`\`\`ts\n${code}\n\`\`\``

/** What a statement declares, where it exports something with a name. */
const nameOf = (statement: any): string | undefined => {
  const { type, declaration } = statement
  if (type !== 'ExportNamedDeclaration' || !declaration) return undefined
  return declaration.id?.name ?? declaration.declarations?.[0]?.id?.name
}

/**
 * @param names exported declarations of a file, in the order in which they are to be read
 * @throws Error where one is not there
 */
export const declarationsIn = (file: string, names: readonly string[]): string => {
  const text = readFileSync(file, 'utf8')
  const { program, comments } = parseSync(file, text)
  const found = new Map(program.body.map((statement) => [nameOf(statement), statement]))
  const codes = names.map((name) => {
    const statement = found.get(name)
    if (!statement) throw new Error(`${file} exports no ${name}.`)
    const before = comments.findLast(
      ({ end }) => end <= statement.start && text.slice(end, statement.start).trim() === '',
    )
    return text.slice(before?.start ?? statement.start, statement.end)
  })
  return fenced(codes.join('\n\n'))
}

/** A whole file, without the comment at its head. */
export const fileOf = (file: string): string =>
  fenced(
    readFileSync(file, 'utf8')
      .replace(/^\/\*\*.*?\*\/\n/s, '')
      .trim(),
  )

/** Of a text that `pnpm api` keeps: its declarations by name, each with its comment. */
const partsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .trimEnd()
      .split('\n\n')
      .flatMap((part): [string, string][] => {
        const [, name] = /^export declare (?:abstract )?(?:interface|type|const|class|function) (\w+)/m.exec(part) ?? []
        return name === undefined ? [] : [[name, part]]
      }),
  )

export interface Chapter {
  readonly title: string
  readonly names: readonly string[]
}

/**
 * The public declarations of an entry by chapters; what no chapter names comes last.
 * @throws Error where a chapter names what is not there
 */
export const reference = (file: string, chapters: readonly Chapter[], last: string): string => {
  const parts = partsOf(readFileSync(file, 'utf8'))
  const named = new Set(chapters.flatMap(({ names }) => names))
  const rest = [...parts.keys()].filter((name) => !named.has(name))
  return [...chapters, { title: last, names: rest }]
    .filter(({ names }) => names.length > 0)
    .map(({ title, names }) => {
      const codes = names.map((name) => {
        const part = parts.get(name)
        if (part === undefined) throw new Error(`${file} has no ${name}.`)
        return part.replaceAll('export declare ', '')
      })
      return `## ${title}\n\n${fenced(codes.join('\n\n'))}`
    })
    .join('\n\n')
}
