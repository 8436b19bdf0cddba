/** DreamFactory's services as this gateway's: their types, and what of their configurations there is here. */
import { SECRET_MASK } from '@gw/core'
import type { Config, JsonSchema } from '../secrets/config.ts'
import type { TransferParts } from '../transfer/parts.ts'

/** Types that are called otherwise here. */
const TYPES: Readonly<Record<string, string>> = { mariadb: 'mysql', alloydb: 'pgsql' }

/** What belongs to the rows of configurations, not to what they say. */
const ROW_KEYS: ReadonlySet<string> = new Set(['id', 'service_id', 'created_date', 'last_modified_date'])

/** What Laravel encrypts: base64 of an object that begins with its vector. */
const isEncryptedElsewhere = (value: unknown): boolean =>
  typeof value === 'string' && /^eyJ(pdi|2YWx1)/.test(value) && value.length > 60

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

const typesOf = (schema: JsonSchema | undefined): readonly string[] =>
  schema ? [schema.type ?? [], ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map(typesOf)].flat(2) : []

/** Tables of databases have numbers for booleans, and texts for objects. */
const fitting = (value: unknown, schema: JsonSchema | undefined): unknown => {
  const types = typesOf(schema)
  if (types.includes('boolean') && (value === 0 || value === 1 || value === '0' || value === '1'))
    return Number(value) === 1
  if (typeof value === 'string' && !types.includes('string') && /^[[{]/.test(value)) {
    try {
      return JSON.parse(value)
    } catch {
      return value
    }
  }
  return typeof value === 'number' && types.includes('string') && !types.includes('integer') ? String(value) : value
}

export interface ForeignService {
  readonly type: string
  readonly config: Config
  /** Whether this gateway could run it. */
  readonly known: boolean
  readonly notes: readonly string[]
}

/** Secrets that did not come along, whatever the reason. */
export const secretNote = (name: string, value: unknown): string | undefined => {
  if (value === SECRET_MASK) return `${name} was not exported: set it again.`
  return isEncryptedElsewhere(value) ? `${name} is encrypted with the other instance's key: set it again.` : undefined
}

export const foreignService = async (
  foreignType: string,
  given: Config,
  { load, schemaOf }: Pick<TransferParts, 'load' | 'schemaOf'>,
): Promise<ForeignService> => {
  const type = TYPES[foreignType] ?? foreignType
  const known = await load(type).then(
    () => true,
    () => false,
  )
  const schema = known ? schemaOf(type) : undefined
  const open = schema === undefined || schema.additionalProperties !== false
  const notes: string[] = type === foreignType ? [] : [`Its type ${foreignType} is ${type} here.`]
  const unknown: string[] = []
  const config: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const told = fitting(value, schema?.properties?.[name])
    if (ROW_KEYS.has(name) || isEmpty(told)) continue
    const lost = secretNote(name, value)
    if (lost) notes.push(lost)
    else if (!open && !Object.hasOwn(schema?.properties ?? {}, name)) unknown.push(name)
    else config[name] = told
  }
  if (unknown.length > 0) notes.push(`Left out, since there is no such setting here: ${unknown.sort().join(', ')}.`)
  return { type, config, known, notes }
}
