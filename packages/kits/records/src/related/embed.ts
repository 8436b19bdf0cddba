/**
 * Which relations are read with their records, in the same statement. Only those of which that is known beforehand to
 * give the same records in the same order, to be bounded, and to cost no more; the others are read as ever.
 */
import type { Work } from '../execute/work.ts'
import { filterOf } from '../filter/parse.ts'
import { type EmbedCasts, type Embedding, embedValues } from '../plan/embed.ts'
import type { Scope } from '../scope.ts'
import { isSingle, MOST_RECORDS, mostOf } from './attach.ts'
import { alike, type Comparable, isPlain, isPlainTable, isReached } from './keys.ts'
import { localFields, type Related } from './tree.ts'

/** What becomes of a call's relations. */
export interface Embedded {
  /** Read with the records. */
  readonly embeds: readonly Embedding[] | undefined
  /** Read after them. */
  readonly later: readonly Related[] | undefined
}

type Asker = Pick<Work, 'source' | 'options'>
/** Whether the relation's name is one that a record's own field could have, or that no field can have. */
const isTaken = (name: string, { find }: Scope): boolean => name === '__proto__' || find(name) !== undefined

/** Whether the records of so many others can be found in one statement, and stand in the order that they would have. */
const isFound = ({ local, references, junction, view, order }: Related, parents: number, comparable: Comparable) => {
  const { table, key } = view.scope
  if (!junction) return alike(local, references, comparable) && (parents === 1 || isReached(table, references))
  return (
    alike(local, junction.fields, comparable) &&
    alike(junction.references, references, comparable) &&
    isReached(junction.view.scope.table, junction.fields) &&
    isReached(table, references) &&
    (Boolean(order) || key.length > 0)
  )
}

interface Fitting {
  readonly embedding: Embedding
  /** How many records it may bring. */
  readonly records: number
}

/** A relation, with all that is asked for behind it; `undefined` where some of it has to be read later. */
const fit = (
  asker: Asker,
  scope: Scope,
  node: Related,
  parents: number,
  comparable: Comparable,
): Fitting | undefined => {
  const { relation, remote, view, local, references, junction, fields, order, filter, group, nested } = node
  if (remote || group !== undefined || !local.every(isPlain) || !isPlainTable(view) || !isPlainTable(junction?.view))
    return undefined
  if (isTaken(relation.name, scope) || !isFound(node, parents, comparable)) return undefined
  const single = isSingle(relation)
  const limit = single ? 1 : mostOf(node, asker.options)
  const count = parents * limit
  let records = count
  const inner: Embedding[] = []
  for (const each of nested) {
    if (records > MOST_RECORDS) return undefined
    const fitting = fit(asker, view.scope, each, count, comparable)
    if (!fitting) return undefined
    records += fitting.records
    inner.push(fitting.embedding)
  }
  const embedding: Embedding = {
    name: relation.name,
    single,
    view,
    local,
    references,
    ...(junction && { junction }),
    fields,
    order,
    filter: filter === undefined ? undefined : filterOf(filter),
    extra: [...references, ...(localFields(nested) ?? [])],
    byKey: junction !== undefined || (!single && limit < asker.options.maxRecords),
    limit,
    nested: inner,
  }
  return { embedding, records }
}

const NOTHING: Embedded = { embeds: undefined, later: undefined }

/** @param parents How many records there may be. */
export const embedded = (work: Work, parents: number): Embedded => {
  const { related, source, scope } = work
  if (!related) return NOTHING
  const { embedding: comparable } = source.capabilities
  if (!comparable) return { embeds: undefined, later: related }
  let left = MOST_RECORDS
  const embeds: Embedding[] = []
  const later: Related[] = []
  for (const node of related) {
    const fitting = fit(work, scope, node, parents, comparable)
    if (fitting && fitting.records <= left) {
      left -= fitting.records
      embeds.push(fitting.embedding)
    } else later.push(node)
  }
  return {
    embeds: embeds.length > 0 ? embeds : undefined,
    later: later.length === 0 ? undefined : later.length === related.length ? related : later,
  }
}

/** The values for a plan with them: they stand behind all others. */
export const embeddedValues = (
  { lookup }: Pick<Work, 'lookup'>,
  { embeds }: Embedded,
  casts: readonly EmbedCasts[],
): readonly unknown[] => embedValues(embeds, casts, lookup)
