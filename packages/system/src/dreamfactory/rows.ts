/** Rows of DreamFactory's system tables, whatever they came in: its API's records, or the tables themselves. */
import type { DocumentRecord } from '../transfer/document.ts'

export type Rows = Readonly<Record<string, readonly DocumentRecord[]>>

/** Tables by other names that they have or had. */
const ALSO: Readonly<Record<string, string>> = {
  limits: 'limit',
  cors_config: 'cors',
  system_lookup: 'lookup',
  app_lookup: 'lookup',
  role_lookup: 'lookup',
  user_lookup: 'lookup',
  custom: 'system_custom',
}

/** `lookup_by_role_id`: rows that stand within the record that they belong to. */
const RELATED =
  /^(service_doc|role_service_access|user_to_app_to_role|lookup|app_lookup|role_lookup|user_lookup|user_custom)_by_(service|role|app|user)_id$/

const isRecord = (value: unknown): value is DocumentRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists, wrapped lists, and single records. */
const recordsIn = (value: unknown): readonly DocumentRecord[] => {
  if (Array.isArray(value)) return value.filter(isRecord)
  if (!isRecord(value)) return []
  return Object.hasOwn(value, 'resource') ? recordsIn(value.resource) : [value]
}

/** @param seen the rows that were taken: a role's rows stand in the role and in the service that they are about */
const lift = (
  table: string,
  records: readonly DocumentRecord[],
  into: Map<string, DocumentRecord[]>,
  seen: Set<string>,
) => {
  const name = ALSO[table] ?? table
  if (!into.has(name)) into.set(name, [])
  for (const record of records) {
    const own: Record<string, unknown> = {}
    const within: [string, readonly DocumentRecord[]][] = []
    for (const [key, value] of Object.entries(record)) {
      const [, child, parent] = RELATED.exec(key) ?? []
      if (child) within.push([child, recordsIn(value).map((one) => ({ ...one, [`${parent}_id`]: record.id }))])
      else own[key] = value
    }
    for (const [child, rows] of within) lift(child, rows, into, seen)
    // Tables of lookups that were one each have numbers of their own.
    const place = own.id === undefined ? undefined : `${table}#${own.id}`
    if (place !== undefined && seen.has(place)) continue
    if (place !== undefined) seen.add(place)
    into.get(name)!.push(own)
  }
}

/** @param tables by their names: lists of rows */
export const rowsIn = (tables: Readonly<Record<string, unknown>>): Rows => {
  const into = new Map<string, DocumentRecord[]>()
  const seen = new Set<string>()
  for (const [table, value] of Object.entries(tables)) lift(table.toLowerCase(), recordsIn(value), into, seen)
  return Object.fromEntries(into)
}
