/** The part of JSON Schema that says which scalar a place holds. */
export interface JsonSchema {
  readonly [keyword: string]: any
}

/**
 * Turns texts into the numbers and booleans that a JSON Schema asks for. `${env:DB_PORT}` is always a text, and stored
 * configurations hold `"3306"`. What does not read as one is left for the schema to refuse.
 * @param root the schema that `#/…` references begin at
 */
export const coerceScalars = (value: unknown, schema: JsonSchema | undefined, root = schema): unknown => {
  if (schema === undefined || typeof schema !== 'object') return value
  if (typeof schema.$ref === 'string') return coerceScalars(value, dereference(schema.$ref, root), root)
  if (typeof value === 'string') return coerceText(value, scalarTypes(schema, root))
  const choice = alternatives(schema)
  if (choice.length === 1) return coerceScalars(value, choice[0], root)
  if (Array.isArray(value)) {
    const items = schema.items ?? choice.find((branch) => branch.type === 'array')?.items
    return value.map((item) => coerceScalars(item, items, root))
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  const object = schema.type === 'object' ? schema : choice.find((branch) => branch.type === 'object')
  if (object === undefined) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      coerceScalars(
        item,
        Object.hasOwn(object.properties ?? {}, key) ? object.properties[key] : object.additionalProperties,
        root,
      ),
    ]),
  )
}

const alternatives = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []

const scalarTypes = (schema: JsonSchema, root: JsonSchema | undefined): ReadonlySet<string> => {
  if (typeof schema.$ref === 'string') return scalarTypes(dereference(schema.$ref, root) ?? {}, root)
  const own =
    schema.type ?? (schema.enum ?? ('const' in schema ? [schema.const] : [])).map((member: unknown) => typeof member)
  return new Set([own, alternatives(schema).flatMap((branch) => [...scalarTypes(branch, root)])].flat())
}

const coerceText = (text: string, types: ReadonlySet<string>): unknown => {
  if (types.has('string')) return text
  if ((types.has('integer') || types.has('number')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (types.has('boolean') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return text
}

const dereference = (reference: string, root: JsonSchema | undefined): JsonSchema | undefined =>
  reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter(Boolean)
    .reduce<JsonSchema | undefined>((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], root)
