/** `group`, aggregates and `having` (the wire contract §2.6): what a client asks for, as columns of groups. */
import { GwError } from '@gw/core'
import type { Field, FieldType } from '../catalog.ts'
import { listItems, parseOrder } from '../params/fields.ts'
import type { AggregateFunction, GroupColumn, Order } from '../plan.ts'
import type { Scope } from '../scope.ts'

export interface GroupShape {
  /** As the client wrote it. */
  readonly group: string
  /** As the client wrote it; absent: the group's fields. */
  readonly fields?: string | undefined
  readonly order?: string | undefined
}

/** The columns of a grouped read, by the names a client may use for them. */
export interface GroupScope {
  readonly by: readonly Field[]
  /** What is answered, in that order. */
  readonly fields: readonly Field[]
  /** What is asked for, then the group's fields: which of two equal groups comes first does not depend on other rows. */
  readonly order: readonly Order[]
  /** A group's field, or an aggregate by its alias; one that is not answered is computed all the same. */
  find(name: string): Field | undefined
  /** Everything that was found so far: to be read when nothing more is looked up. */
  columns(): readonly GroupColumn[]
}

const invalid = (message: string): GwError => new GwError('invalid_request', message)

const CALL = /^(sum|count|avg|min|max)\s*\(\s*(.+?)\s*\)$/i
const ALIAS = /^(sum|count|avg|min|max)_(.+)$/i

const NUMBERS: ReadonlySet<FieldType> = new Set(['integer', 'bigint', 'decimal', 'float', 'double'])
const FLOATS: ReadonlySet<FieldType> = new Set(['float', 'double'])
/** Types that not every database has an order or an equality for. */
const UNORDERED: ReadonlySet<FieldType> = new Set(['boolean', 'binary', 'json', 'uuid', 'array'])
/** Of no one type: the source adds up what is a number. */
const summable = (type: FieldType): boolean => NUMBERS.has(type) || type === 'any'
const UNGROUPED: ReadonlySet<FieldType> = new Set(['json', 'array'])

const nameOf = (aggregate: AggregateFunction, of: Field | undefined): string =>
  `${aggregate.toUpperCase()}_${of ? of.name : 'ALL'}`

const typeOf = (aggregate: AggregateFunction, of: Field | undefined): FieldType => {
  if (aggregate === 'count' || !of) return 'integer'
  if (aggregate === 'min' || aggregate === 'max') return of.type
  return FLOATS.has(of.type) ? 'double' : 'decimal'
}

const checkAggregate = (aggregate: AggregateFunction, of: Field): void => {
  const word = aggregate.toUpperCase()
  // Of the values themselves, more would be told than the function shows.
  if (of.functions && !of.virtual) throw invalid(`Field '${of.name}' is shown by a function: it has no ${word}.`)
  if ((aggregate === 'sum' || aggregate === 'avg') && !summable(of.type)) {
    throw invalid(`${word} needs a number, and field '${of.name}' is ${of.type}.`)
  }
  if ((aggregate === 'min' || aggregate === 'max') && UNORDERED.has(of.type)) {
    throw invalid(`${word} needs values with an order, and field '${of.name}' is ${of.type}.`)
  }
}

/**
 * Reads `group`, `fields` and `order` against the fields that exist for the caller.
 * @throws GwError `invalid_request` naming what does not fit
 */
export const groupScope = ({ group, fields, order = '' }: GroupShape, scope: Scope): GroupScope => {
  const columns = new Map<string, GroupColumn>()
  const add = (name: string, field: Field, of: Pick<GroupColumn, 'aggregate' | 'source'>): Field => {
    const key = name.toLowerCase()
    const known = columns.get(key)
    if (known && known.aggregate === of.aggregate && known.source === of.source) return known.field
    if (known) throw invalid(`Two of the fields would be called '${name}'. Give the field another name.`)
    // Names within a statement are the plan's own, so that no field's name can hide another one's.
    const plain = { ...field, functions: undefined, virtual: undefined, open: undefined }
    const column = { field: { ...plain, name, native: `gw_group_${columns.size}` }, ...of }
    columns.set(key, column)
    return column.field
  }
  const by = new Set<Field>()
  for (const name of listItems(group)) {
    const field = scope.find(name)
    if (!field) throw invalid(`Invalid or unknown field '${name}' in group by clause.`)
    if (field.functions) throw invalid(`Field '${field.name}' is shown by a function: it can not be grouped by.`)
    if (UNGROUPED.has(field.type)) throw invalid(`Field '${field.name}' is ${field.type}: it can not be grouped by.`)
    by.add(field)
    add(field.name, field, { source: field })
  }
  if (by.size === 0) throw invalid('The parameter group names no field.')

  const aggregated = (word: string, name: string, all: string): Field | undefined => {
    const aggregate = word.toLowerCase() as AggregateFunction
    const of = scope.find(name)
    const everything = aggregate === 'count' && name.toLowerCase() === all
    if (!of && !everything) return undefined
    const source = everything ? undefined : of
    if (source) checkAggregate(aggregate, source)
    const type = typeOf(aggregate, source)
    // A number that was computed has no declared type; text keeps the one it has.
    const dbType = source && !NUMBERS.has(type) ? source.dbType : ''
    const base = source ?? [...by][0]!
    const field: Field = { ...base, type, dbType, nullable: aggregate !== 'count', primaryKey: false, unique: false }
    return add(nameOf(aggregate, source), field, { aggregate, ...(source && { source }) })
  }
  const called = (item: string): Field | undefined => {
    const [, word, name] = CALL.exec(item) ?? []
    return word && name ? aggregated(word, name, '*') : undefined
  }
  const groupField = (name: string): Field | undefined => {
    const field = scope.find(name)
    return field && by.has(field) ? columns.get(field.name.toLowerCase())!.field : undefined
  }
  const asked = (item: string): readonly Field[] => {
    if (item === '*') return [...by].map(({ name }) => groupField(name)!)
    const field = groupField(item) ?? called(item)
    if (field) return [field]
    if (!scope.find(item)) throw invalid(`Invalid field requested: ${item}`)
    throw invalid(`Field '${item}' is neither in group nor in an aggregate. Add it to group, or ask for MIN(${item}).`)
  }
  const find = (name: string): Field | undefined => {
    const alias = ALIAS.exec(name)
    const known = columns.get(name.toLowerCase())?.field ?? groupField(name) ?? called(name)
    return known ?? (alias ? aggregated(alias[1]!, alias[2]!, 'all') : undefined)
  }
  const wanted = new Set(listItems(fields ?? '*').flatMap(asked))
  if (wanted.size === 0) for (const field of asked('*')) wanted.add(field)
  const ordered = parseOrder(order, { find })
  const ties = asked('*').filter((field) => !ordered.some((item) => item.field === field))
  return {
    by: [...by],
    fields: [...wanted],
    order: [...ordered, ...ties.map((field) => ({ field, descending: false }))],
    find,
    columns: () => [...columns.values()],
  }
}
