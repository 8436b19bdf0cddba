/**
 * New records, read by their shape: what follows from the names in a record alone is worked out once for all records
 * with the same names, and the records of a call mostly have the same.
 */
import { LRUCache } from 'lru-cache'
import type { Catalog, Field } from '../catalog.ts'
import { partsFor, partsOf } from '../nested/parts.ts'
import { checkSubmitted } from '../rowcheck.ts'
import type { Scope } from '../scope.ts'
import { isObject, LEFT_OUT, type Writer, writerOf } from './field-writer.ts'
import { type NewRecord, newRecord } from './insert.ts'
import { isOperator, updatesIn } from './operators.ts'
import { lackOf, prepareCreate, stampsOf, stampValue } from './record.ts'
import type { Work } from './work.ts'

/** What is done with the value under a name; nothing with one that is unknown, or not the client's to write. */
interface Step {
  /** The place of the field's value. */
  readonly at: number
  readonly write: Writer
}

interface Shape {
  readonly names: readonly string[]
  /** Names of relations are among them. */
  readonly nested: boolean
  /** In table order. */
  readonly columns: readonly Field[]
  /** One for each name. */
  readonly steps: readonly (Step | undefined)[]
  readonly stamps: readonly { readonly field: Field; readonly at: number }[]
  readonly lack: ReturnType<typeof lackOf>
}

/** Shapes that are remembered for a table and a grant, and the length of the names of one that is. */
const SHAPES = 64
const LONGEST = 4_000
const SEPARATOR = '\u0001'

interface Shapes {
  readonly catalog: Catalog
  readonly byNames: LRUCache<string, Shape>
}
const known = new WeakMap<Scope, Shapes>()
/** A table's relations depend on all tables: another catalogue has other shapes. */
const shapesOf = ({ scope, catalog }: Work): Shapes => {
  let shapes = known.get(scope)
  if (shapes?.catalog !== catalog) {
    shapes = { catalog, byNames: new LRUCache({ max: SHAPES }) }
    known.set(scope, shapes)
  }
  return shapes
}

const makeShape = (record: object, names: readonly string[], work: Work): Shape => {
  const { scope, catalog } = work
  const fields = new Set<Field>()
  const written = names.map((name) => {
    if (isOperator(name, work)) updatesIn(name, undefined, work, 'create')
    const field = scope.findStored(name)
    const write = field && writerOf(field, 'create')
    if (!write) return undefined
    fields.add(field)
    return { field, write }
  })
  const stamps = fields.size > 0 ? stampsOf(work, 'create') : []
  for (const field of stamps) fields.add(field)
  const columns = scope.inOrder(fields)
  return {
    names,
    nested: partsOf(record, scope, catalog) !== undefined,
    columns,
    steps: written.map((one) => one && { write: one.write, at: columns.indexOf(one.field) }),
    stamps: stamps.map((field) => ({ field, at: columns.indexOf(field) })),
    lack: lackOf(fields, scope),
  }
}

const fits = ({ names }: Shape, record: object): boolean => {
  let at = 0
  for (const name in record) if (name !== names[at++]) return false
  return at === names.length
}

/** `undefined` where the names are too many to be remembered. */
const shapeFor = (record: object, work: Work, { byNames }: Shapes): Shape | undefined => {
  const names = Object.keys(record)
  const key = names.join(SEPARATOR) + (work.call.caller.user?.id === undefined ? '' : SEPARATOR)
  if (key.length > LONGEST) return undefined
  const found = byNames.get(key)
  if (found && fits(found, record)) return found
  const made = makeShape(record, names, work)
  byNames.set(key, made)
  return made
}

/** A record has other names than its shape. */
const OTHER = Symbol('other names')

/**
 * The record's values; `LEFT_OUT` where one is left out. Names are compared on the way, because an engine knows where
 * an object's values are while it is going through its names.
 */
const valuesAs = (
  { names, columns, steps, stamps }: Shape,
  record: Readonly<Record<string, unknown>>,
  work: Work,
): unknown[] | typeof OTHER | typeof LEFT_OUT => {
  const values = new Array<unknown>(columns.length)
  let at = 0
  for (const name in record) {
    if (name !== names[at]) return OTHER
    const step = steps[at++]
    if (!step) continue
    const value = step.write(record[name], work)
    if (value === LEFT_OUT) return LEFT_OUT
    values[step.at] = value
  }
  if (at !== names.length) return OTHER
  for (const { field, at: place } of stamps) values[place] = stampValue(field, work)
  return values
}

/**
 * Reads the new records of one call, as `prepareCreate` does; `undefined` for one with records of other tables inside.
 * Records with the same columns mostly share one list of them.
 */
export const newRecordsOf = (work: Work): ((record: unknown, index: number) => NewRecord | undefined) => {
  const shapes = shapesOf(work)
  const { scope, rows } = work
  const isFiltered = scope.filters.groups.length > 0
  let last: Shape | undefined
  const singly = (record: unknown, index: number) =>
    partsFor(record, work) ? undefined : newRecord(prepareCreate(record, index, work), work)

  const complete = ({ columns, lack }: Shape, values: readonly unknown[], index: number): NewRecord => {
    if (lack) throw lack(index)
    if (isFiltered)
      checkSubmitted(scope.filters, rows, new Map(columns.map((field, at) => [field, values[at]])), 'create')
    return { columns, values }
  }
  return (record, index) => {
    if (!isObject(record)) return singly(record, index)
    if (last) {
      const values = valuesAs(last, record, work)
      if (typeof values === 'object') return complete(last, values, index)
      if (values === LEFT_OUT) return singly(record, index)
    }
    const shape = shapeFor(record, work, shapes)
    if (!shape) return singly(record, index)
    // Whose relations they are to hear of differs from caller to caller: a shape is shared.
    if (shape.nested) return singly(record, index)
    last = shape
    const values = valuesAs(shape, record, work)
    return typeof values === 'object' ? complete(shape, values, index) : singly(record, index)
  }
}
