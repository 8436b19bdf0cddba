/**
 * Who changed what of the store, before and after: an entry in the transaction of each change, so that there is no
 * change without one. Secrets are in it as callers see them: not at all.
 */
import { type Caller, SECRET_MASK } from '@gw/core'
import { type Field, fieldOf, type RecordsSource, type Row, type RunOptions, type Table } from '@gw/records'
import type { TableRules } from '../rules/rules.ts'
import { TABLES } from '../store/tables.ts'

export type Action = 'create' | 'update' | 'delete'

export interface Change {
  readonly action: Action
  readonly table: Table
  /** Whole rows, as they are stored. */
  readonly before?: Row | undefined
  readonly after?: Row | undefined
}

export interface Trail {
  record(change: Change, options: RunOptions): Promise<void>
}

/** Of a text that is kept; what is longer is a document, and its end is left out. */
const LONGEST_TEXT = 4_000

const shortened = (value: unknown): unknown =>
  typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value

/** When and by whom: the entry itself says so. */
const isStamp = ({ stamp }: Field): boolean => stamp !== undefined

/** Concealed fields that a rule computes from others, which are there themselves. */
const DERIVED: ReadonlySet<string> = new Set(
  TABLES.flatMap(({ columns }) =>
    Object.entries(columns).flatMap(([name, { computed, concealed }]) => (computed && concealed ? [name] : [])),
  ),
)

const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === ''

const shownOf = (row: Row, table: Table, rules: TableRules | undefined): Row => {
  const shown = rules?.present?.(row, undefined) ?? row
  return Object.fromEntries(
    table.fields
      .filter((field) => !isStamp(field) && !DERIVED.has(field.name))
      .map(({ name, concealed }) => [
        name,
        concealed ? (isEmpty(row[name]) ? null : SECRET_MASK) : shortened(shown[name] ?? null),
      ]),
  )
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** Of one field; one side is missing where the record was. */
interface FieldChange {
  readonly before?: unknown
  readonly after?: unknown
}

/** By field: what it was, and what it is. A secret that was changed has the mask on both sides. */
export const changesOf = (
  { table, before, after }: Change,
  rules: TableRules | undefined,
): Readonly<Record<string, FieldChange>> => {
  const [old, now] = [before && shownOf(before, table, rules), after && shownOf(after, table, rules)]
  const names = Object.keys(now ?? old ?? {})
  return Object.fromEntries(
    names.flatMap((name): readonly (readonly [string, FieldChange])[] => {
      if (old && now) {
        const unchanged = same(before![name], after![name]) && same(old[name], now[name])
        return unchanged ? [] : [[name, { before: old[name], after: now[name] }]]
      }
      const value = (now ?? old)![name]
      return isEmpty(value) ? [] : [[name, now ? { after: value } : { before: value }]]
    }),
  )
}

export const secondsOf = (date: Date): string => date.toISOString().slice(0, 19).replace('T', ' ')

export const actorOf = (caller: Caller | undefined) => ({
  user_id: caller?.user ? Number(caller.user.id) : null,
  user_name: caller?.user?.email ?? caller?.user?.name ?? null,
  app_name: caller?.app?.name ?? null,
})

export interface TrailOptions {
  readonly source: RecordsSource
  readonly rules: Readonly<Record<string, TableRules>>
  /** What is named where nobody called: a command. */
  readonly via?: string | undefined
}

export const auditTrail = ({ source, rules, via }: TrailOptions): Trail => ({
  async record(change, options) {
    const { action, table, before, after } = change
    const changes = changesOf(change, rules[table.name])
    // What was saved as it was is no change.
    if (action === 'update' && Object.keys(changes).length === 0) return
    const row = after ?? before ?? {}
    const entry: Row = {
      time: secondsOf(new Date()),
      action,
      resource: table.name,
      record_id: table.primaryKey.map((key) => String(row[key])).join(','),
      record_name: isEmpty(row.name) ? null : String(row.name).slice(0, 255),
      ...actorOf(options.caller),
      via: options.caller?.user || options.caller?.app ? null : (via ?? null),
      changes: JSON.stringify(changes),
    }
    const trail = source.catalog().byName.get('audit')!
    const columns = Object.keys(entry).map((name) => fieldOf(trail, name)!)
    await source.insert({ kind: 'insert', table: trail, columns, returning: [] }, [Object.values(entry)], options)
  },
})
