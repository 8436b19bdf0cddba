/** JSON Schema as data: walking it, comparing it. */
import type { JsonSchema } from './types.ts'

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keywords whose value is data, not a schema. */
const DATA = new Set(['const', 'enum', 'default', 'examples', 'example', 'required'])
/** Keywords whose value maps names to schemas: a property called `title` is not a title. */
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs'])

/** Rebuilds a schema, every schema inside it first; `visit` sees each with its children done. */
export const mapSchema = (schema: JsonSchema, visit: (schema: JsonSchema) => JsonSchema): JsonSchema => {
  const child = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(child) : isSchema(value) ? mapSchema(value, visit) : value
  const result: JsonSchema = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (DATA.has(keyword)) result[keyword] = value
    else if (MAPS.has(keyword) && isSchema(value))
      result[keyword] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, child(one)]))
    else result[keyword] = child(value)
  }
  return visit(result)
}

/** JSON with sorted keys: equal text means equal schemas. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, one) =>
    isSchema(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  ) ?? 'null'
