/** The suite for every service that offers `_table`. */
import { about, type Check, type Suite } from '../check.ts'
import { bind } from '../suite.ts'
import { batchChecks } from './batches.ts'
import { collationChecks } from './collations.ts'
import { conditionChecks } from './conditions.ts'
import { closeRecords, openRecords, type RecordsConformanceOptions, type RecordsContext } from './context.ts'
import { cursorChecks } from './cursors.ts'
import { deleteChecks } from './deletes.ts'
import { documentChecks } from './documents.ts'
import { explainedChecks } from './explained.ts'
import { extrasChecks } from './extras.ts'
import { fidelityChecks } from './fidelity.ts'
import { filterChecks } from './filters.ts'
import { functionChecks } from './functions.ts'
import { groupChecks } from './groups.ts'
import { importChecks } from './imports.ts'
import { modelCheck, renamedModelCheck } from './model.ts'
import { nameChecks } from './names.ts'
import { nestedChecks } from './nested.ts'
import { preferenceChecks } from './preferences.ts'
import { readChecks } from './reads.ts'
import { relatedChecks } from './related.ts'
import { relatedFilterChecks } from './related-filters.ts'
import { relationExtrasChecks } from './relation-extras.ts'
import { relationChecks } from './relations.ts'
import { repeatChecks } from './repeats.ts'
import { replyChecks } from './replies.ts'
import { roleChecks } from './roles.ts'
import { schemaChecks } from './schema/index.ts'
import { stepChecks } from './steps.ts'
import { stepsModelCheck } from './steps-model.ts'
import { stepRightsChecks } from './steps-rights.ts'
import { streamChecks } from './streams.ts'
import { upsertChecks } from './upserts.ts'
import { writeChecks } from './writes.ts'

export { type ReplyValidator, replyValidator } from '../replies.ts'
export { relatedAreEqual } from './collations.ts'
export {
  closeRecords,
  type Lack,
  openRecords,
  type RecordsConformanceOptions,
  type RecordsContext,
  type RecordsSubject,
} from './context.ts'
export { type StandardDialect, standardDdl, standardRows } from './ddl.ts'
export { type ModelOptions, modelCheck, renamedModelCheck } from './model.ts'
export { type PromisedSource, promised } from './promised.ts'
export { referenceSubject, referenceType } from './reference.ts'
export { STANDARD, type StandardField, type StandardTable, seedOf, standardTable, standardTables } from './standard.ts'

/** The capabilities that this suite proves: for `conformance({ proven })`. */
export const RECORDS_PROVEN: readonly string[] = ['rowFilters', 'fieldRules', 'records', 'schema', 'documents']

export const recordsChecks: readonly Check<RecordsContext>[] = [
  ...readChecks,
  ...nameChecks,
  ...explainedChecks,
  ...filterChecks,
  ...groupChecks,
  ...cursorChecks,
  ...writeChecks,
  ...deleteChecks,
  ...fidelityChecks,
  ...upsertChecks,
  ...batchChecks,
  ...conditionChecks,
  ...preferenceChecks,
  ...repeatChecks,
  ...about(['rowFilters', 'fieldRules'], roleChecks),
  ...relatedChecks,
  ...relatedFilterChecks,
  ...relationChecks,
  ...collationChecks,
  ...extrasChecks,
  ...relationExtrasChecks,
  ...functionChecks,
  ...nestedChecks,
  ...stepChecks,
  ...stepRightsChecks,
  ...streamChecks,
  ...importChecks,
  ...replyChecks,
  ...about(['schema'], schemaChecks),
  ...about(['documents'], documentChecks),
  modelCheck(),
  renamedModelCheck(),
  stepsModelCheck(),
]

/** What defines a working records service, against a source that `prepare` fills. */
export const recordsSuite = (options: RecordsConformanceOptions): Suite<RecordsContext> => ({
  family: 'records',
  title: `${options.type.name} serves records`,
  checks: recordsChecks,
  open: () => openRecords(options),
  close: closeRecords,
  timeout: process.env.GW_STRESS ? 600_000 : 60_000,
})

/** Declares it with vitest. */
export const recordsConformance = (options: RecordsConformanceOptions): void => bind(recordsSuite(options))
