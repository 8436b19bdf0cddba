/** Reading groups: `GET _table/t?group=…` (the wire contract §2.6). */
import { GwError, type Reply, rows } from '@gw/core'
import { filterValues } from '../filter/bind.ts'
import { filterOf } from '../filter/parse.ts'
import { countRows, pageOf, schemaOf, targetOf } from './read.ts'
import { filterSlots, type Work } from './work.ts'

/** A page of groups. The count, where it is asked for, is that of the records: it ignores `group`. */
export const readGroups = async (work: Work, group: string): Promise<Reply> => {
  const { source, params, planner, rows: claims, lookup, run } = work
  if (!source.group || !source.capabilities.grouping) {
    throw new GwError('not_supported', "The parameter 'group' is not supported by this service.")
  }
  const { target, filter } = targetOf(work)
  const { limit, offset, clamped } = pageOf(work)
  const having = params.having ? filterOf(params.having) : undefined
  const fields = params.asList ? undefined : params.fields
  const planned = planner.group(work, { group, fields, order: params.order, having, offset: offset > 0, target })
  const values = [
    ...filterSlots(work, filter, planned.casts),
    ...claims.values,
    ...(having ? filterValues(having.values, planned.havingCasts, params.params ?? {}, lookup) : []),
    // One more than is answered says whether there are more.
    limit + 1,
    ...(offset > 0 ? [offset] : []),
  ]
  const found = await source.group(planned.plan, values, run)
  const meta: Record<string, unknown> = {}
  if (params.includeCount) meta.count = await countRows(work)
  if ((clamped || params.includeCount) && found.length > limit) meta.next = offset + limit
  if (params.includeSchema) meta.schema = schemaOf(work)
  return rows({
    items: found.slice(0, limit),
    identifier: planned.plan.by.map(({ name }) => name),
    ...(Object.keys(meta).length > 0 && { meta }),
  })
}
