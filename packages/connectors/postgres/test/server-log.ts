/** What the server says that it has been told: its log, for databases that have `log_statement` set. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

export interface Logged {
  /** Text that the server was asked to run, or that failed before it ran. */
  readonly statements: ReadonlySet<string>
  /** How many statements were run with a value that holds the wanted text. */
  readonly bound: number
}

/** `[database application] LOG:  text`, as the server is told to begin its lines; what goes on begins with a tab. */
const ENTRY = /^\[(\S*) (.*?)\] ([A-Z]+\d*): {2}(.*)$/s

/**
 * What one application has asked of some databases.
 * @param wanted looked for in values
 */
export const loggedBy = async (
  file: string,
  databases: ReadonlySet<string>,
  application: string,
  wanted: string,
): Promise<Logged> => {
  const statements = new Set<string>()
  let bound = 0
  const note = (entry: string) => {
    const [, database, by, kind, text] = ENTRY.exec(entry) ?? []
    if (!databases.has(database!) || by !== application) return
    if (kind === 'STATEMENT') statements.add(text!)
    if (kind === 'LOG' && /^(?:statement|execute [^:]*): /.test(text!))
      statements.add(text!.slice(text!.indexOf(': ') + 2))
    if (kind === 'DETAIL' && /^parameters: /i.test(text!) && text!.includes(wanted)) bound += 1
  }
  let entry = ''
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.startsWith('\t')) entry += `\n${line.slice(1)}`
    else {
      note(entry)
      entry = line
    }
  }
  note(entry)
  return { statements, bound }
}
