/** What `related` asks for, resolved: relations as the caller may read them, with their options (the wire contract §5.2). */
import { type Call, GwError } from '@gw/core'
import type { Catalog, Field } from '../catalog.ts'
import { integer, type RecordsParams, text } from '../params/query.ts'
import type { View } from '../plan/planner.ts'
import { allRelationsOf, type Relation, relationsOf } from '../relations.ts'
import type { ResolvedFilters } from '../rowfilter.ts'
import type { Scope } from '../scope.ts'
import { seen, viewOf } from '../view.ts'

/** One relation to read with its parents. */
export interface Related {
  readonly relation: Relation
  /** The parents' fields that are compared with `references`, in the same order. */
  readonly local: readonly Field[]
  readonly view: View
  /** Empty where `remote`. */
  readonly references: readonly Field[]
  /** In another service: `view` is then of no meaning. */
  readonly remote?: true
  /** Only of `many_many`: `fields` hold the parents' key, `references` that of the records looked for. */
  readonly junction?:
    | { readonly view: View; readonly fields: readonly Field[]; readonly references: readonly Field[] }
    | undefined
  readonly fields: string | undefined
  readonly order: string | undefined
  readonly filter: string | undefined
  readonly limit: number | undefined
  /** Instead of records: groups of each parent's. */
  readonly group: string | undefined
  readonly nested: readonly Related[]
}

interface Asking {
  readonly call: Pick<Call, 'access' | 'caller'>
  readonly catalog: Catalog
  /** Lower-case names, dots as underscores. */
  readonly options: ReadonlyMap<string, unknown>
  /** How many relations there are so far. */
  count: number
}

const DEEPEST = 4
const MOST_NAMES = 32
const MOST_RELATIONS = 200

const invalid = (message: string): GwError => new GwError('invalid_request', message)
const plain = (name: string): string => name.replaceAll('.', '_').toLowerCase()

/** The longest relation name that an item is, or begins with: names may hold dots themselves. */
const relationIn = (item: string, relations: ReadonlyMap<string, Relation>): Relation | undefined => {
  const wanted = item.toLowerCase()
  let found: Relation | undefined
  for (const relation of relations.values()) {
    const name = relation.name.toLowerCase()
    const fits = wanted === name || wanted.startsWith(`${name}.`)
    if (fits && name.length > (found?.name.length ?? 0)) found = relation
  }
  return found
}

const viewBy = ({ call, catalog }: Asking, name: string): View => {
  const table = catalog.byName.get(name.toLowerCase())
  if (!table) throw new GwError('not_found', `Table "${name}" does not exist in the database.`)
  return viewOf(call, table, 'GET')
}

/**
 * A relation's ends; throws `forbidden` where the caller may not read one of the tables. `undefined` where a field of
 * one is denied: that relation is as unknown as the field is, or naming it would tell of the field.
 */
const open = (asking: Asking, { scope }: Pick<View, 'scope'>, relation: Relation) => {
  const local = seen(scope, relation.fields)
  if (!local) return undefined
  const view = viewBy(asking, relation.table)
  const references = seen(view.scope, relation.references)
  const through = relation.junction && viewBy(asking, relation.junction.table)
  const fields = through && seen(through.scope, relation.junction!.fields)
  const far = through && seen(through.scope, relation.junction!.references)
  if (!references || (through && (!fields || !far))) return undefined
  return { local, view, references, junction: through && { view: through, fields: fields!, references: far! } }
}

/** A relation to another service, whose own rules decide what is read. */
const openRemote = (view: View, relation: Relation) => {
  const local = seen(view.scope, relation.fields)
  if (!local) return undefined
  if (local.length !== 1) throw new GwError('forbidden', `Access to the relation '${relation.name}' is not allowed.`)
  return { local, view, references: [], junction: undefined, remote: true } as const
}

/** As `open`, for a relation that was not named: one that the caller may not read is left out. */
const openIfAllowed = (asking: Asking, view: Pick<View, 'scope'>, relation: Relation) => {
  try {
    return open(asking, view, relation)
  } catch (error) {
    if (GwError.is(error) && (error.code === 'forbidden' || error.code === 'unauthenticated')) return undefined
    throw error
  }
}

/** A relation to another service needs no view of its own. */
const NO_ROWS: ResolvedFilters = { key: '', values: [], operands: new Map() }

const filterText = (value: unknown): string | undefined => {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  throw invalid("The filter must be a text, for example name = 'Ada'.")
}

const checkGrouped = ({ name, service, junction }: Relation, below: readonly string[]): void => {
  const why =
    service !== undefined
      ? 'it leads to another service'
      : junction
        ? 'its records hold no key of those they belong to'
        : below.length > 0
          ? 'groups have no relations'
          : undefined
  if (why) throw invalid(`The relation '${name}' can not be grouped: ${why}.`)
}

const resolve = (
  asking: Asking,
  view: View,
  items: readonly string[],
  path: string,
  depth: number,
  always: readonly Relation[] = [],
): readonly Related[] => {
  if (items.length === 0 && always.length === 0) return []
  if (depth > DEEPEST) throw invalid(`Relations can be nested ${DEEPEST} levels deep, not deeper.`)
  const relations = relationsOf(view.scope.table, asking.catalog)
  const all = allRelationsOf(view.scope.table, asking.catalog)
  const wanted = new Map<Relation, { named: boolean; items: string[] }>()
  const want = (relation: Relation) => {
    const known = wanted.get(relation) ?? { named: false, items: [] }
    wanted.set(relation, known)
    return known
  }
  for (const relation of always) want(relation)
  for (const item of items) {
    if (item === '*') for (const relation of relations.values()) want(relation)
    // Those to other services are read only where they are named.
    const relation = relationIn(item, all)
    if (!relation) continue
    const entry = want(relation)
    entry.named = true
    if (item.length > relation.name.length + 1) entry.items.push(item.slice(relation.name.length + 1))
  }
  return [...wanted].flatMap(([relation, { named, items: below }]) => {
    const ends =
      relation.service !== undefined
        ? openRemote(view, relation)
        : named
          ? open(asking, view, relation)
          : openIfAllowed(asking, view, relation)
    if (!ends) return []
    if (relation.service !== undefined && below.length > 0)
      throw new GwError(
        'not_supported',
        `The relation '${relation.name}' leads to another service: nothing can be read behind it.`,
      )
    asking.count += 1
    if (asking.count > MOST_RELATIONS) throw invalid('Too many relations in one request.')
    const here = path + plain(relation.name)
    const option = (name: string): unknown => asking.options.get(`${here}_${name}`)
    const group = text(option('group')) || undefined
    if (group !== undefined) checkGrouped(relation, below)
    return [
      {
        relation,
        ...ends,
        fields: text(option('fields')) || undefined,
        order: text(option('order')) || undefined,
        filter: filterText(option('filter')),
        limit: integer(option('limit')),
        group,
        nested: relation.service === undefined ? resolve(asking, ends.view, below, `${here}_`, depth + 1) : [],
      },
    ]
  })
}

const always = new WeakMap<Catalog, WeakMap<Scope, readonly Relation[] | undefined>>()

/** Relations that are read with every record, asked for or not; nearly always there are none. */
const alwaysOf = (scope: Scope, catalog: Catalog): readonly Relation[] | undefined => {
  if (!scope.table.relations) return undefined
  const known = always.get(catalog) ?? new WeakMap<Scope, readonly Relation[] | undefined>()
  always.set(catalog, known)
  if (known.has(scope)) return known.get(scope)
  const found = [...relationsOf(scope.table, catalog).values()].filter(({ extras }) => extras?.always_fetch)
  const result = found.length > 0 ? found : undefined
  known.set(scope, result)
  return result
}

/**
 * The relations that a call asks for; `undefined` where it asks for none. Unknown names are ignored.
 * @throws GwError `forbidden` where a relation is named that the caller may not read
 */
export const relatedOf = (
  call: Pick<Call, 'access' | 'caller'>,
  catalog: Catalog,
  scope: Scope,
  { related, relatedOptions = {}, asList, countOnly }: RecordsParams,
): readonly Related[] | undefined => {
  if (asList || countOnly) return undefined
  const fetched = alwaysOf(scope, catalog)
  if (!related && !fetched) return undefined
  const items = (related ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (items.length > MOST_NAMES) throw invalid(`Too many relations: ${items.length}, ${MOST_NAMES} can be named.`)
  const options = new Map<string, unknown>()
  for (const [name, value] of Object.entries(relatedOptions)) {
    options.set(plain(name), Array.isArray(value) ? value.at(-1) : value)
  }
  const found = resolve({ call, catalog, options, count: 0 }, { scope, rows: NO_ROWS }, items, '', 1, fetched)
  return found.length > 0 ? found : undefined
}

/** The fields that relations need of their parents. */
export const localFields = (related: readonly Related[] | undefined): readonly Field[] | undefined =>
  related && [...new Set(related.flatMap(({ local }) => local))]
