/**
 * Fields of related records in a filter: `customers_by_customer_id.country = 'Norway'` holds where a related record
 * exists that meets it. Each table on the way is looked at under its own rights.
 */
import { type Call, GwError } from '@gw/core'
import type { Catalog, Field } from '../catalog.ts'
import type { View } from '../plan/planner.ts'
import type { Condition } from '../plan.ts'
import { type Relation, relationsOf } from '../relations.ts'
import { rowCondition } from '../rowfilter.ts'
import type { Scope } from '../scope.ts'
import { seen, viewOf } from '../view.ts'
import type { Filter } from './tree.ts'

/** From one table to the next: rows whose `fields` are among the `references` of that table's rows. */
interface Step {
  readonly fields: readonly Field[]
  readonly view: View
  readonly references: readonly Field[]
}
interface Path {
  readonly steps: readonly Step[]
  readonly field: Field
}

/** What a filter says of related records, for one caller. */
export interface RelatedFilter {
  /** Stands for tables, grants and row filters in cache keys. */
  readonly key: string
  /** By the name that the filter uses, in lower case. */
  readonly paths: ReadonlyMap<string, Path>
  /** Of the row filters on the way, path by path: slots behind the filter's own. */
  readonly values: readonly unknown[]
}

interface Asking {
  readonly call: Pick<Call, 'access' | 'caller'>
  readonly catalog: Catalog
}

const DEEPEST = 3
const MOST_PATHS = 20

const namesIn = (filter: Filter, names: Set<string>): Set<string> => {
  if ('items' in filter) for (const item of filter.items) namesIn(item, names)
  else if ('item' in filter) namesIn(filter.item, names)
  else names.add(filter.field)
  return names
}

/** Over the relation, by way of its junction where it has one. */
const stepsOver = (asking: Asking, scope: Scope, relation: Relation): readonly Step[] | undefined => {
  const tableBy = (name: string) => asking.catalog.byName.get(name.toLowerCase())
  const target = tableBy(relation.table)
  const fields = seen(scope, relation.fields)
  if (!target || !fields) return undefined
  const view = viewOf(asking.call, target, 'GET')
  const references = seen(view.scope, relation.references)
  if (!references) return undefined
  const { junction } = relation
  if (!junction) return [{ fields, view, references }]
  const through = tableBy(junction.table)
  if (!through) return undefined
  const between = viewOf(asking.call, through, 'GET')
  const near = seen(between.scope, junction.fields)
  const far = seen(between.scope, junction.references)
  return (
    near &&
    far && [
      { fields, view: between, references: near },
      { fields: far, view, references },
    ]
  )
}

const pathOf = (asking: Asking, scope: Scope, name: string, depth = 1): Path | undefined => {
  if (depth > DEEPEST) throw new GwError('invalid_request', `A filter follows ${DEEPEST} relations in a row, not more.`)
  const wanted = name.toLowerCase()
  const relations = [...relationsOf(scope.table, asking.catalog).values()]
    .filter((relation) => wanted.startsWith(`${relation.name.toLowerCase()}.`))
    .sort((a, b) => b.name.length - a.name.length)
  for (const relation of relations) {
    const steps = stepsOver(asking, scope, relation)
    const last = steps?.at(-1)
    if (!steps || !last) continue
    const rest = name.slice(relation.name.length + 1).trim()
    const field = last.view.scope.find(rest)
    if (field) return { steps, field }
    const further = pathOf(asking, last.view.scope, rest, depth + 1)
    if (further) return { steps: [...steps, ...further.steps], field: further.field }
  }
  return undefined
}

/** As `pathOf`; what the caller may not read is unknown to the filter, as a denied field is. */
const pathIfAllowed = (asking: Asking, scope: Scope, name: string): Path | undefined => {
  try {
    return pathOf(asking, scope, name)
  } catch (error) {
    if (GwError.is(error) && (error.code === 'forbidden' || error.code === 'unauthenticated')) return undefined
    throw error
  }
}

/** What a filter says of related records; `undefined` where it says nothing of them, which is nearly always. */
export const relatedFilter = (asking: Asking, scope: Scope, tree: Filter): RelatedFilter | undefined => {
  const names = [...namesIn(tree, new Set())].filter((name) => name.includes('.') && (scope.find(name)?.open ?? true))
  if (names.length === 0) return undefined
  if (names.length > MOST_PATHS)
    throw new GwError('invalid_request', `A filter names ${MOST_PATHS} fields of related records, not more.`)
  const paths = new Map<string, Path>()
  for (const name of names) {
    const path = pathIfAllowed(asking, scope, name)
    if (path) paths.set(name.toLowerCase(), path)
  }
  if (paths.size === 0) return undefined
  const views = [...paths.values()].flatMap(({ steps }) => steps.map(({ view }) => view))
  return {
    key: JSON.stringify(
      [...paths].map(([name, { steps }]) => [name, steps.map(({ view }) => [view.scope.id, view.rows.key])]),
    ),
    paths,
    values: views.flatMap(({ rows }) => rows.values),
  }
}

/**
 * Wraps conditions on related fields into "there is a record that …".
 * @param first the slot of the first of `values`
 */
export const relatedConditions = ({ paths }: RelatedFilter, first: number) => {
  let slot = first
  const starts = new Map<Path, readonly number[]>()
  for (const path of paths.values()) {
    starts.set(
      path,
      path.steps.map(({ view }) => {
        const start = slot
        slot += view.rows.values.length
        return start
      }),
    )
  }
  return (name: string, condition: (field: Field) => Condition): Condition | undefined => {
    const path = paths.get(name.toLowerCase())
    if (!path) return undefined
    const at = starts.get(path)!
    return path.steps.reduceRight<Condition>((inner, { fields, view, references }, index) => {
      const row = rowCondition(view.scope.filters, view.rows, at[index]!)
      const where: Condition = row ? { kind: 'and', items: [inner, row] } : inner
      return { kind: 'related', fields, table: view.scope.table, references, where }
    }, condition(path.field))
  }
}
