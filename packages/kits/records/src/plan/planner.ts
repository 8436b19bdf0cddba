/**
 * Makes plans and remembers them by shape: the same request with other values gets the same plan *object*, so that
 * a source can keep its compiled statement beside it. Slots are laid out as [set…, target…, row filters…, limit, offset].
 */
import { LRUCache } from 'lru-cache'
import type { Field } from '../catalog.ts'
import { bindFilter, type SlotCast } from '../filter/bind.ts'
import type { ParsedFilter } from '../filter/tree.ts'
import { keyOrAll, listItems, parseFields, parseOrder } from '../params/fields.ts'
import type {
  Assignment,
  Condition,
  CountPlan,
  DeletePlan,
  GroupPlan,
  InsertPlan,
  PartitionJunction,
  ReadPlan,
  TruncatePlan,
  UpdatePlan,
} from '../plan.ts'
import { type ResolvedFilters, rowCondition } from '../rowfilter.ts'
import type { Scope } from '../scope.ts'
import type { RecordsSource } from '../source.ts'
import { bindEmbeds, type EmbedCasts, type Embedding, embedKey } from './embed.ts'
import { type GroupShape, groupScope } from './group.ts'
import type { Keyset } from './keyset.ts'
import { bindTarget, EVERYTHING, type Target, targetKey } from './target.ts'

export interface Planned<P> {
  readonly plan: P
  /** How the target's slots are cast, where it is a filter. */
  readonly casts: readonly SlotCast[]
}

/** The table as the caller sees it, and what the caller's row filters came to in this call. */
export interface View {
  readonly scope: Scope
  readonly rows: ResolvedFilters
}

export interface ReadShape {
  /** As the client wrote it; absent: all. */
  readonly fields?: string | undefined
  /** Instead of `fields`. */
  readonly only?: readonly Field[] | undefined
  /** Added where `fields` leaves them out. */
  readonly extra?: readonly Field[] | undefined
  readonly order?: string | undefined
  readonly offset?: boolean
  /** Instead of an offset; its order takes the place of `order`, from which it was made. Its slots precede limit. */
  readonly keyset?: Keyset | undefined
  /** With a slot after the limit's: how many rows for each combination of these fields' values. Without offset. */
  readonly partition?: readonly Field[] | undefined
  /** The partition's fields are those of this junction. Its slots come behind: [keys…, the junction's row filters…]. */
  readonly through?: PartitionShape | undefined
  readonly target?: Target
  /** Nobody else changes the rows until the transaction ends. */
  readonly lock?: true | undefined
  /** Their slots come last. */
  readonly embeds?: readonly Embedding[] | undefined
}
export interface PartitionShape {
  readonly view: View
  readonly references: readonly Field[]
  /** The fields of the records that hold what `references` do. */
  readonly rows: readonly Field[]
  /** How many keys there are. */
  readonly count: number
}
export interface PlannedRead extends Planned<ReadPlan> {
  /** How the slots of the embeds' filters are cast. */
  readonly embedCasts: readonly EmbedCasts[]
}
export interface GroupedShape extends GroupShape {
  readonly having?: ParsedFilter | undefined
  readonly offset: boolean
  readonly target: Target
}
export interface PlannedGroup extends Planned<GroupPlan> {
  /** How the slots of `having` are cast. */
  readonly havingCasts: readonly SlotCast[]
}
export interface ReturnShape {
  /** As the client wrote it; absent: `otherwise`. */
  readonly fields?: string | undefined
  readonly otherwise: readonly Field[]
  readonly extra?: readonly Field[] | undefined
  /** Nothing at all: nobody looks at it. */
  readonly nothing?: boolean | undefined
}

/** What a change does to which fields; a slot for each. */
export interface ChangeShape {
  readonly set: readonly Omit<Assignment, 'slot'>[]
  readonly replaces?: UpdatePlan['replaces']
}

export interface Planner {
  read(view: View, shape: ReadShape): PlannedRead
  /** Slots: [target…, row filters…, having…, limit, offset]. */
  group(view: View, shape: GroupedShape): PlannedGroup
  count(view: View, target: Target): Planned<CountPlan>
  insert(view: View, columns: readonly Field[], returning: ReturnShape): InsertPlan
  update(view: View, set: ChangeShape, target: Target, returning: ReturnShape): Planned<UpdatePlan>
  delete(view: View, target: Target, returning: ReturnShape): Planned<DeletePlan>
  truncate(view: View): TruncatePlan
}

const SEPARATOR = '\u0001'
const throughKey = ({ view, references, rows, count }: PartitionShape): string =>
  JSON.stringify([view.scope.id, view.rows.key, names(references), names(rows), count])
const changeKey = ({ set, replaces }: ChangeShape): string =>
  JSON.stringify([
    set.map(({ field, by }) => (by ? [field.name, by] : field.name)),
    replaces && [replaces.rest, replaces.gone.map(({ name }) => name)],
  ])
const names = (fields: readonly Field[] | undefined): string =>
  fields ? JSON.stringify(fields.map(({ name }) => name)) : ''

const merged = (fields: readonly Field[], extra: readonly Field[] = []): readonly Field[] =>
  extra.every((field) => fields.includes(field)) ? fields : [...new Set([...fields, ...extra])]

const returningFields = (scope: Scope, { fields, otherwise, extra, nothing }: ReturnShape): readonly Field[] => {
  if (nothing) return []
  const wanted = fields === undefined ? otherwise : parseFields(fields, scope)
  return merged(wanted.length > 0 ? wanted : keyOrAll(scope), extra)
}

/** All fields of a table that has more of them than it lists. */
const restOf = (fields: string | undefined, scope: Scope): { readonly rest?: true } =>
  scope.open && fields !== undefined && listItems(fields).includes('*') ? { rest: true } : {}

const returnKey = ({ fields, otherwise, extra, nothing }: ReturnShape): string =>
  (nothing ? '0' : '') + (fields === undefined ? `-${names(otherwise)}` : `=${fields}`) + SEPARATOR + names(extra)

/** Bounds of the cache: plans, and the length of all their keys together. */
const PLANS = { max: 2_000, maxSize: 8_000_000 } as const

/** As what rows behind a junction have the key that they were found by. No field of a table has such a name. */
export const partitionKeys = (by: readonly Field[]): readonly Field[] =>
  by.map((field, at) => ({ ...field, name: `\u0001${at}`, native: `gw by ${at + 1}` }))

/** A planner for one source. Everything in it is pure but its memory. */
export const createPlanner = (source: Pick<RecordsSource, 'capabilities'>): Planner => {
  const cache = new LRUCache<string, object>({ ...PLANS, sizeCalculation: (_, key) => key.length + 1 })
  const remembered = <T extends object>(key: string, make: () => T): T => {
    const known = cache.get(key) as T | undefined
    if (known) return known
    const made = make()
    cache.set(key, made)
    return made
  }
  /** The target and the row filters as one tree. */
  const where = ({ scope, rows }: View, target: Target, first: number) => {
    const bound = bindTarget(target, scope, first, source.capabilities.insensitiveLike)
    const row = rowCondition(scope.filters, rows, first + bound.slots)
    const condition: Condition | undefined =
      bound.condition && row ? { kind: 'and', items: [bound.condition, row] } : (bound.condition ?? row)
    return { condition, casts: bound.casts, end: first + bound.slots + rows.values.length }
  }
  const partitionJunction = (
    by: readonly Field[],
    { view, references, rows, count }: PartitionShape,
    first: number,
  ): PartitionJunction => ({
    table: view.scope.table,
    references,
    rows,
    // There are keys, and so there is a condition.
    where: where(view, { kind: 'keys', fields: by, count, filter: undefined }, first).condition!,
    keys: partitionKeys(by),
  })
  const keyOf = (kind: string, { scope, rows }: View, ...parts: readonly string[]): string =>
    kind + scope.id + SEPARATOR + rows.key + SEPARATOR + parts.join(SEPARATOR)

  return {
    read(view, asked) {
      const {
        fields = '*',
        only,
        extra,
        order = '',
        offset = false,
        partition,
        through,
        target = EVERYTHING,
        keyset,
      } = asked
      const wanted = only ? `!${names(only)}` : fields
      const selection = wanted + SEPARATOR + names(extra) + SEPARATOR + order + SEPARATOR + targetKey(target)
      const more =
        (keyset?.key ?? '') +
        SEPARATOR +
        names(partition) +
        (through ? throughKey(through) : '') +
        SEPARATOR +
        embedKey(asked.embeds) +
        (asked.lock ? '!' : '')
      return remembered(keyOf(offset ? 'R' : 'r', view, selection, more), () => {
        const { scope } = view
        const { condition: selected, casts, end } = where(view, target, 0)
        const behind = keyset?.behind(end)
        const condition: Condition | undefined =
          selected && behind ? { kind: 'and', items: [selected, behind] } : (selected ?? behind)
        const limit = end + (keyset?.slots ?? 0)
        const ordered = keyset?.order ?? parseOrder(order, scope)
        const last = limit + (offset || partition ? 1 : 0)
        const junction = through && partitionJunction(partition!, through, last + 1)
        const along = bindEmbeds(asked.embeds ?? [], last + 1, source.capabilities.insensitiveLike)
        const plan: ReadPlan = {
          kind: 'read',
          table: scope.table,
          fields: [...merged(only ?? parseFields(fields, scope), extra), ...(junction?.keys ?? [])],
          ...(!only && restOf(fields, scope)),
          ...(condition && { where: condition }),
          // Which rows are the first ones must not be chance.
          order: partition && ordered.length === 0 ? scope.key.map((field) => ({ field, descending: false })) : ordered,
          limit,
          ...(offset && { offset: limit + 1 }),
          ...(partition && {
            partition: { by: partition, limit: limit + 1, ...(junction && { through: junction }) },
          }),
          ...(along.embeds.length > 0 && { embeds: along.embeds }),
          ...(asked.lock && { lock: true as const }),
        }
        return { plan, casts, embedCasts: along.casts }
      })
    },
    group(view, { group, fields, order, having, offset, target }) {
      const shape = JSON.stringify([group, fields, order, having?.shape])
      return remembered(keyOf(offset ? 'G' : 'g', view, shape, targetKey(target)), () => {
        const { insensitiveLike } = source.capabilities
        const { condition, casts, end } = where(view, target, 0)
        const grouped = groupScope({ group, fields, order }, view.scope)
        const bound = having && bindFilter(having, { find: grouped.find, first: end, insensitiveLike })
        const limit = end + (bound?.casts.length ?? 0)
        const plan: GroupPlan = {
          kind: 'group',
          table: view.scope.table,
          by: grouped.by,
          columns: grouped.columns(),
          fields: grouped.fields,
          ...(condition && { where: condition }),
          ...(bound && { having: bound.condition }),
          order: grouped.order,
          limit,
          ...(offset && { offset: limit + 1 }),
        }
        return { plan, casts, havingCasts: bound?.casts ?? [] }
      })
    },
    count: (view, target) =>
      remembered(keyOf('c', view, targetKey(target)), () => {
        const { condition, casts } = where(view, target, 0)
        return { plan: { kind: 'count', table: view.scope.table, ...(condition && { where: condition }) }, casts }
      }),
    insert: (view, columns, returning) =>
      remembered(keyOf('i', view, names(columns), returnKey(returning)), () => ({
        kind: 'insert',
        table: view.scope.table,
        columns,
        returning: returningFields(view.scope, returning),
        ...restOf(returning.fields, view.scope),
      })),
    update: (view, change, target, returning) =>
      remembered(keyOf('u', view, changeKey(change), targetKey(target), returnKey(returning)), () => {
        const { set, replaces } = change
        const { condition, casts } = where(view, target, set.length)
        // A target that selects nothing in particular must never become "all rows".
        const plan: UpdatePlan = {
          kind: 'update',
          table: view.scope.table,
          set: set.map((one, slot) => ({ ...one, slot })),
          ...(replaces && { replaces }),
          where: target.kind === 'all' || !condition ? { kind: 'never' } : condition,
          returning: returningFields(view.scope, returning),
          ...restOf(returning.fields, view.scope),
        }
        return { plan, casts }
      }),
    delete: (view, target, returning) =>
      remembered(keyOf('d', view, targetKey(target), returnKey(returning)), () => {
        const { condition, casts } = where(view, target, 0)
        const plan: DeletePlan = {
          kind: 'delete',
          table: view.scope.table,
          where: target.kind === 'all' || !condition ? { kind: 'never' } : condition,
          returning: returningFields(view.scope, returning),
          ...restOf(returning.fields, view.scope),
        }
        return { plan, casts }
      }),
    truncate: (view) =>
      remembered(keyOf('t', view), () => {
        const { condition } = where(view, EVERYTHING, 0)
        return { kind: 'truncate', table: view.scope.table, ...(condition && { where: condition }) }
      }),
  }
}
