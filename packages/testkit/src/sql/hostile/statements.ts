/** What hostile text must not become: a part of a statement that is not a quoted name or text of a definition. */
import { MARK } from './text.ts'

/** Databases of the MySQL family end no text at a quote behind a backslash; the others do, but in `e'…'`. */
export type Backslash = 'escapes' | 'plain'

const QUOTED: Readonly<Record<Backslash, RegExp>> = {
  escapes: /'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|`(?:[^`]|``)*`/gs,
  plain: /\be'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/gis,
}

/** What is left of a statement without its quoted names and texts. */
export const bareStatement = (sql: string, backslash: Backslash): string => sql.replace(QUOTED[backslash], '')

/** Where tables are made or changed, names and defaults stand in a statement, in quotes: nothing can be bound there. */
const DEFINITION = /^\s*(?:create (?:unique )?(?:table|index)|alter table|drop (?:table|index))\b/i

/**
 * Whether a statement holds text of the hostile corpus where none may stand: anywhere but in values that are bound, and,
 * in definitions, in quotes. For searching what a server says it has been told.
 */
export const holdsHostileText = (sql: string, backslash: Backslash): boolean => {
  if (!sql.toLowerCase().includes(MARK)) return false
  return !DEFINITION.test(sql) || bareStatement(sql, backslash).toLowerCase().includes(MARK)
}
