/** What `_spec` tells of a records service beside its endpoints (the wire contract §1.4; platform part, §8.4). */
import type { Explanation, Reader } from '@gw/core'
import { granted, verbsOn } from '../describe.ts'
import type { Kit } from '../execute/work.ts'
import { createPlanner } from '../plan/planner.ts'
import { scopeOf } from '../scope.ts'
import type { RecordsOptions, RecordsSource } from '../source.ts'
import { modelOf } from './model.ts'
import { relationshipsOf } from './relationships.ts'
import { USAGE } from './usage.ts'

const extensionsFor = ({ source }: Kit, reader: Reader) => {
  const catalog = source.catalog()
  const scopes = catalog.tables.flatMap((table) => {
    const grant = granted(reader, `_table/${table.name}`, 'GET')
    return grant ? [scopeOf(table, grant)] : []
  })
  return {
    'x-dreamfactory-resources': catalog.tables
      .map(({ name }) => name)
      .filter((name) => verbsOn(reader, `_table/${name}`).length > 0),
    'x-dreamfactory-relationships': relationshipsOf(scopes, catalog, reader),
    'x-dreamfactory-usage': USAGE,
  } as const
}

/**
 * How a records service explains itself.
 * @param source what rows come from, without a cache before it
 */
export const recordsExplanation = (source: RecordsSource, options: RecordsOptions): Explanation => {
  const kit: Kit = { source, options, planner: createPlanner(source) }
  return {
    extensions: (reader) => extensionsFor(kit, reader),
    model: (reader, request) => modelOf(kit, reader, request),
  }
}
