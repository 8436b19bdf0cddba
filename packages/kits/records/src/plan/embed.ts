/** Related records that are read with those they belong to, as a part of their plan. */
import type { Field } from '../catalog.ts'
import { bindFilter, filterValues, type SlotCast } from '../filter/bind.ts'
import type { ParsedFilter } from '../filter/tree.ts'
import type { Lookup } from '../lookups.ts'
import { parseFields, parseOrder } from '../params/fields.ts'
import type { Condition, Embed } from '../plan.ts'
import { type ResolvedFilters, rowCondition } from '../rowfilter.ts'
import type { Scope } from '../scope.ts'

/** As the planner's view. */
interface Seen {
  readonly scope: Scope
  readonly rows: ResolvedFilters
}

/** One relation to read along. */
export interface Embedding {
  readonly name: string
  readonly single: boolean
  readonly view: Seen
  readonly local: readonly Field[]
  readonly references: readonly Field[]
  readonly junction?: { readonly view: Seen; readonly fields: readonly Field[]; readonly references: readonly Field[] }
  /** As the client wrote them. */
  readonly fields: string | undefined
  readonly order: string | undefined
  readonly filter: ParsedFilter | undefined
  /** Added where `fields` leaves them out. */
  readonly extra: readonly Field[]
  /** Ordered by their key where `order` says nothing. */
  readonly byKey: boolean
  /** A value: the most records of each one that they belong to. */
  readonly limit: number
  readonly nested: readonly Embedding[]
}

const names = (fields: readonly Field[]): readonly string[] => fields.map(({ name }) => name)

/** The part of a cache key that stands for what is read along, its values apart. */
export const embedKey = (embeddings: readonly Embedding[] | undefined): string =>
  embeddings && embeddings.length > 0 ? JSON.stringify(embeddings.map(shapeOf)) : ''

const shapeOf = (one: Embedding): readonly unknown[] => {
  const { name, single, view, local, references, junction, fields, order, filter, extra, byKey, nested } = one
  return [
    [name, single, byKey, view.scope.id, view.rows.key, fields, order, filter?.shape],
    [names(local), names(references), names(extra)],
    junction && [junction.view.scope.id, junction.view.rows.key, names(junction.fields), names(junction.references)],
    nested.map(shapeOf),
  ]
}

/** How the filters' slots are cast, relation by relation. */
export interface EmbedCasts {
  readonly casts: readonly SlotCast[]
  readonly nested: readonly EmbedCasts[]
}

export interface BoundEmbeds {
  readonly embeds: readonly Embed[]
  readonly casts: readonly EmbedCasts[]
  /** The first slot behind theirs. */
  readonly end: number
}

const allOf = (one: Condition | undefined, other: Condition | undefined): Condition | undefined =>
  one && other ? { kind: 'and', items: [one, other] } : (one ?? other)

/** Slots of each relation: [filter…, row filters…, the junction's row filters…, limit, nested…]. */
const bindOne = (one: Embedding, first: number, insensitiveLike: boolean) => {
  const { name, single, local, references, junction } = one
  const { scope, rows } = one.view
  const bound = one.filter && bindFilter(one.filter, { find: scope.find, first, insensitiveLike })
  const casts = bound?.casts ?? []
  const own = first + casts.length
  const far = own + rows.values.length
  const limit = far + (junction?.view.rows.values.length ?? 0)
  const where = allOf(bound?.condition, rowCondition(scope.filters, rows, own))
  const between = junction && rowCondition(junction.view.scope.filters, junction.view.rows, far)
  const asked = parseOrder(one.order ?? '', scope)
  const nested = bindEmbeds(one.nested, limit + 1, insensitiveLike)
  const embed: Embed = {
    name,
    single,
    table: scope.table,
    local,
    references,
    ...(junction && {
      junction: {
        table: junction.view.scope.table,
        fields: junction.fields,
        references: junction.references,
        ...(between && { where: between }),
      },
    }),
    fields: [...new Set([...parseFields(one.fields ?? '*', scope), ...one.extra])],
    ...(where && { where }),
    order: one.byKey && asked.length === 0 ? scope.key.map((field) => ({ field, descending: false })) : asked,
    limit,
    embeds: nested.embeds,
  }
  return { embed, casts: { casts, nested: nested.casts }, end: nested.end }
}

/** @throws GwError `invalid_request` as a read of the related table would */
export const bindEmbeds = (embeddings: readonly Embedding[], first: number, insensitiveLike: boolean): BoundEmbeds => {
  const embeds: Embed[] = []
  const casts: EmbedCasts[] = []
  let end = first
  for (const one of embeddings) {
    const bound = bindOne(one, end, insensitiveLike)
    embeds.push(bound.embed)
    casts.push(bound.casts)
    end = bound.end
  }
  return { embeds, casts, end }
}

/** The values of their slots. */
export const embedValues = (
  embeddings: readonly Embedding[] | undefined,
  casts: readonly EmbedCasts[],
  lookup: Lookup,
): readonly unknown[] =>
  embeddings
    ? embeddings.flatMap(({ filter, view, junction, limit, nested }, at) => [
        ...(filter ? filterValues(filter.values, casts[at]!.casts, {}, lookup) : []),
        ...view.rows.values,
        ...(junction?.view.rows.values ?? []),
        limit,
        ...embedValues(nested, casts[at]!.nested, lookup),
      ])
    : []
