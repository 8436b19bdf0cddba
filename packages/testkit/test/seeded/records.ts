/** Sources of records that are wrong on purpose, each in one way: what the records suite is measured by. */
import { GwError } from '@gw/core'
import type { Condition, Field, ReadPlan, RecordsSource, Row } from '@gw/records'

type Change = (source: RecordsSource) => RecordsSource

/** The same source with some members replaced. */
const withMembers = (source: RecordsSource, members: Partial<RecordsSource>): RecordsSource => {
  // What reads in another way would go past a changed `read`.
  const own: Partial<RecordsSource> = { ...(members.read && { readEncoded: undefined as never }), ...members }
  return new Proxy(source, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name as keyof RecordsSource]
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const mapCondition = (condition: Condition, change: (one: Condition) => Condition): Condition => {
  const inner = (one: Condition) => mapCondition(one, change)
  switch (condition.kind) {
    case 'and':
    case 'or':
      return change({ ...condition, items: condition.items.map(inner) })
    case 'xor':
      return change({ ...condition, left: inner(condition.left), right: inner(condition.right) })
    case 'not':
      return change({ ...condition, item: inner(condition.item) })
    default:
      return change(condition)
  }
}

/** Changes every condition, in reads, counts, updates and deletes. */
const conditions =
  (change: (one: Condition) => Condition): Change =>
  (source) => {
    const where = <P extends { readonly where?: Condition | undefined }>(plan: P): P =>
      plan.where ? { ...plan, where: mapCondition(plan.where, change) } : plan
    return withMembers(source, {
      read: (plan, values, options) => source.read(where(plan), values, options),
      count: (plan, values, options) => source.count(where(plan), values, options),
      update: (plan, values, options) => source.update(where(plan), values, options),
      delete: (plan, values, options) => source.delete(where(plan), values, options),
      truncate: (plan, values, options) => source.truncate(where(plan), values, options),
    })
  }

const reads =
  (change: (rows: readonly Row[], plan: ReadPlan) => readonly Row[]): Change =>
  (source) =>
    withMembers(source, {
      read: async (plan, values, options) => change(await source.read(plan, values, options), plan),
    })

/** Changes every value that is stored. */
const stores =
  (change: (field: Field, value: unknown) => unknown): Change =>
  (source) =>
    withMembers(source, {
      insert: (plan, records, options) =>
        source.insert(
          plan,
          records.map((values) => values.map((value, at) => change(plan.columns[at]!, value))),
          options,
        ),
      update: (plan, values, options) =>
        source.update(
          plan,
          values.map((value, at) => {
            const set = plan.set.find(({ slot }) => slot === at)
            return set ? change(set.field, value) : value
          }),
          options,
        ),
    })

const ALWAYS: Condition = { kind: 'not', item: { kind: 'never' } }

export const SOURCES: Readonly<Record<string, Change>> = {
  'leaves LIKE out of filters': conditions((one) => (one.kind === 'like' ? ALWAYS : one)),
  'takes < for <=': conditions((one) => (one.kind === 'compare' && one.op === '<' ? { ...one, op: '<=' } : one)),
  'takes NOT as if null were a value': conditions((one) =>
    one.kind === 'not' && one.item.kind === 'compare'
      ? { kind: 'or', items: [one, { kind: 'null', field: one.item.field }] }
      : one,
  ),
  'forgets the last value of IN': conditions((one) =>
    one.kind === 'in' && one.values.length > 1 ? { ...one, values: one.values.slice(0, -1) } : one,
  ),
  'takes the ends of BETWEEN for outside': conditions((one) =>
    one.kind === 'between'
      ? {
          kind: 'and',
          items: [
            { kind: 'compare', field: one.field, op: '>', value: one.low },
            { kind: 'compare', field: one.field, op: '<', value: one.high },
          ],
        }
      : one,
  ),
  'takes "matches nothing" for "matches all"': conditions((one) => (one.kind === 'never' ? ALWAYS : one)),
  'joins OR as AND': conditions((one) => (one.kind === 'or' ? { ...one, kind: 'and' } : one)),
  'truncates lists without a word': reads((rows) => rows.slice(0, 6)),
  'shows every field of a row': (source) =>
    withMembers(source, {
      read: (plan, values, options) => source.read({ ...plan, fields: plan.table.fields }, values, options),
    }),
  'sends numbers as text': reads((rows) =>
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
      ),
    ),
  ),
  'begins a page one row late': (source) =>
    withMembers(source, {
      read(plan, values, options) {
        if (plan.offset === undefined) return source.read(plan, values, options)
        return source.read(plan, values.with(plan.offset, Number(values[plan.offset]) + 1), options)
      },
    }),
  'forgets where nulls belong': (source) =>
    withMembers(source, {
      read: (plan, values, options) =>
        source.read(
          { ...plan, order: plan.order.map(({ field, descending }) => ({ field, descending })) },
          values,
          options,
        ),
    }),
  'counts without the filter': (source) =>
    withMembers(source, {
      count: ({ where: _where, ...plan }, values, options) => source.count(plan, values, options),
    }),
  'updates without the predicate': (source) =>
    withMembers(source, {
      update: (plan, values, options) => source.update({ ...plan, where: ALWAYS }, values, options),
    }),
  'removes everything where a part was meant': (source) =>
    withMembers(source, {
      truncate: ({ where: _where, ...plan }, values, options) => source.truncate(plan, values, options),
    }),
  'swallows the failure of an insert': (source) =>
    withMembers(source, {
      insert: async (plan, records, options) => {
        try {
          return await source.insert(plan, records, options)
        } catch {
          return records.map(() => ({ id: 0 }))
        }
      },
    }),
  'commits what it should roll back': (source) => {
    const outside = <T extends { transaction?: unknown }>({ transaction: _transaction, ...options }: T) => options as T
    return withMembers(source, {
      insert: (plan, records, options) => source.insert(plan, records, outside(options)),
      update: (plan, values, options) => source.update(plan, values, outside(options)),
      delete: (plan, values, options) => source.delete(plan, values, outside(options)),
      transaction: (work) => work({ id: Symbol('none') }),
    })
  },
  'lets others change what it has locked': (source) => {
    const outside = <T extends { transaction?: unknown }>({ transaction: _transaction, ...options }: T) => options as T
    return withMembers(source, {
      read: (plan, values, options) => source.read(plan, values, outside(options)),
      update: (plan, values, options) => source.update(plan, values, outside(options)),
      transaction: (work) => work({ id: Symbol('none') }),
    })
  },
  'shows its SQL in errors': (source) =>
    withMembers(source, {
      async insert(plan, records, options) {
        try {
          return await source.insert(plan, records, options)
        } catch {
          throw new GwError('conflict', `insert into ${plan.table.native} values (…) failed where email is unique.`)
        }
      },
    }),
  'reads NOT IN as IN': conditions((one) => (one.kind === 'not' && one.item.kind === 'in' ? one.item : one)),
  'takes ILIKE for LIKE': conditions((one) => (one.kind === 'like' ? { ...one, insensitive: false } : one)),
  'counts one too many': (source) =>
    withMembers(source, { count: async (plan, values, options) => (await source.count(plan, values, options)) + 1 }),
  'says that an update found nothing': (source) =>
    withMembers(source, {
      update: async (plan, values, options) => {
        await source.update(plan, values, options)
        return { count: 0, rows: [] }
      },
    }),
  'deletes without the predicate': (source) =>
    withMembers(source, {
      delete: (plan, values, options) => source.delete({ ...plan, where: ALWAYS }, values, options),
    }),
  'swallows the failure of an update': (source) =>
    withMembers(source, {
      update: async (plan, values, options) => {
        try {
          return await source.update(plan, values, options)
        } catch {
          return { count: 1, rows: [{ id: 0 }] }
        }
      },
    }),
  'makes a conflict a failure of its own': (source) =>
    withMembers(source, {
      insert: async (plan, records, options) => {
        try {
          return await source.insert(plan, records, options)
        } catch (cause) {
          throw new Error('driver: constraint', { cause })
        }
      },
    }),
  'rounds integers of 64 bits': stores(({ type }, value) =>
    type === 'bigint' && value != null ? Math.fround(Number(value)) : value,
  ),
  'trims texts': stores((_field, value) => (typeof value === 'string' ? value.trim() : value)),
  'takes an empty text for null': stores((_field, value) => (value === '' ? null : value)),
  'ignores the descending order': (source) =>
    withMembers(source, {
      read: (plan, values, options) =>
        source.read({ ...plan, order: plan.order.map((one) => ({ ...one, descending: false })) }, values, options),
    }),
  'answers a page of one row more': (source) =>
    withMembers(source, {
      read: (plan, values, options) =>
        source.read(plan, values.with(plan.limit, Number(values[plan.limit]) + 1), options),
    }),
  'groups without having': (source) =>
    withMembers(source, {
      group: ({ having: _having, ...plan }, values, options) => source.group!(plan, values, options),
    }),
  'groups what the filter leaves out': (source) =>
    withMembers(source, {
      group: ({ where: _where, ...plan }, values, options) => source.group!(plan, values, options),
    }),
  'ends a stream early without a word': (source) =>
    withMembers(source, {
      async *stream(plan, values, options) {
        for await (const rows of source.stream!(plan, values, options)) {
          yield rows.slice(0, 50)
          return
        }
      },
    }),
  'returns what was there before an update': (source) =>
    withMembers(source, {
      update: async (plan, values, options) => {
        const before = await source.read(
          {
            kind: 'read',
            table: plan.table,
            fields: plan.returning,
            where: plan.where,
            order: [],
            limit: values.length,
          },
          [...values, 1_000],
          options,
        )
        const { count } = await source.update(plan, values, options)
        return { count, rows: before }
      },
    }),
}
