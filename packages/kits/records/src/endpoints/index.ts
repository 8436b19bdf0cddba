/** Everything under a records service: the root, `_table`, `_schema`, and routines where the source has them. */
import type { Endpoint } from '@gw/core'
import type { Kit } from '../execute/work.ts'
import type { ExtrasStore } from '../extras/store.ts'
import { createPlanner } from '../plan/planner.ts'
import type { RecordsOptions, RecordsSource } from '../source.ts'
import { batchEndpoints } from './batch.ts'
import { fieldEndpoints } from './fields.ts'
import { nameEndpoints } from './names.ts'
import { recordEndpoints } from './record.ts'
import { relationEndpoints } from './relations.ts'
import { routineEndpoints } from './routines.ts'
import { schemaEndpoints } from './schema.ts'
import { tableEndpoints } from './table.ts'

/**
 * The endpoints of a records service.
 * @param source what rows come from; its catalogue is read on every call, so a refreshed one is seen at once
 * @param extras what is remembered beside the source, which then has to be one `withExtras`
 * @param options the service's settings, from `recordsOptions(config)`
 */
export const recordsEndpoints = (
  source: RecordsSource,
  options: RecordsOptions,
  extras?: ExtrasStore,
): readonly Endpoint[] => {
  const kit: Kit = { source, options, planner: createPlanner(source), extras }
  const records = [...tableEndpoints(kit), ...recordEndpoints(kit)]
  return [
    ...nameEndpoints(kit),
    ...schemaEndpoints(kit),
    ...relationEndpoints(kit),
    ...fieldEndpoints(kit),
    ...records,
    ...batchEndpoints(kit, records),
    ...routineEndpoints(kit),
  ]
}
