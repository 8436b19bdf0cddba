/** The keys of a definition: which of them say what the source holds, and which only say how the API shows it. */
import { GwError } from '@gw/core'

export type Given = Readonly<Record<string, unknown>>

/** Other names for keys (the wire contract §6.3). */
const ALIASES: Readonly<Record<string, string>> = { size: 'length', decimals: 'scale', ref_fields: 'ref_field' }
const TYPE_ALIASES: Readonly<Record<string, string>> = { pk: 'id', fk: 'reference' }

// biome-ignore format: reads as a table
export const FIELD_KEYS: ReadonlySet<string> = new Set([
  'name', 'type', 'db_type', 'length', 'precision', 'scale', 'default', 'required', 'allow_null', 'fixed_length',
  'supports_multibyte', 'auto_increment', 'is_primary_key', 'is_unique', 'is_index', 'is_foreign_key', 'ref_table',
  'ref_field', 'ref_on_update', 'ref_on_delete',
])
/** What the API remembers beside the source. */
// biome-ignore format: reads as a table
export const FIELD_METADATA: ReadonlySet<string> = new Set([
  'alias', 'label', 'description', 'picklist', 'validation', 'db_function', 'is_virtual', 'is_aggregate', 'client_info',
])
export const TABLE_KEYS: ReadonlySet<string> = new Set(['name', 'field', 'primary_key', 'options'])
export const TABLE_METADATA: ReadonlySet<string> = new Set(['alias', 'label', 'plural', 'description', 'name_field'])
/** Said in descriptions and by nobody else: taken back as they are. */
export const TABLE_OUTPUT: ReadonlySet<string> = new Set(['native', 'is_view', 'access', 'constraints', 'related'])

const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A definition with its keys under their own names. */
export const definitionIn = (value: unknown, what: string): Given => {
  if (!isObject(value)) throw new GwError('invalid_request', `The definition of a ${what} must be an object.`)
  const given: Record<string, unknown> = {}
  for (const [key, one] of Object.entries(value)) {
    const name = Object.hasOwn(ALIASES, key) ? ALIASES[key]! : key
    if (name === key || !Object.hasOwn(value, name)) given[name] = one
  }
  const { type } = given
  if (typeof type === 'string') {
    const lower = type.trim().toLowerCase()
    given.type = Object.hasOwn(TYPE_ALIASES, lower) ? TYPE_ALIASES[lower] : lower
  }
  return given
}

/** Same values, whatever order their keys have. */
export const sameValue = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  const [keys, others] = [Object.keys(one), Object.keys(other)]
  return (
    Array.isArray(one) === Array.isArray(other) &&
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(other, key) && sameValue((one as Given)[key], (other as Given)[key]))
  )
}

/** Without what is described so already: a description that is sent back asks for nothing. */
export const differing = (given: Given, current: Given): Given =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([key, value]) => value !== undefined && !(Object.hasOwn(current, key) && sameValue(value, current[key])),
    ),
  )

const EMPTY: ReadonlySet<unknown> = new Set([undefined, null, '', false])
/** Whether a value of a new thing's metadata says nothing. */
export const isEmpty = (value: unknown): boolean => EMPTY.has(value) || (Array.isArray(value) && value.length === 0)

export const only = (given: Given, keys: ReadonlySet<string>): Given =>
  Object.fromEntries(Object.entries(given).filter(([key]) => keys.has(key)))

/** Refuses keys that mean nothing, so that a typing mistake is not taken for a wish. */
export const refuseUnknown = (given: Given, where: string, ...known: readonly ReadonlySet<string>[]): void => {
  if (Object.hasOwn(given, 'sql'))
    throw new GwError(
      'invalid_request',
      `Raw SQL is not accepted (${where}): say it with type, length, default and so on.`,
    )
  const unknown = Object.keys(given).find((key) => !known.some((keys) => keys.has(key)))
  if (unknown !== undefined)
    throw new GwError('invalid_request', `Unknown key '${unknown.slice(0, 60)}' in the definition of ${where}.`)
}
