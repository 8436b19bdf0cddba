/** Two databases that a role can not tell apart: they differ in rows that it does not see, and in fields that it is denied. */
import type { StandardField } from '../records/standard.ts'
import type { Random } from './random.ts'
import { shows, type WorldRole } from './role.ts'
import { type Row, valueFor, type World, type WorldTable } from './world.ts'

export type Rows = Readonly<Record<string, readonly Row[]>>
export interface Twins {
  readonly left: Rows
  readonly right: Rows
}

/** Tries of a value before the one that there was is kept. */
const TRIES = 12
/** Keys of rows that only one of the two has. */
const OWN_KEYS = 50

const byKey = (rows: readonly Row[]): readonly Row[] => rows.toSorted((a, b) => Number(a.id) - Number(b.id))

interface Filling {
  readonly random: Random
  /** What has been filled so far. */
  readonly rows: Record<string, readonly Row[]>
}

const fieldValue = (
  { random, rows }: Filling,
  field: StandardField,
  table: WorldTable,
  own: readonly Row[],
): unknown => {
  if (!field.references) return valueFor(random, field)
  const [to] = field.references
  const targets = to === table.name ? own : (rows[to] ?? [])
  if (targets.length === 0 || (field.nullable && random.one(4))) return field.nullable ? null : undefined
  return random.pick(targets).id
}

/** Whether a row may stand beside others: no unique value twice, and nothing missing. */
const fits = (table: WorldTable, row: Row, others: readonly Row[]): boolean =>
  table.fields.every(({ name, unique, nullable }) => {
    const value = row[name]
    if (value === undefined || (value === null && !nullable)) return false
    return !(unique || name === 'id') || value === null || others.every((other) => other[name] !== value)
  })

const rowWith = (filling: Filling, table: WorldTable, id: number, own: readonly Row[]): Row =>
  Object.fromEntries(
    table.fields.map((field) => [field.name, field.name === 'id' ? id : fieldValue(filling, field, table, own)]),
  )

const leftRows = (random: Random, { tables }: World): Rows => {
  const rows: Record<string, readonly Row[]> = {}
  for (const table of tables) {
    const own: Row[] = []
    for (let id = 1; id <= 4 + random.int(5); id++) {
      const row = rowWith({ random, rows }, table, id, own)
      if (fits(table, row, own)) own.push(row)
    }
    rows[table.name] = own
  }
  return rows
}

/** A shown row, with other values where the role is denied them. */
const redacted = (filling: Filling, table: WorldTable, role: WorldRole, row: Row, others: readonly Row[]): Row => {
  for (let round = 0; round < TRIES; round++) {
    const changes = table.fields
      .filter(({ name }) => name !== 'id' && role.denied[table.name]!.includes(name))
      .map((field) => [field.name, fieldValue(filling, field, table, others)])
    const changed: Row = { ...row, ...Object.fromEntries(changes) }
    if (shows(role, table, changed) && fits(table, changed, others)) return changed
  }
  return row
}

/** A hidden row in place of another one, with its key. */
const replaced = (
  filling: Filling,
  table: WorldTable,
  role: WorldRole,
  id: number,
  others: readonly Row[],
): Row | undefined => {
  for (let round = 0; round < TRIES; round++) {
    const row = rowWith(filling, table, id, others)
    if (!shows(role, table, row) && fits(table, row, others)) return row
  }
  return undefined
}

/** Keys that rows in the twin must refer to: those that the role is told of. */
const toldKeys = ({ tables }: World, role: WorldRole, left: Rows, name: string): ReadonlySet<unknown> =>
  new Set(
    tables.flatMap((table) =>
      table.fields
        .filter(({ references }) => references?.[0] === name)
        .flatMap((field) => left[table.name]!.filter((row) => shows(role, table, row)).map((row) => row[field.name])),
    ),
  )

const rightTable = (filling: Filling, world: World, table: WorldTable, role: WorldRole, left: Rows): readonly Row[] => {
  const { random } = filling
  const own = left[table.name]!
  const shown = own.filter((row) => shows(role, table, row))
  const hidden = own.filter((row) => !shows(role, table, row))
  const told = toldKeys(world, role, left, table.name)
  // A reference to the own table may lead to any row that will be there: those whose key is told of.
  let kept: Row[] = [...shown]
  const closed = role.closed.has(table.name)
  for (const row of hidden) {
    const free = !told.has(row.id)
    if (free && random.one(2)) continue
    const other = replaced(filling, table, role, Number(row.id), kept)
    kept.push(other ?? row)
  }
  for (let extra = random.int(4); extra > 0; extra--) {
    const row = replaced(filling, table, role, OWN_KEYS + random.int(10), kept)
    if (row) kept.push(row)
  }
  if (!closed)
    for (const row of shown)
      kept = [
        ...kept.filter((one) => one.id !== row.id),
        redacted(
          filling,
          table,
          role,
          row,
          kept.filter((one) => one.id !== row.id),
        ),
      ]
  return byKey(kept)
}

/** Whether every reference leads to a row. */
const isWhole = ({ tables }: World, rows: Rows): boolean =>
  tables.every((table) =>
    table.fields.every(
      ({ name, references, unique }) =>
        (!references ||
          rows[table.name]!.every(
            (row) => row[name] === null || rows[references[0]]!.some(({ id }) => id === row[name]),
          )) &&
        (!unique || new Set(rows[table.name]!.map((row) => row[name] ?? Symbol())).size === rows[table.name]!.length),
    ),
  )

/** Rows for both databases; `undefined` where none could be found that keep every reference. */
export const twinsOf = (random: Random, world: World, role: WorldRole): Twins | undefined => {
  for (let round = 0; round < TRIES; round++) {
    const left = leftRows(random, world)
    const filling: Filling = { random, rows: {} }
    for (const table of world.tables) filling.rows[table.name] = rightTable(filling, world, table, role, left)
    if (isWhole(world, left) && isWhole(world, filling.rows)) return { left, right: filling.rows }
  }
  return undefined
}
