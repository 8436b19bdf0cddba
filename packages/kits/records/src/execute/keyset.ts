/** Reading lists page by page with a cursor. */
import { type Reply, rows } from '@gw/core'
import { readCursor, writeCursor } from '../params/cursor.ts'
import { parseFields } from '../params/fields.ts'
import { keysetOf, totalOrder } from '../plan/keyset.ts'
import { withRelated } from '../related/attach.ts'
import { embedded, embeddedValues } from '../related/embed.ts'
import { localFields } from '../related/tree.ts'
import { countRows, pageOf, schemaOf, targetOf } from './read.ts'
import { filterSlots, type Work } from './work.ts'

/** The page behind a cursor. Fields that only the order needs are read, and not answered. */
export const readBehind = async (work: Work, cursor: string): Promise<Reply> => {
  const { source, params, planner, rows: claims, scope, run } = work
  const order = totalOrder(params.order ?? '', scope)
  const position = readCursor(cursor, scope.table, order)
  const { target, filter } = targetOf(work)
  const { limit } = pageOf(work)
  const listed = work.identifiers.length > 0 ? work.identifiers : scope.fields.slice(0, 1)
  const wanted = params.asList ? listed : parseFields(params.fields ?? '*', scope)
  const shown = [...new Set([...wanted, ...(localFields(work.related) ?? [])])]
  const along = embedded(work, limit + 1)
  const { plan, casts, embedCasts } = planner.read(work, {
    only: shown,
    extra: order.map(({ field }) => field),
    order: params.order,
    target,
    keyset: keysetOf(order, position),
    embeds: along.embeds,
  })
  // One more than is answered says whether there are more.
  const values = [...filterSlots(work, filter, casts), ...claims.values, ...(position ?? []), limit + 1]
  if (along.embeds) values.push(...embeddedValues(work, along, embedCasts))
  const found = await source.read(plan, values, run)
  const page = found.slice(0, limit)
  const meta: Record<string, unknown> = {}
  if (params.includeCount) meta.count = await countRows(work)
  if (found.length > limit) meta.next_cursor = writeCursor(scope.table, order, page.at(-1)!)
  if (params.includeSchema) meta.schema = schemaOf(work)
  const names = [...shown, ...(plan.embeds ?? [])].map(({ name }) => name)
  const items =
    plan.fields.length === shown.length
      ? page
      : page.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))
  return rows({
    items: await withRelated(work, items, along.later),
    identifier: listed.map(({ name }) => name),
    ...(Object.keys(meta).length > 0 && { meta }),
  })
}
