/** Schemas of a document as JSON Schema 2020-12 that stands by itself: what it refers to is in its `$defs`. */
import { isNode, type Node, pointerOf, resolved } from './node.ts'

export type Direction = 'input' | 'output'
type Json = Record<string, unknown>

/** A schema with all that it refers to may have so many parts; what is beyond may be anything. */
const MAX_PARTS = 20_000
const MAX_DEPTH = 64

// biome-ignore format: reads as a table
const COPIED = [
  'type', 'enum', 'const', 'default', 'format', 'title', 'description', 'deprecated', 'readOnly', 'writeOnly',
  'multipleOf', 'maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum', 'maxLength', 'minLength', 'pattern',
  'maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties', 'required', 'examples',
]
const SINGLE = ['items', 'not', 'additionalProperties', 'contains', 'propertyNames', 'if', 'then', 'else']
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const MAPS = ['properties']

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** `nullable` and the boolean bounds of OpenAPI 3.0, and types that no version has (`file`). */
const modernised = (node: Node): Json => {
  const out: Json = {}
  for (const keyword of COPIED) if (Object.hasOwn(node, keyword)) out[keyword] = node[keyword]
  const types = [out.type].flat().filter((one) => TYPES.has(String(one)))
  delete out.type
  if (types.length > 0) out.type = types.length === 1 ? types[0] : types
  if (node.nullable === true && typeof out.type === 'string') out.type = [out.type, 'null']
  if (node.nullable === true && Array.isArray(out.enum) && !out.enum.includes(null)) out.enum = [...out.enum, null]
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof out[exclusive] !== 'boolean') continue
    const strict = out[exclusive]
    delete out[exclusive]
    if (!strict) continue
    out[exclusive] = out[bound]
    delete out[bound]
  }
  if (!Array.isArray(out.required)) delete out.required
  return out
}

/** What only answers have is not asked of a request, and the other way round. */
const withoutHidden = (out: Json, direction: Direction): Json => {
  const hidden = direction === 'input' ? 'readOnly' : 'writeOnly'
  if (!Array.isArray(out.required) || !isNode(out.properties)) return out
  const properties = out.properties
  const required = out.required.filter((name) => {
    const property = properties[String(name)]
    return !(isNode(property) && property[hidden] === true)
  })
  return { ...out, required }
}

/**
 * Makes a schema of a document stand by itself.
 * @param root of the document
 */
export const standalone = (root: Node, schema: unknown, direction: Direction): Json => {
  const defs: Record<string, unknown> = {}
  const names = new Map<string, string>()
  const queue: { readonly name: string; readonly node: Node }[] = []
  let parts = 0

  const nameOf = (reference: string): string | undefined => {
    const known = names.get(reference)
    if (known) return known
    const target = pointerOf(reference) && resolved(root, { $ref: reference })
    if (!target) return undefined
    const wanted = (pointerOf(reference)!.at(-1) ?? 'schema').replace(/[^A-Za-z0-9._-]+/g, '_') || 'schema'
    let name = wanted
    for (let count = 2; Object.hasOwn(defs, name) || [...names.values()].includes(name); count++)
      name = `${wanted}_${count}`
    names.set(reference, name)
    queue.push({ name, node: target })
    return name
  }

  const convert = (part: unknown, depth: number): unknown => {
    if (typeof part === 'boolean') return part
    if (!isNode(part) || ++parts > MAX_PARTS || depth > MAX_DEPTH) return true
    if (typeof part.$ref === 'string') {
      const name = nameOf(part.$ref)
      return name === undefined ? true : { $ref: `#/$defs/${name}` }
    }
    const out = modernised(part)
    for (const keyword of SINGLE) {
      if (!Object.hasOwn(part, keyword)) continue
      out[keyword] = Array.isArray(part[keyword]) ? true : convert(part[keyword], depth + 1)
    }
    for (const keyword of LISTS) {
      const list = part[keyword]
      if (Array.isArray(list) && list.length > 0) out[keyword] = list.map((one) => convert(one, depth + 1))
    }
    for (const keyword of MAPS) {
      const map = part[keyword]
      if (isNode(map))
        out[keyword] = Object.fromEntries(
          Object.entries(map)
            .filter(([name]) => name !== '__proto__')
            .map(([name, one]) => [name, convert(one, depth + 1)]),
        )
    }
    return withoutHidden(out, direction)
  }

  const converted = convert(schema, 0)
  for (let next = queue.shift(); next; next = queue.shift()) defs[next.name] = convert(next.node, 0)
  const own: Json = isNode(converted) ? { ...converted } : {}
  return Object.keys(defs).length > 0 ? { ...own, $defs: defs } : own
}
