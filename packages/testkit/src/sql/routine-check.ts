/** What the checks on routines are written with. */
import type { Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { type SqlContext, sqlCheck } from './context.ts'

export const lacking =
  (kind: 'procedures' | 'functions') =>
  ({ options: { dialect } }: SqlContext) =>
    dialect.capabilities[kind] ? undefined : `the dialect declares no ${kind}`

/** A check that applies where procedures are declared. */
export const procedureCheck = (name: string, run: (context: SqlContext) => Promise<void>): Check<SqlContext> =>
  sqlCheck(name, run, lacking('procedures'))
/** A check that applies where functions are declared. */
export const functionCheck = (name: string, run: (context: SqlContext) => Promise<void>): Check<SqlContext> =>
  sqlCheck(name, run, lacking('functions'))

/** A call by POST. */
export const proc = (name: string, params?: unknown, more: object = {}): Ask => ({
  method: 'POST',
  path: `_proc/${encodeURIComponent(name)}`,
  body: { ...(params !== undefined && { params }), ...more },
})
