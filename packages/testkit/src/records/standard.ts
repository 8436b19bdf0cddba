/**
 * The standard schema: what every records service is tested on, described without a database. Names and values are
 * chosen so that databases which disagree on collation still agree on the order and on LIKE.
 */
import type { Field, FieldType, Table } from '@gw/records'

export interface StandardField {
  readonly name: string
  readonly type: FieldType
  readonly nullable?: boolean
  readonly auto?: boolean
  readonly unique?: boolean
  readonly length?: number
  /** A constant that the database fills in. */
  readonly default?: string | number | boolean
  readonly references?: readonly [table: string, field: string]
}

export interface StandardTable {
  readonly name: string
  readonly fields: readonly StandardField[]
  readonly primaryKey: readonly string[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** A view: the rows of another table where a boolean field is true. */
  readonly viewOf?: { readonly table: string; readonly where: string }
}

const customer = (
  id: number,
  name: string,
  active: boolean,
  credit: number | null,
  born: string | null,
  created: string | null,
  notes: string | null,
) => ({ id, name, email: `${name.toLowerCase()}@example.com`, active, credit, born, created, notes })

const customers: StandardTable = {
  name: 'customers',
  fields: [
    { name: 'id', type: 'integer', auto: true },
    { name: 'name', type: 'string', length: 100 },
    { name: 'email', type: 'string', length: 200, unique: true },
    { name: 'active', type: 'boolean', default: true },
    { name: 'credit', type: 'decimal', nullable: true },
    { name: 'born', type: 'date', nullable: true },
    { name: 'created', type: 'datetime', nullable: true },
    { name: 'notes', type: 'text', nullable: true },
  ],
  primaryKey: ['id'],
  rows: [
    customer(1, 'Ada', true, 12.5, '1985-12-10', '2024-01-01 10:00:00', 'first'),
    customer(2, 'Bob', false, 0, '1990-02-28', '2024-01-02 10:00:00', null),
    customer(3, 'Cleo', true, null, '2000-02-29', '2024-01-03 10:00:00', "it's"),
    customer(4, 'Dora', true, 1000, null, '2024-01-04 23:59:59', 'a=b'),
    customer(5, 'Emil', false, -3.25, '1970-01-01', null, 'salt AND pepper'),
    customer(6, 'Fay', true, 12.5, '1999-12-31', '2024-02-01 00:00:00', 'x >= y (or z)'),
    customer(7, 'Gus', true, 7.75, '1985-12-10', '2024-02-02 08:30:00', '100% sure'),
    customer(8, 'Hana', false, 99999.99, null, '2024-02-03 08:30:00', 'Zo\u00eb \u{1f98a}'),
    customer(9, 'Ivan', true, null, '1990-02-28', null, ''),
    customer(10, 'Joan', true, 0.1, '2001-01-01', '2024-03-01 12:00:00', 'a,b'),
  ],
}

const orders: StandardTable = {
  name: 'orders',
  fields: [
    { name: 'id', type: 'integer', auto: true },
    { name: 'customer_id', type: 'integer', references: ['customers', 'id'] },
    { name: 'total', type: 'decimal' },
    { name: 'status', type: 'string', length: 20, default: 'new' },
  ],
  primaryKey: ['id'],
  rows: [
    { id: 1, customer_id: 1, total: 20, status: 'new' },
    { id: 2, customer_id: 1, total: 35.5, status: 'paid' },
    { id: 3, customer_id: 2, total: 5.25, status: 'paid' },
    { id: 4, customer_id: 4, total: 100, status: 'sent' },
    { id: 5, customer_id: 4, total: 0.5, status: 'new' },
    { id: 6, customer_id: 6, total: 12, status: 'void' },
  ],
}

const orderLines: StandardTable = {
  name: 'order_lines',
  fields: [
    { name: 'order_id', type: 'integer', references: ['orders', 'id'] },
    { name: 'line', type: 'integer' },
    { name: 'product', type: 'string', length: 50 },
    { name: 'quantity', type: 'integer', default: 1 },
  ],
  primaryKey: ['order_id', 'line'],
  rows: [
    { order_id: 1, line: 1, product: 'pen', quantity: 10 },
    { order_id: 1, line: 2, product: 'ink', quantity: 1 },
    { order_id: 2, line: 1, product: 'pen', quantity: 3 },
    { order_id: 4, line: 1, product: 'desk', quantity: 1 },
  ],
}

/** No key: rows can be listed, added, and changed by filter, but not addressed. */
const journal: StandardTable = {
  name: 'journal',
  fields: [
    { name: 'kind', type: 'string', length: 20 },
    { name: 'amount', type: 'integer', nullable: true },
  ],
  primaryKey: [],
  rows: [
    { kind: 'in', amount: 5 },
    { kind: 'out', amount: 3 },
    { kind: 'in', amount: 5 },
  ],
}

/** Names that a statement made of text would trip over, beside one of each type. */
const oddities: StandardTable = {
  name: 'Odd Names',
  fields: [
    { name: 'id', type: 'integer', auto: true },
    { name: 'order', type: 'integer', nullable: true },
    { name: 'full name', type: 'string', length: 50, nullable: true },
    { name: 'MixedCase', type: 'string', length: 50, nullable: true },
    { name: 'select', type: 'string', length: 50, nullable: true },
    { name: 'quo"te', type: 'string', length: 50, nullable: true },
  ],
  primaryKey: ['id'],
  rows: [
    { id: 1, order: 3, 'full name': 'Ada L', MixedCase: 'one', select: 'all', 'quo"te': 'q' },
    { id: 2, order: 1, 'full name': 'Bob M', MixedCase: 'two', select: null, 'quo"te': null },
    { id: 3, order: 2, 'full name': null, MixedCase: null, select: 'none', 'quo"te': 'r' },
  ],
}

const samples: StandardTable = {
  name: 'samples',
  fields: [
    { name: 'id', type: 'integer', auto: true },
    { name: 'flag', type: 'boolean', nullable: true },
    { name: 'big', type: 'bigint', nullable: true },
    { name: 'ratio', type: 'double', nullable: true },
    { name: 'price', type: 'decimal', nullable: true },
    { name: 'day', type: 'date', nullable: true },
    { name: 'at', type: 'time', nullable: true },
    { name: 'moment', type: 'datetime', nullable: true },
    { name: 'data', type: 'binary', nullable: true },
  ],
  primaryKey: ['id'],
  rows: [],
}

const activeCustomers: StandardTable = {
  name: 'active_customers',
  fields: customers.fields
    .slice(0, 3)
    .map(({ auto: _auto, unique: _unique, ...field }) => ({ ...field, nullable: true })),
  primaryKey: [],
  rows: customers.rows.filter((row) => row.active).map(({ id, name, email }) => ({ id, name, email })),
  viewOf: { table: 'customers', where: 'active' },
}

/** In an order in which they can be created and filled. */
export const STANDARD: readonly StandardTable[] = [
  customers,
  orders,
  orderLines,
  journal,
  oddities,
  samples,
  activeCustomers,
]

/** The rows a table holds after a reset. */
export const seedOf = (name: string): readonly Readonly<Record<string, any>>[] => standardTable(name).rows

export const standardTable = (name: string): StandardTable => {
  const table = STANDARD.find((one) => one.name === name)
  if (!table) throw new Error(`The standard schema has no table '${name}'.`)
  return table
}

const fieldFrom = (table: StandardTable, field: StandardField): Field => ({
  name: field.name,
  native: field.name,
  type: field.type,
  dbType: field.type,
  nullable: field.nullable ?? false,
  default: field.default === undefined ? undefined : String(field.default),
  autoIncrement: field.auto ?? false,
  generated: false,
  length: field.length,
  ...(field.type === 'decimal' && { precision: 12, scale: 2 }),
  primaryKey: table.primaryKey.includes(field.name),
  unique: field.unique ?? (table.primaryKey.length === 1 && table.primaryKey[0] === field.name),
  reference: field.references && { table: field.references[0], field: field.references[1] },
})

/** The standard schema as a catalogue's tables. */
export const standardTables = (): readonly Table[] =>
  STANDARD.map((table) => ({
    name: table.name,
    native: table.name,
    view: table.viewOf !== undefined,
    fields: table.fields.map((field) => fieldFrom(table, field)),
    primaryKey: table.primaryKey,
    foreignKeys: table.fields.flatMap(({ name, references }) =>
      references
        ? [{ name: `fk_${table.name}_${name}`, columns: [name], table: references[0], references: [references[1]] }]
        : [],
    ),
  }))
