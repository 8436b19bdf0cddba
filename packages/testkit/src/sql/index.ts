/** The suite for SQL dialects, beside those for services and records. */
import { about, type Check, type Suite } from '../check.ts'
import { closeRecords } from '../records/context.ts'
import { bind } from '../suite.ts'
import { cachingChecks } from './caching.ts'
import { calmChecks } from './calm.ts'
import { classifyChecks } from './classify.ts'
import { openSql, type SqlConformanceOptions, type SqlContext } from './context.ts'
import { embeddingChecks } from './embedding.ts'
import { hostileChecks } from './hostile/index.ts'
import { interruptionChecks } from './interruption.ts'
import { junctionChecks } from './junctions.ts'
import { routineChecks } from './routines.ts'
import { statementChecks } from './statements.ts'

export { type DriverError, openSql, type SqlConformanceOptions, type SqlContext } from './context.ts'
export { holdsHostileText } from './hostile/statements.ts'
export { MARK as HOSTILE_MARK } from './hostile/text.ts'
export { type NativesOptions, type NativeType, nativesConformance } from './natives.ts'
export { standardRoutines } from './routine-ddl.ts'
export { type SeenStatement, type SpiedDialect, spyOn } from './spy.ts'

/** The capabilities that this suite proves: for `conformance({ proven })`. */
export const SQL_PROVEN: readonly string[] = ['sql']

export const sqlChecks: readonly Check<SqlContext>[] = [
  // Before anything else has asked for routines: one check is about that.
  ...routineChecks,
  ...classifyChecks,
  ...about(['sql'], statementChecks),
  ...cachingChecks,
  ...calmChecks,
  ...embeddingChecks,
  ...junctionChecks,
  ...hostileChecks,
  ...interruptionChecks,
]

/** What defines a working SQL dialect. */
export const sqlSuite = (options: SqlConformanceOptions): Suite<SqlContext> => ({
  family: 'sql',
  title: `${options.dialect.name} is a SQL dialect`,
  checks: sqlChecks,
  open: () => openSql(options),
  close: ({ records }) => closeRecords(records),
  // Hundreds of tables are made and dropped, on a machine that may be busy; in the long form, many more.
  timeout: process.env.GW_HOSTILE_CALLS === undefined ? 180_000 : 7_200_000,
})

/** Declares it with vitest. */
export const sqlConformance = (options: SqlConformanceOptions): void => bind(sqlSuite(options))
