/** The `components.schemas` of a document: named schemas are kept once and referred to. */
import type { Schema } from '../contract.ts'
import { canonicalJson, isSchema, mapSchema } from './json-schema.ts'
import type { JsonSchema } from './types.ts'

export type Direction = 'input' | 'output'

/** A component name that every version of OpenAPI takes. */
export const componentName = (text: string): string => text.trim().replace(/[^A-Za-z0-9._-]+/g, '_') || 'Schema'

const LOCAL = '#/$defs/'
const GLOBAL = '#/components/schemas/'
const decode = (pointer: string): string => decodeURIComponent(pointer).replaceAll('~1', '/').replaceAll('~0', '~')
const localName = (schema: JsonSchema): string | undefined =>
  typeof schema.$ref === 'string' && schema.$ref.startsWith(LOCAL) ? decode(schema.$ref.slice(LOCAL.length)) : undefined

/** Drops what says nothing: bounds of a safe integer, and a reply's promise that no key will ever be added. */
const tidy = (schema: JsonSchema, direction: Direction): JsonSchema => {
  const { $schema, $id, ...rest } = schema
  if (rest.minimum === Number.MIN_SAFE_INTEGER) delete rest.minimum
  if (rest.maximum === Number.MAX_SAFE_INTEGER) delete rest.maximum
  if (direction === 'output' && rest.additionalProperties === false) delete rest.additionalProperties
  if (isSchema(rest.propertyNames) && canonicalJson(rest.propertyNames) === '{"type":"string"}')
    delete rest.propertyNames
  return rest
}

const UNDESCRIBED: JsonSchema = { description: 'Any value: this schema has no description as JSON Schema.' }

/** What a schema says about itself; one that cannot be described accepts anything, as far as readers can tell. */
export const describe = (schema: Schema, direction: Direction): JsonSchema => {
  try {
    return schema['~standard'].jsonSchema[direction]({ target: 'draft-2020-12' }) as JsonSchema
  } catch {
    return UNDESCRIBED
  }
}

export interface SchemaRegistry {
  readonly schemas: Readonly<Record<string, JsonSchema>>
  /**
   * Takes a root schema in: its `$defs` and titled objects become components, the rest comes back in line.
   * @param hint the root's own name where it has none and needs one (it refers to itself)
   * @param options `named` makes even an untitled root a component; `prefix` tells equal names of services apart
   */
  add(
    schema: JsonSchema,
    direction: Direction,
    hint: string,
    options?: { named?: boolean; prefix?: string },
  ): JsonSchema
  /** The schema a reference stands for, or the schema itself. */
  resolve(schema: JsonSchema): JsonSchema
}

/** Whether the definition `name` reaches itself. */
const isCyclic = (name: string, defs: JsonSchema): boolean => closureOf(defs[name], defs).has(name)

/** The names of the definitions that `value` reaches. */
const closureOf = (value: unknown, defs: JsonSchema): Set<string> => {
  const found = new Set<string>()
  const walk = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return
    const name = isSchema(one) ? localName(one) : undefined
    if (name !== undefined && !found.has(name)) {
      found.add(name)
      walk(defs[name])
    }
    Object.values(one).forEach(walk)
  }
  walk(value)
  return found
}

/** Objects and choices with a title are worth a name; a titled text or number is only a labelled field. */
const worthNaming = (schema: JsonSchema): boolean =>
  typeof schema.title === 'string' &&
  ['properties', 'anyOf', 'oneOf', 'allOf'].some((keyword) => schema[keyword] !== undefined)

/** Turns `#` (a root that refers to itself) into a definition called `hint`. */
const withoutRootReference = (input: JsonSchema, hint: string): { root: JsonSchema; defs: JsonSchema } => {
  const { $defs, ...root } = input
  const defs = isSchema($defs) ? $defs : {}
  if (!JSON.stringify(input).includes('"$ref":"#"')) return { root, defs }
  const self = { $ref: `${LOCAL}${hint}` }
  const renamed = mapSchema({ $defs: { ...defs, [hint]: root } }, (one) =>
    one.$ref === '#' ? { ...one, ...self } : one,
  )
  return { root: self, defs: renamed.$defs as JsonSchema }
}

/** The names of a document's schemas: the same content under the same wish has one name. */
const nameTable = (schemas: Record<string, JsonSchema>) => {
  const byContent = new Map<string, string>()
  const free = (wishes: readonly string[]): string => {
    const names = wishes.map(componentName)
    for (const name of names) if (!Object.hasOwn(schemas, name)) return name
    for (let count = 2; ; count++) {
      const name = `${names.at(-1)}_${count}`
      if (!Object.hasOwn(schemas, name)) return name
    }
  }
  /** Gives content its name and, where it is new, reserves the name and then fills it. */
  return (wishes: readonly string[], content: unknown, fill: () => JsonSchema): JsonSchema => {
    const key = `${wishes[0]}\n${canonicalJson(content)}`
    let name = byContent.get(key)
    if (name === undefined) {
      name = free(wishes)
      byContent.set(key, name)
      // Reserved first, so that a definition that refers to itself finds itself.
      schemas[name] = {}
      schemas[name] = fill()
    }
    return { $ref: `${GLOBAL}${name}` }
  }
}

/** Makes a registry; one serves one document. */
export const schemaRegistry = (initial: Readonly<Record<string, JsonSchema>> = {}): SchemaRegistry => {
  // Without a prototype: a table may be called `__proto__`.
  const schemas: Record<string, JsonSchema> = Object.assign(Object.create(null), initial)
  const intern = nameTable(schemas)

  const add: SchemaRegistry['add'] = (input, direction, hint, { named = false, prefix = '' } = {}) => {
    const { root, defs } = withoutRootReference(input, hint)
    const defined = new Map<string, JsonSchema>()
    const lead = prefix ? `${prefix}_` : ''
    const wishes = (name: string): string[] => [
      name,
      ...(prefix ? [`${lead}${name}`] : []),
      `${lead}${name}${direction === 'input' ? 'Input' : 'Output'}`,
    ]
    const convert = (schema: JsonSchema): JsonSchema =>
      mapSchema(schema, (one) => {
        const tidied = tidy(one, direction)
        const local = localName(tidied)
        if (local !== undefined) return { ...tidied, ...define(local) }
        return worthNaming(tidied) ? intern(wishes(String(tidied.title)), tidied, () => tidied) : tidied
      })
    const define = (name: string): JsonSchema => {
      const known = defined.get(name)
      if (known) return known
      const { title, ...body } = isSchema(defs[name]) ? defs[name] : {}
      // The title is put back afterwards: with it, the definition would name itself twice.
      const fill = () => ({ ...convert(body), ...(title === undefined ? {} : { title }) })
      const label = typeof title === 'string' ? title : name.startsWith('__') ? hint : name
      let reference: JsonSchema
      if (isCyclic(name, defs)) {
        const closure = [...closureOf(defs[name], defs)].sort()
        const content = closure.map((one) => [
          one,
          mapSchema({ $defs: { one: defs[one] } }, (part) => tidy(part, direction)),
        ])
        reference = intern(wishes(label), [name, content], fill)
      } else {
        const filled = fill()
        reference = intern(wishes(label), filled, () => filled)
      }
      defined.set(name, reference)
      return reference
    }
    const converted = convert(root)
    if (!named || typeof converted.$ref === 'string') return converted
    return intern(wishes(hint), converted, () => converted)
  }

  const resolve = (schema: JsonSchema): JsonSchema => {
    let current = schema
    for (let depth = 0; depth < 8 && typeof current.$ref === 'string'; depth++) {
      const next = schemas[current.$ref.slice(GLOBAL.length)]
      if (!next) break
      current = next
    }
    return current
  }
  return { schemas, add, resolve }
}
