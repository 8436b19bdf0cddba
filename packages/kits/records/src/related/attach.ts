/**
 * Reads the records that belong to others: one statement per relation for all parents (two by way of a junction),
 * and puts them into their parents.
 */
import { GwError } from '@gw/core'
import { cast } from '../cast.ts'
import type { Field } from '../catalog.ts'
import type { Work } from '../execute/work.ts'
import { plainOf } from '../extended-json.ts'
import { filterValues } from '../filter/bind.ts'
import { filterOf } from '../filter/parse.ts'
import { type PartitionShape, partitionKeys, type View } from '../plan/planner.ts'
import { EVERYTHING, type Target } from '../plan/target.ts'
import type { Row } from '../source.ts'
import { readGroupsBy, withoutKey } from './groups.ts'
import { alike, isPlainTable, isReached, type KeyTexts, keyTexts } from './keys.ts'
import { readRemote } from './remote.ts'
import { localFields, type Related } from './tree.ts'

type Asker = Pick<Work, 'source' | 'planner' | 'options' | 'run' | 'lookup' | 'call'>

/** Most related records of one request: beyond them, the answer would not fit into memory. */
export const MOST_RECORDS = 100_000
/** Values in one statement. */
const CHUNK = 512
/** The same where the order among all of them matters, so that they must not be split. */
const LARGEST_CHUNK = 8_192
/** Up to so many records, those that belong to them are expected to be few as well. */
const FEW = 100

interface Budget {
  left: number
}

const tooMany = (name: string): GwError =>
  new GwError(
    'invalid_request',
    `The relation '${name}' has too many records for one request. Ask for fewer records, or set '${name}.limit'.`,
  )

/** The distinct keys of rows as values of other fields; what can not be one of these equals nothing. */
const keysOf = async (
  rows: readonly Row[],
  from: readonly Field[],
  to: readonly Field[],
  texts: KeyTexts,
): Promise<readonly (readonly unknown[])[]> => {
  await texts.learn(rows, from)
  const keys = new Map<string, readonly unknown[]>()
  for (const row of rows) {
    const key = texts.text(row, from)
    if (key === undefined || keys.has(key)) continue
    try {
      keys.set(
        key,
        to.map((field, at) => cast(field, row[from[at]!.name])),
      )
    } catch (error) {
      if (!GwError.is(error)) throw error
    }
  }
  return [...keys.values()]
}

interface Reading {
  readonly name: string
  readonly view: View
  /** The fields that hold the keys. */
  readonly by: readonly Field[]
  /** The junction that they are fields of; its `references` hold what `rows` do. Only with a limit. */
  readonly through?: Omit<PartitionShape, 'count'> | undefined
  readonly fields?: string | undefined
  readonly only?: readonly Field[] | undefined
  readonly extra?: readonly Field[] | undefined
  readonly order?: string | undefined
  readonly filter?: string | undefined
  /** Per key. */
  readonly limit?: number | undefined
  readonly chunk: number
}

/** The rows of a table that hold one of the keys, or stand behind a junction with one. */
const readBy = async (
  { source, planner, run, lookup }: Asker,
  { name, view, by, through, fields, only, extra, order, filter: text, limit, chunk }: Reading,
  keys: readonly (readonly unknown[])[],
  budget: Budget,
): Promise<readonly Row[]> => {
  const filter = text === undefined ? undefined : filterOf(text)
  const others: Target = filter ? { kind: 'filter', filter } : EVERYTHING
  const partition =
    limit !== undefined && (through !== undefined || (keys.length > 1 && source.capabilities.partition === true))
  const size = limit === undefined || partition ? Math.max(1, Math.floor(chunk / by.length)) : 1
  const found: Row[] = []
  for (let at = 0; at < keys.length; at += size) {
    const some = keys.slice(at, at + size)
    const count = 2 ** Math.ceil(Math.log2(some.length))
    while (some.length < count) some.push(some.at(-1)!)
    const { plan, casts } = planner.read(view, {
      fields,
      only,
      extra,
      order,
      partition: partition ? by : undefined,
      through: through && { ...through, count },
      target: through ? others : { kind: 'keys', fields: by, count, filter },
    })
    const values = [
      ...(through ? [] : some.flat()),
      ...(filter ? filterValues(filter.values, casts, {}, lookup) : []),
      ...view.rows.values,
    ]
    values.push(size === 1 && limit !== undefined && !through ? Math.min(limit, budget.left + 1) : budget.left + 1)
    if (partition) values.push(limit)
    if (through) values.push(...some.flat(), ...through.view.rows.values)
    const rows = await source.read(plan, values, count <= FEW ? { ...run, few: true } : run)
    budget.left -= rows.length
    if (budget.left < 0) throw tooMany(name)
    for (const row of rows) found.push(row)
  }
  return found
}

/** What finds the rows whose key is that of another one. */
const grouped = async (rows: readonly Row[], fields: readonly Field[], texts: KeyTexts) => {
  await texts.learn(rows, fields)
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = texts.text(row, fields)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return (row: Row, by: readonly Field[]): readonly Row[] => {
    const key = texts.text(row, by)
    return (key === undefined ? undefined : groups.get(key)) ?? []
  }
}

const without = (row: Row, fields: readonly Field[]): Row => {
  const rest = { ...row } as Record<string, unknown>
  for (const { name } of fields) delete rest[name]
  return rest
}

/** Whether each record has at most one of them. */
export const isSingle = ({ type }: Related['relation']): boolean => type === 'belongs_to' || type === 'has_one'

/** How many of them each record brings at most. */
export const mostOf = ({ limit }: Related, { maxRecords }: Asker['options']): number =>
  limit === undefined || limit < 1 || limit > maxRecords ? maxRecords : limit

type Children = (parent: Row) => readonly Row[]

/** What the records themselves are read with. */
const wanted = ({ relation, view, references, fields, order, filter, nested }: Related) => ({
  name: relation.name,
  view,
  by: references,
  fields,
  extra: [...references, ...(localFields(nested) ?? [])],
  order,
  filter,
})

const readDirect = async (
  asker: Asker,
  node: Related,
  parents: readonly Row[],
  limit: number,
  budget: Budget,
): Promise<Children> => {
  const { local, references, relation } = node
  const many = relation.type === 'has_many' && limit < asker.options.maxRecords
  const texts = keyTexts(asker, references)
  const keys = await keysOf(parents, local, references, texts)
  if (node.group !== undefined) return groupsOf(asker, node, keys, texts, budget)
  const reading = { ...wanted(node), limit: many ? limit : undefined, chunk: CHUNK }
  const rows = await attach(asker, node.nested, await readBy(asker, reading, keys, budget), budget)
  const found = await grouped(rows, references, texts)
  return (parent) => found(parent, local)
}

/** Groups instead of records. */
const groupsOf = async (
  asker: Asker,
  node: Related,
  keys: readonly (readonly unknown[])[],
  texts: KeyTexts,
  budget: Budget,
): Promise<Children> => {
  const rows = await readGroupsBy(asker, node, keys, budget.left)
  budget.left -= rows.length
  if (budget.left < 0) throw tooMany(node.relation.name)
  const found = await grouped(rows, node.references, texts)
  const shown = withoutKey(node)
  return (parent) => found(parent, node.local).map(shown)
}

/** Whether the source can give so many of each parent's by way of the junction, and looks at no more for it. */
const isCut = ({ source, options }: Asker, node: Related, limit: number): boolean => {
  const { view, references, junction, order } = node
  const comparable = source.capabilities.through
  return (
    comparable !== undefined &&
    limit < options.maxRecords &&
    (Boolean(order) || view.scope.key.length > 0) &&
    isPlainTable(view) &&
    isPlainTable(junction!.view) &&
    alike(junction!.references, references, comparable) &&
    isReached(view.scope.table, references)
  )
}

/** The first of each parent's in one statement, in which its junction tells them apart. */
const readCut = async (
  asker: Asker,
  node: Related,
  parents: readonly Row[],
  limit: number,
  budget: Budget,
): Promise<Children> => {
  const { local, references } = node
  const { view, fields, references: far } = node.junction!
  const texts = keyTexts(asker, fields)
  const through = { view, references: far, rows: references }
  const reading = { ...wanted(node), by: fields, through, limit, chunk: CHUNK }
  const found = await readBy(asker, reading, await keysOf(parents, local, fields, texts), budget)
  const rows = await attach(asker, node.nested, found, budget)
  const keys = partitionKeys(fields)
  const mine = await grouped(rows, keys, texts)
  const shown = new Map(rows.map((row) => [row, without(row, keys)]))
  return (parent) => mine(parent, local).map((row) => shown.get(row)!)
}

/** By way of the junction: its row filters hold as those of the table behind it do. */
const readThrough = async (
  asker: Asker,
  node: Related,
  parents: readonly Row[],
  limit: number,
  budget: Budget,
): Promise<Children> => {
  if (isCut(asker, node, limit)) return readCut(asker, node, parents, limit, budget)
  const { local, references, relation, order } = node
  const { view, fields, references: far } = node.junction!
  const reading = { name: relation.name, view, by: fields, only: [...new Set([...fields, ...far])], chunk: CHUNK }
  const [near, beyond] = [keyTexts(asker, fields), keyTexts(asker, references)]
  const links = await readBy(asker, reading, await keysOf(parents, local, fields, near), budget)
  const keys = await keysOf(links, far, references, beyond)
  // The order holds among the records of one statement.
  if (order && keys.length * references.length > LARGEST_CHUNK) throw tooMany(relation.name)
  const found = await readBy(asker, { ...wanted(node), chunk: order ? LARGEST_CHUNK : CHUNK }, keys, budget)
  const rows = await attach(asker, node.nested, found, budget)
  const places = new Map(rows.map((row, place) => [row, place]))
  const linked = await grouped(links, fields, near)
  const behind = await grouped(rows, references, beyond)
  return (parent) => {
    const children = new Set(linked(parent, local).flatMap((link) => behind(link, far)))
    return [...children].sort((a, b) => places.get(a)! - places.get(b)!)
  }
}

/** From another service, page by page. */
const readAway = async (asker: Asker, node: Related, parents: readonly Row[], budget: Budget): Promise<Children> => {
  const [local] = node.local
  const groups = await readRemote(asker.call, node, parents, local!, (records) => {
    budget.left -= records
    if (budget.left < 0) throw tooMany(node.relation.name)
  })
  return (parent) => groups.get(String(plainOf(parent[local!.name]))) ?? []
}

/** Parents with their relations; the parents carry `localFields`. */
const attach = async (
  asker: Asker,
  related: readonly Related[],
  parents: readonly Row[],
  budget: Budget,
): Promise<readonly Row[]> => {
  let rows = parents
  for (const node of related) {
    const { relation } = node
    const most = mostOf(node, asker.options)
    const children: Children = node.remote
      ? await readAway(asker, node, rows, budget)
      : node.junction
        ? await readThrough(asker, node, rows, most, budget)
        : await readDirect(asker, node, rows, most, budget)
    const single = isSingle(relation)
    rows = rows.map((row) => {
      const mine = children(row)
      return { ...row, [relation.name]: single ? (mine[0] ?? null) : mine.slice(0, most) }
    })
  }
  return rows
}

/** The relations stand behind the fields, in the order in which they were asked for. */
const inOrder = (row: Row, related: readonly Related[]): Row => {
  const names = related.map(({ relation }) => relation.name)
  const fields = Object.entries(row).filter(([name]) => !names.includes(name))
  return Object.fromEntries([...fields, ...names.map((name) => [name, row[name]] as const)])
}

/** The records of a call with the relations that it asks for; `later` are those that they don't bring yet. */
export const withRelated = async (
  work: Work,
  rows: readonly Row[],
  later: readonly Related[] | undefined,
): Promise<readonly Row[]> => {
  if (!later) return rows
  const found = await attach(work, later, rows, { left: MOST_RECORDS })
  return later === work.related ? found : found.map((row) => inOrder(row, work.related!))
}
