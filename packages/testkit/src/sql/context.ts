/** What the checks for SQL dialects work with: the records suite's context over a dialect that is watched. */
import { defineSqlServiceType, type SqlDialect, type SqlReason } from '@gw/sql'
import type { Check } from '../check.ts'
import { openRecords, type RecordsContext, type RecordsSubject } from '../records/context.ts'
import { type SpiedDialect, spyOn } from './spy.ts'

/** An error as the driver throws it, and what it means. */
export interface DriverError {
  readonly name: string
  readonly error: unknown
  readonly reason: SqlReason
}

export interface SqlConformanceOptions {
  readonly dialect: SqlDialect<any>
  /** Creates the standard schema with its rows (`standardDdl`, `standardRows`), and says how to reach it. */
  prepare(): Promise<RecordsSubject>
  /** The dialect's own table of errors, by example: every reason that its `classify` knows. */
  readonly errors: readonly DriverError[]
  /** Cuts the source's open connections, so that the next statement fails; the server itself goes on. */
  cut?(): Promise<void>
  /** Takes the source away altogether, and brings it back. */
  readonly interrupt?: { away(): Promise<void>; back(): Promise<void> }
  /** Where procedures or functions are declared: `prepare` has also run `standardRoutines`. */
  readonly routines?: {
    /** The schema that they are in, where names may be prefixed by it. */
    readonly schema?: string | undefined
    /** Functions may give rows. */
    readonly tableFunctions: boolean
  }
  readonly root?: string
}

export interface SqlContext {
  readonly options: SqlConformanceOptions
  readonly records: RecordsContext
  readonly spy: SpiedDialect
}

export const openSql = async (options: SqlConformanceOptions): Promise<SqlContext> => {
  const spy = spyOn(options.dialect)
  const { prepare, root } = options
  const type = defineSqlServiceType(spy.dialect)
  return { options, spy, records: await openRecords({ type, prepare, ...(root !== undefined && { root }) }) }
}

/** A check that finds the standard rows as they were described, and no statement written down. */
export const sqlCheck = (
  name: string,
  run: (context: SqlContext) => Promise<void>,
  requires: (context: SqlContext) => string | undefined = () => undefined,
): Check<SqlContext> => ({
  name,
  requires,
  async run(context) {
    await context.records.fresh()
    context.spy.forget()
    await run(context)
  },
})
