/** What a DreamFactory instance has exported, as a document of this gateway: by names, in this gateway's words. */
import { METHODS, SECRET_MASK } from '@gw/core'
import { PERIODS } from '../limits/limit.ts'
import type { Config } from '../secrets/config.ts'
import type { Column } from '../store/columns.ts'
import { TABLES } from '../store/tables.ts'
import type { DocumentRecord, Sections } from '../transfer/document.ts'
import { LINKED_TYPES, withNames } from '../transfer/links.ts'
import type { Remark } from '../transfer/outcome.ts'
import type { TransferParts } from '../transfer/parts.ts'
import { type Child, NAME_OF, SECTIONS, type Section } from '../transfer/sections.ts'
import { type StoredNames, tableOf } from '../transfer/stored.ts'
import type { Rows } from './rows.ts'
import { foreignService, secretNote } from './services.ts'

export interface ForeignDocument {
  readonly sections: Sections
  readonly notes: readonly Remark[]
}

interface Translating {
  readonly rows: Rows
  readonly names: StoredNames
  note(section: string, name: string, message: string): void
}

/** The key's bits, which the table of CORS rules has instead of verbs. */
const VERBS = { GET: 1, POST: 2, PUT: 4, PATCH: 8, DELETE: 16, HEAD: 32, OPTIONS: 64 } as const

const namesIn = (rows: Rows): StoredNames => {
  const column = (table: string) => NAME_OF[table as keyof typeof NAME_OF] ?? 'name'
  const listed = (table: string) =>
    table === 'user' ? [...(rows.user ?? []), ...(rows.admin ?? [])] : (rows[table] ?? [])
  return {
    nameOf(table, id) {
      const row = listed(tableOf(table)).find((one) => one.id !== undefined && String(one.id) === String(id))
      return row ? String(row[column(tableOf(table))]) : undefined
    },
    idOf: () => undefined,
  }
}

const json = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** As the column takes it: databases tell numbers for booleans, and texts for all else. */
const fitting = (value: unknown, { type }: Column): unknown => {
  if (value === null || value === undefined) return null
  if (type === 'boolean') return value === true || /^(1|true|t|yes)$/i.test(String(value))
  if (type === 'integer' && typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value)
  if (type === 'json') return json(value)
  return (type === 'string' || type === 'text') && typeof value === 'number' ? String(value) : value
}

/** Fields whose values are told otherwise there. */
const OTHERWISE: Readonly<Record<string, (value: unknown) => unknown>> = {
  'cors.method': (value) =>
    typeof value === 'number'
      ? METHODS.filter((verb) => verb in VERBS && (value & VERBS[verb as keyof typeof VERBS]) !== 0)
      : value,
  'limit.period': (value) => (/^[0-4]$/.test(String(value)) ? Object.keys(PERIODS)[Number(value)] : value),
  'limit.verb': (value) => (value === '' ? null : value),
  'role_service_access.filters': (value) => (value === '' ? null : value),
}

const translated = (shape: Section | Child, row: DocumentRecord, { names }: Translating): DocumentRecord => {
  const { columns } = TABLES.find(({ name }) => name === tableOf(shape.table))!
  const fields = shape.fields.flatMap((name): readonly (readonly [string, unknown])[] => {
    if (!Object.hasOwn(row, name)) return []
    const value = fitting(row[name], columns[name]!)
    const told = OTHERWISE[`${shape.table}.${name}`]?.(value) ?? value
    // What may not be null is left to what it is by default.
    return told === null && !columns[name]!.nullable ? [] : [[name, told]]
  })
  const referred = Object.entries(shape.names ?? {}).flatMap(
    ([column, { as, table }]): readonly (readonly [string, unknown])[] => {
      if (!Object.hasOwn(row, column)) return []
      const id = row[column]
      const none = id === null || id === '' || (id === 0 && table !== 'user')
      // A record that did not come along is named all the same, so that it is missed.
      return [[as, none ? null : (names.nameOf(table, id) ?? `#${id}`)]]
    },
  )
  return Object.fromEntries([...referred, ...fields])
}

const childrenOf = (section: Section, row: DocumentRecord, translating: Translating): DocumentRecord =>
  Object.fromEntries(
    (section.children ?? []).flatMap((child): readonly (readonly [string, unknown])[] => {
      const all = translating.rows[child.table]
      if (!all) return []
      const own = all.filter((one) => one[child.parent] !== null && String(one[child.parent]) === String(row.id))
      const told = own.map((one) =>
        lookupOf(child.table, translated(child, one, translating), section, row, translating),
      )
      return [[child.as, child.single ? (told[0] ?? null) : told]]
    }),
  )

/** A private lookup's value does not come along in what the API tells. */
const lookupOf = (
  table: string,
  record: DocumentRecord,
  section: Section,
  owner: DocumentRecord,
  { note }: Translating,
): DocumentRecord => {
  const lost = table === 'lookup' ? secretNote(`The value of the lookup ${record.name}`, record.value) : undefined
  if (!lost) return record
  note(section.name, String(owner[section.key]), lost)
  return { ...record, value: null }
}

const HASH = /^\$(2[abxy]|argon2id)\$/
const SHORTEST_NAME = 6

const personOf = (
  row: DocumentRecord,
  record: DocumentRecord,
  section: Section,
  { note }: Translating,
): DocumentRecord => {
  const name = String(row.email)
  const { password: _, security_answer: __, username, ...rest } = record
  const hashes = ['password', 'security_answer'].flatMap((field): readonly (readonly [string, unknown])[] =>
    HASH.test(String(row[field] ?? '')) ? [[`${field}_hash`, row[field]]] : [],
  )
  if (!hashes.some(([field]) => field === 'password_hash'))
    note(section.name, name, 'No password came along: it has to be set anew.')
  const fits = typeof username === 'string' && username.length >= SHORTEST_NAME && !/\s/.test(username)
  if (username && !fits)
    note(section.name, name, `The user name '${username}' is too short here: it is the e-mail address.`)
  return { ...rest, ...(fits && { username }), ...Object.fromEntries(hashes) }
}

const SHORT_KEY = 32

const appOf = (row: DocumentRecord, record: DocumentRecord, { note }: Translating): DocumentRecord => {
  const { api_key: key, ...rest } = record
  const name = String(row.name)
  if (typeof key !== 'string' || key === '' || key === SECRET_MASK) {
    note('apps', name, 'No API key came along: it has a new one.')
    return rest
  }
  if (key.length < SHORT_KEY) note('apps', name, 'Its API key is short enough to be guessed: give it a new one soon.')
  return record
}

/** Settings of a service that stand in tables of their own. */
const configOf = (row: DocumentRecord, rows: Rows): Config => {
  const own = Object.entries(rows)
    .filter(([table]) => table.endsWith('_config') && table !== 'cors_config')
    .flatMap(([, all]) => all.filter((one) => String(one.service_id) === String(row.id)))
  const given = json(row.config)
  return Object.assign({}, ...own, typeof given === 'object' && !Array.isArray(given) ? given : {})
}

const serviceOf = async (
  row: DocumentRecord,
  record: DocumentRecord,
  translating: Translating,
  parts: TransferParts,
): Promise<DocumentRecord> => {
  const name = String(row.name)
  const { type, config, known, notes } = await foreignService(String(row.type), configOf(row, translating.rows), parts)
  for (const message of notes) translating.note('services', name, message)
  if (LINKED_TYPES.has(type)) return { ...record, type, config: withNames(config, translating.names) }
  return { ...record, type, config, ...(!known && { is_active: false }) }
}

/** What the core answers by itself. */
const BUILT_IN: ReadonlySet<string> = new Set(['swagger'])

const rowsFor = (section: Section, rows: Rows): readonly DocumentRecord[] => {
  if (section.table === 'lookup')
    return (rows.lookup ?? []).filter((row) => !row.app_id && !row.role_id && !row.user_id)
  if (section.table === 'service') return (rows.service ?? []).filter(({ type }) => !BUILT_IN.has(String(type)))
  if (tableOf(section.table) !== 'user') return rows[section.table] ?? []
  const admin = (row: DocumentRecord) => /^(1|true|t)$/i.test(String(row.is_sys_admin))
  return section.table === 'admin'
    ? [...(rows.admin ?? []), ...(rows.user ?? []).filter(admin)]
    : (rows.user ?? []).filter((row) => !admin(row))
}

/** Tables that stand for what this gateway makes by itself, or keeps elsewhere. */
const KNOWN: ReadonlySet<string> = new Set([
  ...SECTIONS.flatMap(({ table, children = [] }) => [table, ...children.map((child) => child.table)]),
  'service_type',
  'limit_cache',
  'token_map',
  'migrations',
])

/** @param rows by table */
export const foreignDocument = async (rows: Rows, parts: TransferParts): Promise<ForeignDocument> => {
  const notes: Remark[] = []
  const translating: Translating = {
    rows,
    names: namesIn(rows),
    note: (section, name, message) => void notes.push({ section, name, message }),
  }
  const sections: Record<string, DocumentRecord[]> = {}
  for (const section of SECTIONS) {
    const own = rowsFor(section, rows)
    if (own.length === 0) continue
    sections[section.name] = []
    for (const row of own) {
      const plain = { [section.key]: row[section.key], ...translated(section, row, translating) }
      const record = { ...plain, ...childrenOf(section, row, translating) }
      if (section.table === 'service') sections.services!.push(await serviceOf(row, record, translating, parts))
      else if (section.table === 'app') sections.apps!.push(appOf(row, record, translating))
      else if (tableOf(section.table) === 'user')
        sections[section.name]!.push(personOf(row, record, section, translating))
      else sections[section.name]!.push(lookupOf(section.table, record, section, row, translating))
    }
  }
  for (const [table, { length }] of Object.entries(rows))
    if (length > 0 && !KNOWN.has(table) && !table.endsWith('_config'))
      translating.note(table, '', `${length} rows stay out: this gateway has nothing of the kind.`)
  return { sections, notes }
}
