/** Groups of related records: `{relation}.group` makes one record of each group of a parent's (the wire contract §2.1). */
import { GwError } from '@gw/core'
import type { Work } from '../execute/work.ts'
import { filterValues } from '../filter/bind.ts'
import { filterOf } from '../filter/parse.ts'
import { listItems } from '../params/fields.ts'
import type { Row } from '../source.ts'
import type { Related } from './tree.ts'

/** Keys in one statement. */
const CHUNK = 512

type Asker = Pick<Work, 'source' | 'planner' | 'run' | 'lookup'>

/**
 * The groups of all parents, each with the key of its own: they are grouped by that key first.
 * @param most the most groups there may be
 */
export const readGroupsBy = async (
  { source, planner, run, lookup }: Asker,
  { view, references, fields, group, order, filter: text }: Related,
  keys: readonly (readonly unknown[])[],
  most: number,
): Promise<readonly Row[]> => {
  if (!source.group || !source.capabilities.grouping)
    throw new GwError('not_supported', "The option 'group' of a relation is not supported by this service.")
  const filter = text === undefined ? undefined : filterOf(text)
  const key = references.map(({ name }) => name).join()
  const found: Row[] = []
  const size = Math.max(1, Math.floor(CHUNK / references.length))
  for (let at = 0; at < keys.length; at += size) {
    const some = keys.slice(at, at + size)
    const count = 2 ** Math.ceil(Math.log2(some.length))
    while (some.length < count) some.push(some.at(-1)!)
    const { plan, casts } = planner.group(view, {
      group: `${key},${group}`,
      fields: `${key},${askedOf(fields, group!)}`,
      order,
      offset: false,
      target: { kind: 'keys', fields: references, count, filter },
    })
    const filtering = filter ? filterValues(filter.values, casts, {}, lookup) : []
    const values = [...some.flat(), ...filtering, ...view.rows.values, most - found.length + 1]
    for (const row of await source.group(plan, values, run)) found.push(row)
    if (found.length > most) break
  }
  return found
}

/** What is answered of a group; without `fields`, or with `*` there, what it is grouped by. */
const askedOf = (fields: string | undefined, group: string): string =>
  listItems(fields ?? '*')
    .map((item) => (item === '*' ? group : item))
    .join()

/** A group without the key of its parent, unless that was asked for. */
export const withoutKey = ({ references, fields, group }: Related): ((row: Row) => Row) => {
  const asked = new Set(listItems(askedOf(fields, group!)).map((name) => name.toLowerCase()))
  const hidden = new Set(references.map(({ name }) => name).filter((name) => !asked.has(name.toLowerCase())))
  return (row) => Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.has(name)))
}
