/**
 * The standard schema under other names, with functions and virtual fields: as `_schema` is told of them, and as the
 * reference has them. There nothing reads the text of a function: what it comes to is written down beside it.
 */
import type { Field, FieldType, RecordsSource, Table } from '@gw/records'
import { type MemoryFunctions, memorySource } from '@gw/records/memory'
import fc from 'fast-check'
import { money, type Vocabulary } from './model-calls.ts'
import { STANDARD, standardTables } from './standard.ts'

interface Virtual {
  readonly name: string
  readonly alias?: string
  readonly function: string
  readonly type: FieldType
  /** The same of a row of the reference. */
  readonly of: (row: Readonly<Record<string, any>>) => unknown
}

const ALIASES: Readonly<Record<string, string>> = { name: 'called', credit: 'limit_of', notes: 'remark' }
const aliased = (native: string): string => ALIASES[native] ?? native

const characters = (text: string, count?: number): string => [...text].slice(0, count).join('')
const VIRTUAL: readonly Virtual[] = [
  {
    name: 'shout',
    function: "CONCAT(UPPER(name), '!')",
    type: 'string',
    of: ({ called }) => `${called.toUpperCase()}!`,
  },
  { name: 'letters', function: 'LENGTH(name)', type: 'integer', of: ({ called }) => [...called].length },
  {
    name: 'owed',
    alias: 'debt',
    function: 'ABS(COALESCE(credit, 0))',
    type: 'decimal',
    of: (row) => Math.abs(row.limit_of ?? 0),
  },
  {
    name: 'mark',
    function: 'SUBSTR(notes, 1, 2)',
    type: 'string',
    of: ({ remark }) => (remark === null ? null : characters(remark, 2)),
  },
]
const FUNCTIONS: Readonly<Record<string, MemoryFunctions>> = {
  called: { select: ({ called }) => `${characters(called as string, 1)}***` },
  remark: { store: (value) => (value === null || value === undefined ? null : `${value}x`) },
  ...Object.fromEntries(VIRTUAL.map(({ name, alias = name, of }) => [alias, { select: of }])),
}

/** What `PATCH _schema/customers` is sent. */
export const RENAMING: object = {
  alias: 'clients',
  label: 'Client',
  plural: 'Clientele',
  field: [
    { name: 'credit', alias: ALIASES.credit, label: 'Limit' },
    {
      name: 'name',
      alias: ALIASES.name,
      db_function: [{ use: ['SELECT'], function: "CONCAT(SUBSTR(name, 1, 1), '***')" }],
    },
    {
      name: 'notes',
      alias: ALIASES.notes,
      db_function: [{ use: ['INSERT', 'UPDATE'], function: "CONCAT({value}, 'x')" }],
    },
    ...VIRTUAL.map(({ name, alias, function: text }) => ({
      name,
      ...(alias && { alias }),
      is_virtual: true,
      db_function: [{ use: ['SELECT'], function: text }],
    })),
  ],
}

const tableName = (native: string): string => (native === 'customers' ? 'clients' : native)

/** Fields go by their own names as well, as long as nothing else has them. */
export const RENAMED: Vocabulary = {
  table: tableName,
  fields: Object.fromEntries(Object.entries(ALIASES).map(([native, alias]) => [native, [alias, alias, native]])),
  conditions: [
    fc
      .tuple(fc.constantFrom('=', '!=', '<', '>='), fc.integer({ min: 1, max: 5 }))
      .map(([op, n]) => `letters ${op} ${n}`),
    fc.tuple(fc.constantFrom('=', '!=', '<=', '>'), money).map(([op, n]) => `debt ${op} ${n}`),
    fc.constantFrom("shout = 'ADA!'", "shout IN ('NA!', 'BOB!')", "shout CONTAINS 'A'", "shout STARTS WITH 'N'"),
    fc.constantFrom("mark = 'fi'", "mark != 'a='", 'mark IS NULL', 'mark IS NOT NULL', "mark IN ('ax', '10')"),
    fc.tuple(money, money).map(([low, high]) => `owed BETWEEN ${low} AND ${high}`),
  ],
  lists: ['shout,id', 'letters,debt,mark'],
  orders: ['letters,id', 'debt desc,id desc'],
  unwritten: { shout: 'no', debt: 7 },
}

const virtualField = ({ name, alias = name, type }: Virtual): Field => ({
  name: alias,
  native: name,
  type,
  dbType: type,
  nullable: true,
  autoIncrement: false,
  generated: true,
  primaryKey: false,
  unique: false,
  virtual: true,
})

const renamedTable = (table: Table): Table => {
  const foreignKeys = table.foreignKeys.map((key) => ({ ...key, table: tableName(key.table) }))
  const fields = table.fields.map((field) =>
    field.reference ? { ...field, reference: { ...field.reference, table: tableName(field.reference.table) } } : field,
  )
  if (table.name !== 'customers') return { ...table, fields, foreignKeys }
  const renamed = fields.map((field) => ({ ...field, name: aliased(field.native) }))
  return {
    ...table,
    name: 'clients',
    base: table.name,
    fields: [...renamed, ...VIRTUAL.map(virtualField)],
    foreignKeys,
  }
}

/** The standard schema in memory, under the other names. */
export const renamedSource = (): RecordsSource =>
  memorySource({
    tables: standardTables().map(renamedTable),
    rows: Object.fromEntries(
      STANDARD.map(({ name, rows }) => [
        tableName(name),
        name === 'customers'
          ? rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [aliased(key), value])))
          : rows.map((row) => ({ ...row })),
      ]),
    ),
    functions: { clients: FUNCTIONS },
  })
