/** Reading records: one by its id, or a page of a list with its counts (the wire contract §2.4). */
import { after, type Encoded, encoded, isEncoded, type Ready, type Reply, rows } from '@gw/core'
import { describeTable } from '../describe.ts'
import type { ParsedFilter } from '../filter/tree.ts'
import { castIdentifier, soleIdentifier } from '../params/fields.ts'
import { EVERYTHING, type Target } from '../plan/target.ts'
import type { ReadPlan } from '../plan.ts'
import { withRelated } from '../related/attach.ts'
import { type Embedded, embedded, embeddedValues } from '../related/embed.ts'
import { localFields } from '../related/tree.ts'
import type { Row, Values } from '../source.ts'
import { filterFor, filterSlots, notFound, type Work } from './work.ts'

const OTHER_FORMATS = /csv|xml|ndjson|jsonl/i

/** Whether rows may stay JSON text: nobody looks at them, and JSON is what the caller wants. */
const maySendText = ({ call, source, params }: Work, { later }: Embedded): boolean => {
  if (later || call.objects || params.asList || !source.readEncoded || OTHER_FORMATS.test(params.file ?? ''))
    return false
  const accept = params.accept ?? call.header('accept')
  return !accept || !OTHER_FORMATS.test(accept)
}

interface Page {
  readonly rows: readonly Row[] | Encoded
  readonly count: number
}

const fetchPage = (work: Work, plan: ReadPlan, values: Values, along: Embedded): Ready<Page> => {
  const { source, run } = work
  if (maySendText(work, along)) return source.readEncoded!(plan, values, run)
  const found = after(source.read(plan, values, run), (rows) => withRelated(work, rows, along.later))
  return after(found, (rows) => ({ rows, count: rows.length }))
}

/** A list of one, without its brackets. */
const soleOf = (list: Encoded): Encoded => encoded(list.bytes ? list.bytes.subarray(1, -1) : list.json.slice(1, -1))

/** `GET _table/t/5`: the bare record. */
export const readOne = (work: Work, id: string): Ready<Reply> => {
  const { params, planner, rows: claims } = work
  const field = soleIdentifier(work.identifiers)
  const along = embedded(work, 1)
  const { plan, embedCasts } = planner.read(work, {
    fields: params.fields,
    extra: localFields(work.related),
    target: { kind: 'key', fields: [field] },
    embeds: along.embeds,
  })
  const key = castIdentifier(field, id, params.idType)
  const values = [key, ...claims.values, 1, ...embeddedValues(work, along, embedCasts)]
  return after(fetchPage(work, plan, values, along), ({ rows: found, count }): Reply => {
    if (count === 0) throw notFound(id)
    return isEncoded(found) ? soleOf(found) : found[0]!
  })
}

/** A limit that is missing, below one or beyond the service's is the service's own, and then rows are counted. */
export const pageOf = ({ params, options }: Work): { limit: number; offset: number; clamped: boolean } => {
  const { limit } = params
  const clamped = limit === undefined || limit < 1 || limit > options.maxRecords
  return { limit: clamped ? options.maxRecords : limit, offset: Math.max(0, params.offset ?? 0), clamped }
}

/** What a list is about: the filter's rows, or all of them. */
export const targetOf = (work: Work): { target: Target; filter: ParsedFilter | undefined } => {
  const filter = filterFor(work)
  return { target: filter ? { kind: 'filter', filter } : EVERYTHING, filter }
}

/** How many rows the call selects, whatever the page. */
export const countRows = (work: Work): Ready<number> => {
  const { target, filter } = targetOf(work)
  const { plan, casts } = work.planner.count(work, target)
  return work.source.count(plan, [...filterSlots(work, filter, casts), ...work.rows.values], work.run)
}

/** The table's description, for `meta`. */
export const schemaOf = ({ scope, catalog, call }: Work): unknown =>
  describeTable(scope, catalog, call, { effectiveNames: true })

/**
 * How many rows there are, where it has to be known. A page that isn't full proves the total, so that COUNT runs only
 * where it has something to find out.
 */
const totalOf = (work: Work, found: number): Ready<number | undefined> => {
  const { params, options } = work
  const { limit, offset, clamped } = pageOf(work)
  if (!clamped && !params.includeCount) return undefined
  const proven = found < limit && (found > 0 || offset === 0)
  const pointless = !params.includeCount && found === 0 && offset <= options.maxRecords
  return proven || pointless ? offset + found : countRows(work)
}

/** `meta`, where there is something to say. */
const metaOf = (work: Work, total: number | undefined): Record<string, unknown> | undefined => {
  const { params, options } = work
  if (total === undefined && !params.includeSchema) return undefined
  const { limit, offset } = pageOf(work)
  const meta: Record<string, unknown> = {}
  if (total !== undefined) {
    if (params.includeCount || total > options.maxRecords) meta.count = total
    if (total - offset > limit) meta.next = offset + limit
  }
  if (params.includeSchema) meta.schema = schemaOf(work)
  return Object.keys(meta).length > 0 ? meta : undefined
}

/** `GET _table/t`: a page of what the filter selects, or its count alone. */
export const readList = (work: Work): Ready<Reply> => {
  const { params, planner, rows: claims, scope } = work
  if (params.countOnly) return countRows(work)
  const { target, filter } = targetOf(work)
  const { limit, offset } = pageOf(work)
  const listed = work.identifiers.length > 0 ? work.identifiers : scope.fields.slice(0, 1)
  const along = embedded(work, limit)
  const { plan, casts, embedCasts } = planner.read(work, {
    fields: params.fields,
    only: params.asList ? listed : undefined,
    extra: localFields(work.related),
    order: params.order,
    offset: offset > 0,
    target,
    embeds: along.embeds,
  })
  const values = [...filterSlots(work, filter, casts), ...claims.values, limit]
  if (offset > 0) values.push(offset)
  if (along.embeds) values.push(...embeddedValues(work, along, embedCasts))
  return after(fetchPage(work, plan, values, along), ({ rows: items, count }) =>
    after(totalOf(work, count), (total) => {
      const meta = metaOf(work, total)
      return rows({ items, identifier: listed.map(({ name }) => name), ...(meta && { meta }) })
    }),
  )
}
