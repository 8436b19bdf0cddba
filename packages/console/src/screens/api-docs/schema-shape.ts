/** What a JSON Schema says, in words, and an example that it accepts. */
import { type ApiDocument, resolved } from '../../api/docs.ts'
import type { JsonSchema } from '../../api/types.ts'
import { apiDocs } from '../../text/api-docs.ts'

const text = apiDocs.schema

const typesOf = ({ type }: JsonSchema): readonly string[] => (typeof type === 'string' ? [type] : (type ?? []))
export const refName = ({ $ref }: JsonSchema): string | undefined => $ref?.split('/').at(-1)
export const choicesOf = ({ anyOf, oneOf }: JsonSchema): readonly JsonSchema[] => anyOf ?? oneOf ?? []

const restOf = ({ additionalProperties: rest }: JsonSchema): JsonSchema | undefined =>
  typeof rest === 'object' ? rest : undefined

/** `list of Album`, `string (date-time) or null`. */
export const typeText = (schema: JsonSchema): string => {
  const name = refName(schema)
  if (name !== undefined) return name
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const choices = choicesOf(schema)
  if (choices.length > 0) return [...new Set(choices.map(typeText))].join(text.or)
  const types = typesOf(schema)
  if (types.length === 0) return schema.properties ? 'object' : text.any
  return types
    .map((type) => {
      if (type === 'array') return text.array(schema.items ? typeText(schema.items) : text.any)
      if (type === 'object' && !schema.properties && restOf(schema)) return text.map(typeText(restOf(schema)!))
      return type === 'string' && schema.format ? `string (${schema.format})` : type
    })
    .join(text.or)
}

export interface Part {
  readonly name: string
  readonly schema: JsonSchema
  readonly required: boolean
  /** A place in the structure, not a name that is sent. */
  readonly isPlace?: boolean
}

const partsByProperty = (schema: JsonSchema): readonly Part[] => {
  const named = Object.entries(schema.properties ?? {}).map(([name, of]) => ({
    name,
    schema: of,
    required: schema.required?.includes(name) ?? false,
  }))
  const rest = restOf(schema)
  if (!rest || Object.keys(rest).length === 0) return named
  return [...named, { name: text.values, schema: rest, required: false, isPlace: true }]
}

/** What a schema is made of; its own references are followed, those of its parts are not. */
export const partsOf = (document: ApiDocument, given: JsonSchema): readonly Part[] => {
  const schema = resolved<JsonSchema>(document, given)
  const { allOf = [], items } = schema
  const choices = choicesOf(schema)
  if (choices.length > 0) {
    const inside = choices.filter((choice) => hasParts(document, choice))
    if (inside.length === 1) return [...partsByProperty(schema), ...partsOf(document, inside[0]!)]
    return inside.map((choice, at) => ({ name: text.option(at + 1), schema: choice, required: false, isPlace: true }))
  }
  if (allOf.length > 0) return [...partsByProperty(schema), ...allOf.flatMap((part) => partsOf(document, part))]
  if (items && typesOf(schema).includes('array'))
    return hasParts(document, items) ? [{ name: text.items, schema: items, required: false, isPlace: true }] : []
  return partsByProperty(schema)
}

/** Whether there is something to open; looks no deeper than it must. */
export const hasParts = (document: ApiDocument, given: JsonSchema): boolean => {
  if (given.$ref) return true
  const schema = resolved<JsonSchema>(document, given)
  return (
    partsByProperty(schema).length > 0 ||
    (schema.allOf?.length ?? 0) > 0 ||
    choicesOf(schema).some((choice) => hasParts(document, choice)) ||
    (schema.items !== undefined && hasParts(document, schema.items))
  )
}

/** Deeper than this, an example says no more. */
const DEPTH = 6
const BY_TYPE: Readonly<Record<string, unknown>> = { integer: 0, number: 0, boolean: false, null: null }
const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T12:00:00Z',
  date: '2026-01-31',
  time: '12:00:00',
  email: 'somebody@example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
  uri: 'https://example.com/',
}

/** A value to begin with: what the schema gives as an example, or the least that says what is expected. */
export const exampleOf = (document: ApiDocument, given: JsonSchema, depth = 0): unknown => {
  const schema = resolved<JsonSchema>(document, given)
  const [told] = schema.examples ?? []
  const known = told ?? schema.const ?? schema.default ?? schema.enum?.[0]
  if (known !== undefined) return known
  const [first] = [...choicesOf(schema), ...(schema.allOf ?? [])]
  if (first && !schema.properties) return depth < DEPTH ? exampleOf(document, first, depth + 1) : {}
  const type = typesOf(schema).find((one) => one !== 'null') ?? (schema.properties ? 'object' : 'string')
  if (type === 'array') return schema.items && depth < DEPTH ? [exampleOf(document, schema.items, depth + 1)] : []
  if (type === 'object') {
    if (depth >= DEPTH) return {}
    const writable = Object.entries(schema.properties ?? {}).filter(([, part]) => part.readOnly !== true)
    return Object.fromEntries(writable.map(([name, part]) => [name, exampleOf(document, part, depth + 1)]))
  }
  return BY_TYPE[type] ?? (BY_TYPE[type] === null ? null : (BY_FORMAT[schema.format ?? ''] ?? ''))
}
