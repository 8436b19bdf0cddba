/** A record of a document as the values of its row, and what of them is new. */
import { invalid, type Values } from '../rules/rules.ts'
import type { Config } from '../secrets/config.ts'
import { opened } from '../secrets/config.ts'
import { type Keyring, placeOf } from '../secrets/keyring.ts'
import type { DocumentRecord } from './document.ts'
import { isReference, unescaped } from './references.ts'
import type { Child, Section } from './sections.ts'
import { type StoredNames, tableOf } from './stored.ts'

export interface Wanting {
  readonly names: StoredNames
  /** Whether secrets that stand as references are to stay what they are. */
  readonly keepsReferences: boolean
  /** Whether hashes of passwords are taken. */
  readonly hashes: boolean
  note(message: string): void
}

type Shape = Pick<Section | Child, 'table' | 'fields' | 'names'>

const SECRETS: Readonly<Record<string, string>> = { app: 'api_key', lookup: 'value' }
const MISSING: Readonly<Record<string, string>> = {
  app: 'It has a new API key: the document holds none.',
  lookup: 'It has no value: the document holds none. Store it.',
}

const secretOf = (table: string, name: string, value: unknown, existing: boolean, wanting: Wanting): Values => {
  const kept = wanting.keepsReferences && isReference(value)
  const plain = wanting.keepsReferences && typeof value === 'string' ? unescaped(value) : value
  if (!kept && (table !== 'app' || (value !== null && value !== ''))) return { [name]: plain }
  if (!existing) wanting.note(MISSING[table]!)
  return {}
}

const hashOf = (name: string, record: DocumentRecord, { hashes, note }: Wanting): Values => {
  const hash = record[`${name}_hash`]
  if (hash === undefined || hash === null || hash === '') return {}
  if (hashes) return { [name]: hash }
  note(`The ${name} stays out: hashes are taken by \`gw import\` only.`)
  return {}
}

const referredTo = ({ names = {} }: Shape, record: DocumentRecord, known: StoredNames): Values =>
  Object.fromEntries(
    Object.entries(names).flatMap(([column, { as, table }]): readonly (readonly [string, unknown])[] => {
      if (!Object.hasOwn(record, as)) return []
      const name = record[as]
      if (name === null || name === '') return [[column, null]]
      const id = known.idOf(table, name)
      if (id === undefined) throw invalid({ [as]: [`There is no ${table} '${name}'.`] })
      return [[column, id]]
    }),
  )

/**
 * The values that a record says, of those that its kind has; a service's configuration is not among them.
 * @param existing whether it is there already
 * @throws GwError `invalid_request` where it refers to what is not there
 */
export const wantedValues = (shape: Shape, record: DocumentRecord, existing: boolean, wanting: Wanting): Values => {
  const { table, fields } = shape
  const values: Record<string, unknown> = { ...referredTo(shape, record, wanting.names) }
  for (const name of fields) {
    if (tableOf(table) === 'user' && (name === 'password' || name === 'security_answer'))
      Object.assign(values, hashOf(name, record, wanting))
    else if (!Object.hasOwn(record, name) || (table === 'service' && name === 'config')) continue
    else if (SECRETS[table] === name) Object.assign(values, secretOf(table, name, record[name], existing, wanting))
    else values[name] = record[name]
  }
  return values
}

/** A stored row with its secrets, for comparing. */
export const openedRow = (table: string, row: Values, keys: Keyring): Values => {
  const id = Number(row.id)
  if (table === 'service')
    return {
      ...row,
      config: opened((row.config ?? {}) as Config, (text) => keys.decrypt(text, placeOf(table, 'config', id))),
    }
  const secret = SECRETS[table]
  if (!secret || !row[secret]) return row
  return { ...row, [secret]: keys.decrypt(String(row[secret]), placeOf(table, secret, id)) }
}

/** One spelling of a value, whatever the order of its keys; numbers and texts of them are the same. */
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, item) => {
    if (typeof item === 'number' || typeof item === 'boolean') return String(item)
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
export const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

/** The values that a row does not have yet. */
export const differences = (wanted: Values, row: Values): Values =>
  Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !same(value, row[name])))
