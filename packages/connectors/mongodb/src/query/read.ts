/** Reads → a find where that says it, else an aggregation; groups → an aggregation. */
import type { Field, GroupPlan, Order, ReadPlan, Values } from '@gw/records'
import { distinctOrder, movesNulls, outermostPaths } from '@gw/records/documents'
import type { Document, Filter } from 'mongodb'

/** Null and missing are one. */
const orNull = ({ native }: Field): Document => ({ $ifNull: [`$${native}`, null] })
const isNull = (field: Field): Document => ({ $eq: [orNull(field), null] })

/** What is read of documents, as the driver takes it; everything where the plan wants the rest of them. */
export const projecting = (fields: readonly Field[], rest = false): { readonly projection?: Document } => {
  if (rest) return {}
  const paths = outermostPaths(fields.map(({ native }) => native))
  return { projection: { _id: 0, ...Object.fromEntries(paths.map((path) => [path, 1])) } }
}

/** The stages that sort. */
const sortStages = (order: readonly Order[]): readonly Document[] => {
  if (order.length === 0) return []
  const marks = order.flatMap((one, at) =>
    movesNulls(one) ? [[`gw_nulls_${at}`, { $cond: [isNull(one.field), 1, 0] }] as const] : [],
  )
  const sort = order.flatMap((one, at): readonly (readonly [string, 1 | -1])[] => [
    ...(movesNulls(one) ? [[`gw_nulls_${at}`, one.nulls === 'last' ? 1 : -1] as const] : []),
    [one.field.native, one.descending ? -1 : 1],
  ])
  return [...(marks.length > 0 ? [{ $addFields: Object.fromEntries(marks) }] : []), { $sort: Object.fromEntries(sort) }]
}

const pageOf = ({ limit, offset }: Pick<ReadPlan, 'limit' | 'offset'>, values: Values) => ({
  limit: Number(values[limit]),
  skip: offset === undefined ? 0 : Number(values[offset]),
})

/** What `find` takes, and the stages that sort where it can not: then there is no `sort`. */
export const readingFor = (plan: ReadPlan, values: Values) => {
  const order = distinctOrder(plan.order)
  return {
    ...pageOf(plan, values),
    shown: projecting(plan.fields, plan.rest),
    sort: order.some(movesNulls)
      ? undefined
      : Object.fromEntries(
          order.map(({ field, descending }) => [field.native, descending ? (-1 as const) : (1 as const)]),
        ),
    stages: sortStages(order),
  }
}

type Reading = ReturnType<typeof readingFor>
export const pipelineFor = (filter: Filter<Document>, { stages, skip, limit, shown }: Reading): Document[] => [
  { $match: filter },
  ...stages,
  ...(skip > 0 ? [{ $skip: skip }] : []),
  { $limit: limit },
  ...(shown.projection ? [{ $project: shown.projection }] : []),
]

const accumulators = ({ columns }: GroupPlan): readonly (readonly [string, Document])[] =>
  columns.flatMap(({ field: { native }, aggregate, source }): readonly (readonly [string, Document])[] => {
    if (!aggregate) return []
    if (!source) return [[native, { $sum: 1 }]]
    const present = { $sum: { $cond: [isNull(source), 0, 1] } }
    if (aggregate === 'count') return [[native, present]]
    const value = { [`$${aggregate}`]: `$${source.native}` }
    // The sum of nothing is null, and not nought.
    return aggregate === 'sum'
      ? [
          [native, value],
          [`${native}_n`, present],
        ]
      : [[native, value]]
  })

/** Groups as documents whose fields are the columns' native names, which are the plan's own. */
export const groupPipeline = (
  plan: GroupPlan,
  filter: Filter<Document>,
  having: Filter<Document> | undefined,
  values: Values,
): Document[] => {
  const { columns, order } = plan
  const keys = columns.flatMap(({ field, aggregate, source }) =>
    aggregate ? [] : ([[field.native, orNull(source!)]] as const),
  )
  const shown = columns.map(({ field: { native }, aggregate, source }): readonly [string, unknown] => {
    if (!aggregate) return [native, `$_id.${native}`]
    if (aggregate !== 'sum' || !source) return [native, `$${native}`]
    return [native, { $cond: [{ $eq: [`$${native}_n`, 0] }, null, `$${native}`] }]
  })
  const { skip, limit } = pageOf(plan, values)
  return [
    { $match: filter },
    { $group: { _id: Object.fromEntries(keys), ...Object.fromEntries(accumulators(plan)) } },
    { $project: { _id: 0, ...Object.fromEntries(shown) } },
    ...(having ? [{ $match: having }] : []),
    ...sortStages(distinctOrder(order)),
    ...(skip > 0 ? [{ $skip: skip }] : []),
    { $limit: limit },
  ]
}
