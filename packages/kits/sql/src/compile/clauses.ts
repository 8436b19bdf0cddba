/** Clauses → a statement. */
import { type RawBuilder, sql } from 'kysely'

/** Joins the clauses that are there by spaces. */
export const clauses = (...parts: readonly (RawBuilder<unknown> | undefined)[]): RawBuilder<unknown> =>
  sql.join(
    parts.filter((part) => part !== undefined),
    sql` `,
  )
