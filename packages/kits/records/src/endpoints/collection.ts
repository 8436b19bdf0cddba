/** A table of a source as a collection of its own: the endpoints of `_table/{table_name}`, below another path. */
import type { Endpoint } from '@gw/core'
import type { Kit } from '../execute/work.ts'
import { createPlanner } from '../plan/planner.ts'
import type { RecordsOptions, RecordsSource } from '../source.ts'
import { type Collection, collectionPlace } from './place.ts'
import { recordEndpoints } from './record.ts'
import { tableEndpoints } from './table.ts'

/**
 * Makes collections over one source. What is told to a caller, and what is done beside a write, is the source's to say.
 * @returns makes the endpoints of a collection
 */
export const recordsCollections = (
  source: RecordsSource,
  options: RecordsOptions,
): ((collection: Collection) => readonly Endpoint[]) => {
  const kit: Kit = { source, options, planner: createPlanner(source) }
  return (collection) => {
    const place = collectionPlace(collection)
    return [...tableEndpoints(kit, place), ...recordEndpoints(kit, place)]
  }
}
