/** Texts of requests at random: fields, filters, orders, relations. They also name what the role is denied, and what there is not. */
import type { Random } from './random.ts'
import { GHOST, nameOf, namesOf, TEXTS, type World, type WorldTable } from './world.ts'

export interface WorldRelation {
  readonly name: string
  readonly to: string
}

/** What requests are made from. */
export interface Asking {
  readonly random: Random
  readonly world: World
  readonly relations: Readonly<Record<string, readonly WorldRelation[]>>
}

/** Mostly a field that there is; now and then one that only one database has, or none. */
export const fieldIn = ({ random }: Asking, table: WorldTable): string =>
  random.one(12) ? random.pick([GHOST, 'nothing']) : random.pick(namesOf(table))

export const fieldsIn = (asking: Asking, table: WorldTable): string => {
  const { random } = asking
  if (random.one(4)) return '*'
  return [...new Set(Array.from({ length: 1 + random.int(3) }, () => fieldIn(asking, table)))].join()
}

/** A key: of a row that both have, of one that one of them has, or of none. */
export const keyIn = ({ random }: Asking): number => (random.one(3) ? 50 + random.int(12) : 1 + random.int(9))

const literalFor = (asking: Asking, table: WorldTable, name: string): string => {
  const { random } = asking
  const field = table.fields.find((one) => nameOf(table, one.name) === name)
  if (name === 'id' || field?.references) return String(keyIn(asking))
  if (field?.type === 'boolean') return random.pick(['true', 'false'])
  if (field?.type === 'string' || name === GHOST || name === 'v') return `'${random.pick([...TEXTS, 'ASH!'])}'`
  return String(random.int(field?.unique ? 90 : 5))
}

const comparison = (asking: Asking, table: WorldTable, depth: number): string => {
  const { random, relations, world } = asking
  const [relation, far] =
    relations[table.name]!.length > 0 && random.one(3)
      ? [random.pick(relations[table.name]!), true]
      : [undefined, false]
  if (relation && far && depth > 0) {
    const to = world.tables.find(({ name }) => name === relation.to)
    if (to) return `${relation.name}.${comparison(asking, to, depth - 1)}`
  }
  const name = fieldIn(asking, table)
  const value = () => literalFor(asking, table, name)
  switch (random.int(7)) {
    case 0:
      return `${name} IS NULL`
    case 1:
      return `${name} IS NOT NULL`
    case 2:
      return `${name} IN (${value()},${value()})`
    case 3:
      return `${name} ${random.pick(['STARTS WITH', 'CONTAINS', 'LIKE'])} ${random.pick(["'e'", "'a%'", "'r'"])}`
    default:
      return `${name} ${random.pick(['=', '!=', '<', '<=', '>', '>='])} ${value()}`
  }
}

export const filterIn = (asking: Asking, table: WorldTable): string => {
  const { random } = asking
  const one = () => comparison(asking, table, 2)
  switch (random.int(5)) {
    case 0:
      return `(${one()}) AND (${one()})`
    case 1:
      return `(${one()}) OR (${one()})`
    case 2:
      return `NOT (${one()})`
    default:
      return one()
  }
}

/** Ends with the key: which of equal records is first is the database's choice otherwise. */
export const orderIn = (asking: Asking, table: WorldTable): string => {
  const { random } = asking
  const some = Array.from(
    { length: random.int(3) },
    () => fieldIn(asking, table) + random.pick(['', ' desc', ' asc', ' desc nulls last']),
  )
  return [...some, 'id'].join()
}

type Query = Readonly<Record<string, unknown>>

export const relatedIn = (asking: Asking, table: WorldTable): Query => {
  const { random, relations, world } = asking
  const known = relations[table.name]!
  if (known.length === 0) return {}
  if (random.one(5)) return { related: '*' }
  const { name, to } = random.pick(known)
  const far = world.tables.find((one) => one.name === to)
  if (!far) return { related: name }
  const below = relations[to]!.length > 0 && random.one(3) ? random.pick(relations[to]!).name : undefined
  const key = (option: string) => `${name}.${option}`
  return {
    related: below ? `${name}.${below}` : name,
    [key('order')]: random.one(2) ? 'id' : orderIn(asking, far),
    ...(random.one(3) && { [key('fields')]: fieldsIn(asking, far) }),
    ...(random.one(3) && { [key('filter')]: filterIn(asking, far) }),
    ...(random.one(3) && { [key('limit')]: 1 + random.int(3) }),
  }
}

const AGGREGATES = ['SUM', 'MIN', 'MAX', 'AVG', 'COUNT'] as const
/** Mostly of a field that can be added up; the role may be denied it. */
const aggregatedIn = (asking: Asking, table: WorldTable): string => {
  const { random } = asking
  const numbers = table.fields.filter(({ type }) => type === 'integer' || type === 'decimal')
  return random.one(6) ? fieldIn(asking, table) : nameOf(table, random.pick(numbers).name)
}

/** Mostly one that parts groups of the few records that there are here, often by what nothing else in the request names. */
const havingIn = (asking: Asking, table: WorldTable, asked: string): string => {
  const { random } = asking
  const aggregate = random.one(3) ? asked : `${random.pick(AGGREGATES)}_${aggregatedIn(asking, table)}`
  const count = `COUNT_ALL ${random.pick(['>', '>=', '=', '<'])} ${random.int(4)}`
  const value = `${aggregate} ${random.pick(['>', '>=', '<=', '='])} ${random.int(5)}`
  return random.pick([count, value, value, `(${count}) AND (${value})`, `(${count}) OR (${value})`])
}

export const groupIn = (asking: Asking, table: WorldTable): Query => {
  const { random } = asking
  const by = fieldIn(asking, table)
  const of = aggregatedIn(asking, table)
  const name = random.pick(AGGREGATES)
  /** What its column goes by in the answer, in an order and in `having`. */
  const aggregate = `${name}_${of}`
  return {
    group: by,
    fields: random.one(3) ? by : `${by},COUNT(*),${name}(${of})`,
    order: random.one(4) ? aggregate : by,
    ...(!random.one(3) && { having: havingIn(asking, table, aggregate) }),
    ...(random.one(3) && { filter: filterIn(asking, table) }),
  }
}
