/** A JSON Schema as a form sees it: which control a property gets, and what it is called. */
import type { JsonSchema } from '../../api/types.ts'

export type Kind =
  | 'secret'
  | 'choice'
  | 'switch'
  | 'integer'
  | 'number'
  | 'text'
  | 'long'
  | 'code'
  | 'list'
  | 'rows'
  | 'object'
  | 'map'
  | 'json'

export type Values = Readonly<Record<string, unknown>>

/** What stands for a secret that is stored: written back, it means "unchanged". */
export const MASK = '**********'

const typesOf = ({ type }: JsonSchema): readonly string[] => (type === undefined ? [] : [type].flat())

const referred = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
  const name = schema.$ref?.replace('#/$defs/', '')
  if (schema.$ref === '#') return root
  return name === undefined
    ? schema
    : { ...referred(root.$defs?.[name] ?? {}, root), ...schema, $ref: undefined as never }
}

/** The one shape that a form shows: references followed, `null` left out; of several, the first that fits the kinds we draw. */
export const shapeOf = (given: JsonSchema, root: JsonSchema): JsonSchema => {
  const schema = referred(given, root)
  const options = (schema.anyOf ?? schema.oneOf)?.filter(
    (one) => !typesOf(one).every((type) => type === 'null') || typesOf(one).length === 0,
  )
  if (!options?.length) return schema
  const { anyOf: _, oneOf: __, ...rest } = schema
  if (options.every((one) => one.const !== undefined)) return { ...rest, enum: options.map((one) => one.const) }
  return { ...shapeOf(options[0]!, root), ...rest }
}

/** Whether several shapes fit, so that a value may be none that our control can show. */
const isMixed = (given: JsonSchema, root: JsonSchema): boolean => {
  const schema = referred(given, root)
  const kinds = (schema.anyOf ?? schema.oneOf ?? []).map((one) => typesOf(referred(one, root))[0] ?? 'const')
  return new Set(kinds.filter((kind) => kind !== 'null')).size > 1
}

const LONG = new Set(['textarea', 'text', 'multiline', 'markdown'])
const SCALAR = new Set(['string', 'number', 'integer'])

export const kindOf = (given: JsonSchema, root: JsonSchema, value?: unknown): Kind => {
  const shape = shapeOf(given, root)
  const [type] = typesOf(shape).filter((one) => one !== 'null')
  const mixed = isMixed(given, root)
  // A value of another shape than the one that is drawn.
  if (mixed && typeof value === 'object' && value !== null && type !== 'object' && type !== 'array') return 'json'
  if (shape.enum) return 'choice'
  switch (type) {
    case 'boolean':
      return mixed ? 'json' : 'switch'
    case 'integer':
    case 'number':
      return mixed && value !== undefined && value !== null && typeof value !== 'number' ? 'json' : type
    case 'string':
      if (shape.writeOnly) return 'secret'
      if (shape.contentMediaType) return 'code'
      return LONG.has(shape.format ?? '') ? 'long' : 'text'
    case 'array':
      return listKind(shape, root)
    case 'object':
      return objectKind(shape, root)
    default:
      return shape.properties ? 'object' : 'json'
  }
}

const listKind = (shape: JsonSchema, root: JsonSchema): Kind => {
  const items = shape.items && shapeOf(shape.items, root)
  if (items?.properties) return 'rows'
  const [type] = items ? typesOf(items) : []
  return items === undefined || items.enum || SCALAR.has(type ?? '') ? 'list' : 'json'
}

const objectKind = (shape: JsonSchema, root: JsonSchema): Kind => {
  if (Object.keys(shape.properties ?? {}).length > 0) return 'object'
  const { additionalProperties: inner } = shape
  if (typeof inner !== 'object') return 'json'
  const [type] = typesOf(shapeOf(inner, root))
  return SCALAR.has(type ?? '') || inner.anyOf || type === 'boolean' ? 'map' : 'json'
}

/** `base_url` → `Base url`, unless the schema has a title. */
export const labelOf = (name: string, schema: JsonSchema): string =>
  schema.title ?? name.replace(/[_-]+/g, ' ').replace(/^./, (letter) => letter.toUpperCase())

/** What is in force where nothing was said. */
export const defaultOf = (given: JsonSchema, root: JsonSchema): unknown => given.default ?? shapeOf(given, root).default

/** Whether a property is shown beside the values of the others. */
export const isShown = (schema: JsonSchema, values: Values): boolean =>
  Object.entries(schema['x-show-if'] ?? {}).every(([name, wanted]) =>
    [wanted].flat().some((one) => one === values[name]),
  )

export interface Group {
  /** `undefined`: what comes first, and always shows. */
  readonly label: string | undefined
  readonly names: readonly string[]
}

/** So many are always shown, though nothing asks for them. */
const FIRST = 3

/**
 * Properties in groups: those that say `x-group` in groups of that name; of the others, what has to be filled in (up to
 * the last that is required or secret) comes first, and the rest, which have defaults, is folded away under `rest`.
 */
export const groupsOf = (schema: JsonSchema, root: JsonSchema, rest: string): readonly Group[] => {
  const entries = Object.entries(schema.properties ?? {})
  const own = entries.filter(([, one]) => one['x-group'] === undefined)
  const last = own.findLastIndex(([name, one]) => schema.required?.includes(name) && defaultOf(one, root) === undefined)
  const secret = own.findLastIndex(([, one], at) => at < FIRST * 2 && kindOf(one, root) === 'secret')
  const cut = Math.max(last + 1, secret + 1, FIRST)
  // Folding one or two away would hide more than it tidies.
  const at = own.length - cut <= 2 ? own.length : cut
  const named = Map.groupBy(
    entries.filter(([, one]) => one['x-group'] !== undefined),
    ([, one]) => one['x-group']!,
  )
  return [
    { label: undefined, names: own.slice(0, at).map(([name]) => name) },
    ...[...named].map(([label, members]) => ({ label, names: members.map(([name]) => name) })),
    { label: rest, names: own.slice(at).map(([name]) => name) },
  ].filter(({ names }) => names.length > 0)
}
