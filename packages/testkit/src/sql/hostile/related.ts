/** Hostile requests about related records and groups: filters over relations, relations' options, `group` and `having`. */
import fc from 'fast-check'
import type { Ask } from '../../harness.ts'
import { at } from '../../records/context.ts'
import { corpusCheck } from './corpus.ts'
import { anyValue, hostile, quoted } from './text.ts'

const ORDERS = 'orders_by_customer_id'
const CUSTOMER = 'customers_by_customer_id'
/** Of a table that the role may not read. */
const LINES = 'order_lines_by_order_id'

const C = at('customers')
const O = at('orders')
const both = { customers: C, orders: O } as const
type Side = keyof typeof both
const side = fc.constantFrom<Side>('customers', 'orders')

/** Fields of related records that the role may read. */
const READABLE: Readonly<Record<Side, readonly string[]>> = {
  customers: [`${ORDERS}.status`, `${ORDERS}.${CUSTOMER}.name`, `${ORDERS}.${CUSTOMER}.email`],
  orders: [`${CUSTOMER}.name`, `${CUSTOMER}.email`, `${CUSTOMER}.${ORDERS}.status`],
}
const hidden = fc.constantFrom(`${CUSTOMER}.notes`, `${ORDERS}.${LINES}.product`, `${ORDERS}.${CUSTOMER}.notes`)
const operator = fc.constantFrom('=', '<', '!=', 'LIKE', 'CONTAINS', 'STARTS WITH', 'NOT CONTAINS')
const text = fc.oneof({ weight: 4, arbitrary: quoted }, { weight: 1, arbitrary: fc.constantFrom("'new'", "'Ada'") })

const compared = (name: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    fc.tuple(name, operator, text).map((parts) => parts.join(' ')),
    fc.tuple(name, text, text).map(([field, low, high]) => `NOT (${field} BETWEEN ${low} AND ${high})`),
    fc.tuple(name, text, text).map(([field, one, other]) => `(${field} IN (${one}, ${other})) OR (id = 1)`),
  )
/** Well formed mostly, so that it reaches the database; otherwise the relation, the field or what follows is hostile. */
const filterOver = (name: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: compared(name) },
    { weight: 2, arbitrary: fc.tuple(compared(name), compared(name)).map((parts) => `(${parts.join(') AND (')})`) },
    { weight: 1, arbitrary: fc.tuple(compared(name), hostile).map(([first, rest]) => `(${first}) OR ${rest}`) },
    { weight: 1, arbitrary: fc.tuple(hostile, hostile).map(([relation, field]) => `${relation}.${field} > 1`) },
    { weight: 1, arbitrary: hostile.map((field) => `${ORDERS}.${field} = 1`) },
    { weight: 1, arbitrary: hostile.map((value) => `${ORDERS}.total > ${value}`) },
    { weight: 1, arbitrary: fc.tuple(hidden, quoted).map(([field, value]) => `${field} = ${value}`) },
  )
const filterOn = (own: Side): fc.Arbitrary<string> => filterOver(fc.constantFrom(...READABLE[own]))

const filters: fc.Arbitrary<Ask> = fc.oneof(
  side.chain((own) => filterOn(own).map((filter): Ask => ({ path: both[own], query: { filter } }))),
  side.chain((own) => filterOn(own).map((filter): Ask => ({ path: both[own], query: { filter, count_only: true } }))),
  fc.tuple(filterOn('customers'), anyValue).map(([filter, bound]): Ask => {
    const body = { filter: `(${ORDERS}.status = :a) OR ${filter}`, params: { ':a': bound } }
    return { method: 'POST', headers: { 'x-http-method': 'GET' }, path: C, body }
  }),
  fc.tuple(filterOn('customers'), hostile).map(([filter, name]): Ask => {
    return { method: 'PATCH', path: C, query: { filter }, body: [{ name }] }
  }),
  filterOn('customers').map((filter): Ask => ({ method: 'DELETE', path: C, query: { filter } })),
)

/** Relations by a name that fits; the last one leads to a table that the role may not read. */
const RELATIONS: Readonly<Record<Side, readonly string[]>> = {
  customers: [ORDERS, `${ORDERS}.${CUSTOMER}`, `${ORDERS}.${CUSTOMER}.${ORDERS}`, `${ORDERS}.${LINES}`],
  orders: [CUSTOMER, `${CUSTOMER}.${ORDERS}`, `${CUSTOMER}.${ORDERS}.${CUSTOMER}`, LINES],
}
const OPTIONS = ['filter', 'order', 'fields', 'group', 'limit'] as const
/** What an option of a relation may rightly say. */
const properOption: Readonly<Record<(typeof OPTIONS)[number], fc.Arbitrary<string>>> = {
  filter: compared(fc.constantFrom('status', 'name', `${ORDERS}.status`)),
  order: fc.constantFrom('id desc', 'total', 'name desc nulls first'),
  fields: fc.constantFrom('id', 'id,status', 'status,COUNT(*)', '*'),
  group: fc.constantFrom('status', 'name'),
  limit: fc.constantFrom('1', '2'),
}
const option = (relation: string): fc.Arbitrary<readonly [string, string]> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(...OPTIONS)
        .chain((name) => properOption[name].map((value) => [`${relation}.${name}`, value] as const)),
    },
    { weight: 2, arbitrary: properOption.filter.map((value) => [`${relation}.filter`, value] as const) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...OPTIONS), hostile)
        .map(([name, value]) => [`${relation}.${name}`, value] as const),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(hostile, hostile).map(([name, value]) => [`${relation}.${name}`, value] as const),
    },
    { weight: 1, arbitrary: hostile.map((name) => [`${name}.filter`, `status = '1'`] as const) },
  )
const options: fc.Arbitrary<Ask> = side.chain((own) =>
  fc.constantFrom(...RELATIONS[own]).chain((relation) =>
    fc
      .tuple(fc.array(option(relation), { minLength: 1, maxLength: 3 }), fc.option(hostile, { freq: 2 }), fc.boolean())
      .map(([some, also, one]): Ask => {
        const related = also === null ? relation : `${relation},${also},${relation}.${also}`
        return { path: one ? `${both[own]}/1` : both[own], query: { ...Object.fromEntries(some), related } }
      }),
  ),
)

const having = fc.oneof(
  { weight: 3, arbitrary: compared(fc.constantFrom('status', 'MIN_status', 'MAX_status')) },
  { weight: 1, arbitrary: quoted.map((value) => `(SUM_total > 1) AND (status != ${value})`) },
  { weight: 1, arbitrary: fc.constant('COUNT_ALL > 0') },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: hostile.map((name) => `COUNT(${name}) > 0`) },
  { weight: 1, arbitrary: hostile.map((value) => `COUNT_ALL > ${value}`) },
)
const properGroup = {
  group: fc.constantFrom('status', 'status,customer_id'),
  fields: fc.constantFrom('status,COUNT(*)', 'status,SUM(total),MIN(status)', 'COUNT(*)'),
  order: fc.constantFrom('COUNT_ALL desc', 'status'),
} as const
const orHostile = (good: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 8, arbitrary: good },
    { weight: 1, arbitrary: hostile },
    { weight: 1, arbitrary: hostile.map((name) => `SUM(${name})`) },
  )
const groups: fc.Arbitrary<Ask> = fc
  .record(
    {
      group: orHostile(properGroup.group),
      fields: orHostile(properGroup.fields),
      order: orHostile(properGroup.order),
      having,
      filter: fc.oneof(
        { weight: 3, arbitrary: compared(fc.constantFrom('status', ...READABLE.orders)) },
        filterOn('orders'),
      ),
    },
    { requiredKeys: ['group'] },
  )
  .map((query): Ask => ({ path: O, query }))

/** A call about related records, or groups. */
export const relatedAsked: fc.Arbitrary<Ask> = fc.oneof(filters, options, groups)

export const relatedChecks = [
  corpusCheck({ name: 'filters over relations', asked: filters, reaching: 0.4 }),
  corpusCheck({ name: 'options of relations', asked: options, reaching: 0.4 }),
  corpusCheck({ name: 'groups', asked: groups, reaching: 0.25 }),
]
