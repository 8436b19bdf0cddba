/**
 * Generated corpora of hostile calls, for every place that takes text. Their short form belongs to the suite; their
 * long one is run by `pnpm stress`.
 */
import type { Check } from '../../check.ts'
import type { SqlContext } from '../context.ts'
import { batchChecks } from './batches.ts'
import { callChecks } from './calls.ts'
import { definitionChecks } from './definitions.ts'
import { descriptionChecks } from './descriptions.ts'
import { relatedChecks } from './related.ts'
import { requestChecks } from './requests.ts'

export const hostileChecks: readonly Check<SqlContext>[] = [
  ...requestChecks,
  ...relatedChecks,
  ...batchChecks,
  ...descriptionChecks,
  ...callChecks,
  ...definitionChecks,
]
