/** What holds for the rows of one table beside what the database itself can say. */
import { type Caller, GwError } from '@gw/core'
import type { Row } from '@gw/records'

/** Values by API names; JSON as values, not as text. */
export type Values = Readonly<Record<string, unknown>>

export interface RuleContext {
  readonly caller: Caller | undefined
  readonly signal: AbortSignal
  /** The row as it is stored; absent for a new one. */
  readonly before?: Values | undefined
  /** Rows of a table with these values, as they are stored, within the write's transaction. */
  find(table: string, where: Values): Promise<readonly Row[]>
}

export interface TableRules {
  /** Refuses or completes what is to be stored: a whole new row, or the fields of a change. */
  check?(values: Values, context: RuleContext): Values | Promise<Values>
  /** The row that a new one means, where there is such a one already: it is changed instead (platform.md §3.1.5). */
  known?(values: Values, context: RuleContext): Promise<Values | undefined>
  /** Said of a second new row for the same within one call. */
  readonly twice?: Problems
  /** Fields that are stored in another form than they are given in: neither compared nor grouped by. */
  readonly sealed?: readonly string[]
  /** The stored form of the sealed fields among `values`. */
  seal?(values: Values, id: string | number, context: RuleContext): Values | Promise<Values>
  removing?(row: Values, context: RuleContext): void | Promise<void>
  /** Fields that `present` looks at. */
  readonly needs?: readonly string[]
  /** A row as a caller sees it. */
  present?(row: Values, caller: Caller | undefined): Values
}

export type Problems = Readonly<Record<string, readonly string[]>>

/** The wire contract's answer to a record that is not valid (platform.md §3.1.4). */
export const invalid = (problems: Problems): GwError => {
  const texts = Object.values(problems).flat()
  return new GwError('invalid_request', `Invalid data supplied. ${texts.join(' ')}`, { details: problems })
}

/** Collects what is wrong with a record. */
export class Findings {
  readonly #problems: Record<string, string[]> = {}

  add(field: string, message: string): void {
    this.#problems[field] ??= []
    this.#problems[field].push(message)
  }
  /** A text that is there, where it is given, or has to be. */
  required(values: Values, { before }: RuleContext, ...fields: readonly string[]): void {
    for (const field of fields) {
      const given = Object.hasOwn(values, field)
      const value = values[field]
      if ((given || !before) && (value === undefined || value === null || value === ''))
        this.add(field, `The ${field} is required.`)
    }
  }
  longest(values: Values, lengths: Readonly<Record<string, number>>): void {
    for (const [field, length] of Object.entries(lengths)) {
      const value = values[field]
      if (typeof value === 'string' && value.length > length)
        this.add(field, `The ${field} may have at most ${length} characters.`)
    }
  }
  /** @throws GwError where something was found */
  settle(): void {
    if (Object.keys(this.#problems).length > 0) throw invalid(this.#problems)
  }
}
