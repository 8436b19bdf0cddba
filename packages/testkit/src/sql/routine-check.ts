/** What the checks on routines are written with. */
import { about, type Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { type SqlContext, sqlCheck } from './context.ts'

export const lacking =
  (kind: 'procedures' | 'functions') =>
  ({ options: { dialect } }: SqlContext) =>
    dialect.capabilities[kind] ? undefined : `the dialect declares no ${kind}`

/** A check that applies where procedures are declared. */
export const procedureCheck = (name: string, run: (context: SqlContext) => Promise<void>): Check<SqlContext> =>
  about(['sql.procedures'], [sqlCheck(name, run, lacking('procedures'))])[0]!
/** A check that applies where functions are declared. */
export const functionCheck = (name: string, run: (context: SqlContext) => Promise<void>): Check<SqlContext> =>
  about(['sql.functions'], [sqlCheck(name, run, lacking('functions'))])[0]!

/** A call by POST. */
export const proc = (name: string, params?: unknown, more: object = {}): Ask => ({
  method: 'POST',
  path: `_proc/${encodeURIComponent(name)}`,
  body: { ...(params !== undefined && { params }), ...more },
})
