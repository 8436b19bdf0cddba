/** Reads → a find where that says it, else an aggregation; groups → an aggregation. */
import type { Field, GroupPlan, Order, ReadPlan, Values } from '@gw/records'
import type { Document, Filter } from 'mongodb'

/** Null and missing are one. */
const orNull = ({ native }: Field): Document => ({ $ifNull: [`$${native}`, null] })
const isNull = (field: Field): Document => ({ $eq: [orNull(field), null] })

/** Paths that do not lie within one another: MongoDB takes a document's parts but once. */
const outermost = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`)))

/** What is read of documents, as the driver takes it; everything where the plan wants the rest of them. */
export const projecting = (fields: readonly Field[], rest = false): { readonly projection?: Document } => {
  if (rest) return {}
  const paths = new Set(outermost(fields.map(({ native }) => native)))
  const wanted = Object.fromEntries([...paths].map((path) => [path, 1]))
  return { projection: paths.has('_id') ? wanted : { ...wanted, _id: 0 } }
}

/** Nulls come first of all values unless an order says otherwise: that takes fields of its own. */
const placed = ({ descending, nulls }: Order): boolean =>
  nulls !== undefined && nulls !== (descending ? 'last' : 'first')

/** The stages that sort. */
const sortStages = (order: readonly Order[]): readonly Document[] => {
  if (order.length === 0) return []
  const marks = order.flatMap((one, at) =>
    placed(one) ? [[`gw_nulls_${at}`, { $cond: [isNull(one.field), 1, 0] }] as const] : [],
  )
  const sort = order.flatMap((one, at): readonly (readonly [string, 1 | -1])[] => [
    ...(placed(one) ? [[`gw_nulls_${at}`, one.nulls === 'last' ? 1 : -1] as const] : []),
    [one.field.native, one.descending ? -1 : 1],
  ])
  return [...(marks.length > 0 ? [{ $addFields: Object.fromEntries(marks) }] : []), { $sort: Object.fromEntries(sort) }]
}

export interface Reading {
  readonly skip: number
  readonly limit: number
  readonly shown: { readonly projection?: Document }
  /** What `find` sorts by; absent where only `stages` can. */
  readonly sort?: Readonly<Record<string, 1 | -1>> | undefined
  readonly stages: readonly Document[]
}

const pageOf = ({ limit, offset }: Pick<ReadPlan, 'limit' | 'offset'>, values: Values) => ({
  limit: Number(values[limit]),
  skip: offset === undefined ? 0 : Number(values[offset]),
})

/** Each field once: MongoDB sorts by the last mention, the contract by the first. */
const distinct = (order: readonly Order[]): readonly Order[] =>
  order.filter(({ field }, at) => order.findIndex((other) => other.field.native === field.native) === at)

export const readingFor = (plan: ReadPlan, values: Values): Reading => {
  const order = distinct(plan.order)
  return {
    ...pageOf(plan, values),
    shown: projecting(plan.fields, plan.rest),
    ...(!order.some(placed) && {
      sort: Object.fromEntries(order.map(({ field, descending }) => [field.native, descending ? -1 : 1])),
    }),
    stages: sortStages(order),
  }
}

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
    ...sortStages(distinct(order)),
    ...(skip > 0 ? [{ $skip: skip }] : []),
    { $limit: limit },
  ]
}
