/**
 * Writes records with those that stand inside them, in one transaction: first what the record refers to, then the
 * record, then what refers to it (the wire contract §5.3).
 */
import { GwError } from '@gw/core'
import type { Field, Table } from '../catalog.ts'
import { type NewRecord, sameColumns } from '../execute/insert.ts'
import type { Work } from '../execute/work.ts'
import type { Row } from '../source.ts'
import { isEmpty, objectIn, objectsIn, type Part, partsFor } from './parts.ts'
import {
  castAll,
  disown,
  existing,
  isGenerated,
  keyIn,
  link,
  named,
  pick,
  saysMore,
  unlink,
  type Values,
  within,
  withoutFields,
} from './rows.ts'
import {
  changeOf,
  DEEPEST,
  fieldsIn,
  insertRows,
  type Nesting,
  newRowOf,
  rowBy,
  tableOf,
  updateRow,
  workOn,
} from './table.ts'

/** Creates a record with what stands inside it; answers `fields` of it. */
const create = async (nesting: Nesting, table: Table, record: Values, fields: readonly string[], depth: number) => {
  const work = workOn(nesting, table, 'POST')
  const parts = partsFor(record, work) ?? []
  const whole = { ...record, ...(await saveReferred(nesting, work, parts, depth)) }
  const wanted = fieldsIn(work, [...new Set([...fields, ...localsOf(parts)])])
  const [row] = await insertRows(nesting, work, [newRowOf(whole, work)], wanted)
  await saveReferring(nesting, table, parts, row!, depth)
  return row!
}

/** Changes a record by its key, with what stands inside it; `false` where there is none. */
const change = async (
  nesting: Nesting,
  table: Table,
  record: Values,
  key: readonly unknown[],
  depth: number,
): Promise<boolean> => {
  const work = workOn(nesting, table, 'PATCH')
  const parts = partsFor(record, work) ?? []
  const whole = { ...record, ...(await saveReferred(nesting, work, parts, depth)) }
  const found = await updateRow(nesting, work, work.identifiers, key, changeOf(whole, work, work.identifiers))
  if (!found) return false
  const locals = localsOf(parts)
  if (locals.length > 0) {
    const row = await rowBy(work, work.identifiers, key, fieldsIn(work, locals))
    await saveReferring(nesting, table, parts, row ?? {}, depth)
  }
  return true
}

/** The fields of a record that those which refer to it hold. */
export const localsOf = (parts: readonly Part[]): readonly string[] => [
  ...new Set(parts.flatMap(({ relation }) => (relation.type === 'belongs_to' ? [] : relation.fields))),
]

/** Saves the records that a record refers to; answers the fields that then refer to them. */
export const saveReferred = async (
  nesting: Nesting,
  work: Work,
  parts: readonly Part[],
  depth = 1,
): Promise<Values> => {
  if (depth > DEEPEST) throw new GwError('invalid_request', `Records can be nested ${DEEPEST} levels deep, not deeper.`)
  const references: Record<string, unknown> = {}
  for (const part of parts) {
    // To unlink, the field itself is set to null.
    if (part.relation.type !== 'belongs_to' || isEmpty(part)) continue
    const { fields, references: far, table } = part.relation
    const values = await within(part, async () => {
      fieldsIn(work, fields)
      return saveTarget(nesting, tableOf(nesting, table), objectIn(part), far, depth)
    })
    for (const [at, name] of fields.entries()) references[name] = values[at]
  }
  return references
}

/** Creates or changes the record referred to; answers the values that refer to it. */
const saveTarget = async (
  nesting: Nesting,
  table: Table,
  record: Values,
  fields: readonly string[],
  depth: number,
): Promise<readonly unknown[]> => {
  const reading = workOn(nesting, table, 'GET')
  const key = keyIn(record, reading)
  if (key) {
    const far = fieldsIn(reading, fields)
    const found = saysMore(record, reading)
      ? await change(nesting, table, record, key, depth + 1)
      : (await rowBy(reading, reading.identifiers, key, far)) !== undefined
    const row = found && (await rowBy(reading, reading.identifiers, key, far))
    if (row) return pick(row, far)
  }
  // A key that is taken by a record which the caller may not see conflicts as it does on a plain write.
  const row = await create(nesting, table, record, fields, depth + 1)
  return fields.map((name) => row[name])
}

/** Saves the records that refer to a record. */
export const saveReferring = async (
  nesting: Nesting,
  table: Table,
  parts: readonly Part[],
  parent: Row,
  depth = 1,
): Promise<void> => {
  if (depth > DEEPEST) throw new GwError('invalid_request', `Records can be nested ${DEEPEST} levels deep, not deeper.`)
  for (const part of parts) {
    const { type, fields } = part.relation
    if (type === 'belongs_to') continue
    const key = fields.map((name) => parent[name] ?? null)
    if (key.includes(null)) throw new GwError('invalid_request', `The record has no '${fields.join()}' to refer to.`)
    await within(part, () =>
      type === 'many_many' ? saveLinked(nesting, table, part, key, depth) : saveChildren(nesting, part, key, depth),
    )
  }
}

/** What `has_one` and `has_many` hold: created, adopted, changed, or disowned. */
const saveChildren = async (nesting: Nesting, part: Part, parent: readonly unknown[], depth: number): Promise<void> => {
  const { type, references, table: name } = part.relation
  const table = tableOf(nesting, name)
  if (isEmpty(part)) {
    if (type === 'has_one') await disown(nesting, table, references, parent, [], [])
    return
  }
  const children = type === 'has_one' ? [objectIn(part)] : objectsIn(part)
  let alike: NewRecord[] = []
  const flush = async () => {
    const some = alike
    alike = []
    if (some.length > 0) {
      const work = workOn(nesting, table, 'POST')
      await insertRows(nesting, work, some, work.identifiers)
    }
  }
  for (const child of children) {
    const plain = plainChild(nesting, table, child, references, parent)
    if (plain) {
      // Alike ones go into one statement.
      if (alike[0] && (!sameColumns(alike[0], plain) || alike.length >= MOST_TOGETHER)) await flush()
      alike.push(plain)
    } else {
      await flush()
      await saveChild(nesting, table, child, references, parent, depth)
    }
  }
  await flush()
}

const MOST_TOGETHER = 500

/** A child that is only created, with nothing inside it; `undefined` where it is another case. */
const plainChild = (
  nesting: Nesting,
  table: Table,
  child: Values,
  references: readonly string[],
  parent: readonly unknown[],
): NewRecord | undefined => {
  if (!isGenerated(table)) return undefined
  const names = Object.keys(child).map((name) => name.toLowerCase())
  const key = table.primaryKey.map((name) => name.toLowerCase())
  const foreign = references.map((name) => name.toLowerCase())
  if (names.some((name) => key.includes(name) || foreign.includes(name))) return undefined
  const work = workOn(nesting, table, 'POST')
  if (partsFor(child, work)) return undefined
  return newRowOf({ ...child, ...named(fieldsIn(work, references), parent) }, work)
}

const saveChild = async (
  nesting: Nesting,
  table: Table,
  child: Values,
  references: readonly string[],
  parent: readonly unknown[],
  depth: number,
): Promise<void> => {
  const reading = workOn(nesting, table, 'GET')
  const foreign = fieldsIn(reading, references)
  const whole = { ...withoutFields(child, reading, foreign), ...named(foreign, parent) }
  const key = keyIn(whole, reading)
  const disowned = Object.entries(child).some(([name, value]) => {
    const field = reading.scope.find(name)
    return field !== undefined && foreign.includes(field) && value === null
  })
  if (disowned && key) {
    const rest = withoutFields(child, reading, foreign)
    if (saysMore(rest, reading)) await changeOwn(nesting, table, rest, foreign, parent, key, depth)
    await disown(nesting, table, references, parent, reading.identifiers, key)
    return
  }
  if (key && (await change(nesting, table, whole, key, depth + 1))) return
  if (key && isGenerated(table)) throw new GwError('not_found', `Record with identifier '${key.join()}' not found.`)
  await create(nesting, table, whole, [], depth + 1)
}

/** Changes a child that is the parent's own. */
const changeOwn = async (
  nesting: Nesting,
  table: Table,
  record: Values,
  foreign: readonly Field[],
  parent: readonly unknown[],
  key: readonly unknown[],
  depth: number,
): Promise<void> => {
  const reading = workOn(nesting, table, 'GET')
  const own = [...reading.identifiers, ...foreign]
  const row = await rowBy(reading, own, [...key, ...castAll(foreign, parent)], own)
  if (!row || !(await change(nesting, table, record, key, depth + 1)))
    throw new GwError('not_found', `Record with identifier '${key.join()}' not found.`)
}

/** What `many_many` holds: targets, and a row of the junction for each. */
const saveLinked = async (
  nesting: Nesting,
  table: Table,
  part: Part,
  parent: readonly unknown[],
  depth: number,
): Promise<void> => {
  const { junction, references, table: name, fields } = part.relation
  const through = tableOf(nesting, junction!.table)
  const target = tableOf(nesting, name)
  if (isEmpty(part)) return
  for (const item of objectsIn(part)) {
    const reading = workOn(nesting, target, 'GET')
    const mark = Object.keys(item).find((key) => key.toLowerCase() === `${table.name}.${fields[0]}`.toLowerCase())
    const unlinked = mark !== undefined && item[mark] === null
    const record = mark === undefined ? item : Object.fromEntries(Object.entries(item).filter(([key]) => key !== mark))
    const key = keyIn(record, reading)
    if (!key && !isGenerated(target))
      throw new GwError('invalid_request', `Related record has no primary key value for '${target.primaryKey.join()}'.`)
    const far = unlinked
      ? await existing(reading, record, key, references)
      : await saveTarget(nesting, target, record, references, depth)
    const ends = [...junction!.fields, ...junction!.references]
    await (unlinked
      ? unlink(nesting, through, ends, [...parent, ...far])
      : link(nesting, through, ends, [...parent, ...far]))
  }
}
