/** Metadata as a definition gives it → extras, checked. */
import { GwError } from '@gw/core'
import { truthy } from '../cast.ts'
import type { Catalog, Field, Table } from '../catalog.ts'
import { STAMPS } from './document.ts'
import { type FunctionContext, functionsIn } from './functions.ts'
import { patternOf, RULE_NAMES } from './validate.ts'

type Given = Readonly<Record<string, unknown>>

const invalid = (message: string): GwError => new GwError('invalid_request', message)

const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const LONGEST = 4_000
const textIn = (key: string, value: unknown): string | null => {
  if (value === null || value === undefined || value === '') return null
  if (typeof value !== 'string' || value.length > LONGEST) throw invalid(`'${key}' must be a text.`)
  return value
}

/** What can stand in a path, a list of fields and a filter. */
const ALIAS = /^[\p{L}_][\p{L}\p{N}_-]{0,127}$/u
const aliasIn = (value: unknown): string | null => {
  const alias = textIn('alias', value)
  if (alias !== null && (!ALIAS.test(alias) || ['_field', '_related', '__proto__'].includes(alias.toLowerCase())))
    throw invalid(`'alias' must be a name of letters, digits, _ and -: '${alias.slice(0, 60)}' is none.`)
  return alias
}

const picklistIn = (value: unknown): readonly string[] | null => {
  if (value === null || value === undefined || value === '') return null
  const list = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value
  if (!Array.isArray(list) || list.length > 1_000 || !list.every((one) => ['string', 'number'].includes(typeof one)))
    throw invalid("'picklist' must be a list of texts.")
  return list.map(String)
}

const ruleIn = (name: string, options: unknown): Given => {
  if (!RULE_NAMES.includes(name))
    throw invalid(`There is no validation '${name.slice(0, 60)}'. There are: ${RULE_NAMES.join(', ')}.`)
  if (options === null || options === true || (Array.isArray(options) && options.length === 0)) return {}
  if (!isObject(options)) throw invalid(`The options of the validation '${name}' must be an object.`)
  if (name === 'match') {
    const { regexp } = options
    try {
      if (typeof regexp !== 'string' || regexp.length > 2_000) throw new Error('none')
      patternOf(regexp)
    } catch {
      throw invalid(
        "The validation 'match' needs 'regexp': a regular expression between slashes, in base64, without look-around or references.",
      )
    }
  }
  return options
}

const validationIn = (value: unknown): Given | null => {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return null
  if (!isObject(value)) throw invalid("'validation' must be an object of rules.")
  const rules = Object.entries(value).map(([name, options]) => [name, ruleIn(name, options)])
  return rules.length === 0 ? null : Object.fromEntries(rules)
}

/** Only asked where gw filled in the values, or is to. */
const typeIn = (value: unknown): string =>
  typeof value === 'string' && (value === 'user_id' || (STAMPS as readonly string[]).includes(value)) ? value : 'plain'

/** What a field's metadata is held against. */
export interface FieldContext extends FunctionContext {
  /** The field, where there is one already. */
  readonly field?: Field | undefined
  /** Relations and keys go by its values. */
  readonly linking: boolean
}

const functionsFor = (value: unknown, context: FieldContext, virtual: boolean) => {
  const functions = functionsIn(value, context, virtual ? undefined : context.field)
  const uses = new Set(functions?.flatMap(({ use }) => use))
  if (virtual && functions === null)
    throw invalid("A virtual field is what its function for SELECT gives: 'db_function' can not be empty.")
  if (virtual && [...uses].some((use) => use !== 'select' && use !== 'filter'))
    throw invalid('A virtual field is not stored: it has functions for SELECT and FILTER only.')
  if (virtual && !uses.has('select')) throw invalid('A virtual field needs a function for SELECT.')
  if (context.linking && functions !== null)
    throw invalid('A field of a key or a reference can have no function: records are found by it.')
  return functions
}

/** A field's metadata; keys that are not said stay out, `null` removes. */
export const fieldExtrasIn = (given: Given, context: FieldContext): Given => {
  const found: Record<string, unknown> = {}
  const virtual = context.field ? context.field.virtual === true : truthy(given.is_virtual)
  if (virtual && !context.field) {
    found.virtual = true
    found.functions = functionsFor(given.db_function, context, true)
  }
  for (const [key, value] of Object.entries(given)) {
    if (key === 'alias') found.alias = aliasIn(value)
    else if (key === 'label' || key === 'description') found[key] = textIn(key, value)
    else if (key === 'picklist') found.picklist = picklistIn(value)
    else if (key === 'validation') found.validation = validationIn(value)
    else if (key === 'type') found.type = typeIn(value)
    else if (key === 'client_info') found.client_info = value ?? null
    else if (key === 'db_function') found.functions = functionsFor(value, context, virtual)
    else if (key === 'is_virtual' && truthy(value) !== virtual)
      throw invalid('Whether a field is virtual can not be changed: drop it, or take another name.')
    else if (key === 'is_virtual') continue
    else if (key === 'is_aggregate' && truthy(value))
      throw invalid("'is_aggregate' is not needed here: ask for SUM(field) or COUNT(*) in fields, together with group.")
    else if (value !== null && value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0))
      throw new GwError('not_supported', `'${key}' is not supported by this service.`)
  }
  return found
}

/** A table's own metadata. */
export const tableExtrasIn = (given: Given): Given => {
  const found: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given)) {
    if (key === 'alias') found.alias = aliasIn(value)
    else found[key] = textIn(key, value)
  }
  return found
}

/** Refuses an alias that is another's name: everything in the API has one name, and one only. */
export const checkAliases = (
  catalog: Catalog,
  table: Pick<Table, 'name' | 'base' | 'fields'>,
  alias: unknown,
  fields: ReadonlyMap<string, Given>,
): void => {
  const lower = (one: unknown) => String(one).toLowerCase()
  if (typeof alias === 'string') {
    const others = catalog.tables.filter((one) => (one.base ?? one.name) !== (table.base ?? table.name))
    if (others.some((one) => [one.name, one.base, one.native].some((name) => name && lower(name) === lower(alias))))
      throw new GwError('conflict', `There is a table '${alias}' already.`)
  }
  const names = new Map<string, string>()
  for (const field of table.fields) {
    const change = fields.get(field.native)
    const own = change && 'alias' in change ? change.alias : field.name === field.native ? undefined : field.name
    for (const name of [own, field.native]) {
      if (typeof name !== 'string') continue
      const holder = names.get(lower(name))
      if (holder !== undefined && holder !== field.native)
        throw new GwError('conflict', `There is a field '${name}' already.`)
      names.set(lower(name), field.native)
    }
  }
}
