/** An example of what a schema describes: values that its author gave, or the plainest ones of its types. */
import { isSchema } from './json-schema.ts'
import type { Direction } from './schemas.ts'
import type { JsonSchema } from './types.ts'

/** Deeper schemas are left out: a reader has understood by then, and some refer to themselves. */
const DEPTH = 6

const FORMATS: Readonly<Record<string, string>> = {
  date: '2024-05-06',
  time: '07:08:09Z',
  'date-time': '2024-05-06T07:08:09Z',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '0b2f1c9e-5d3a-4f6b-8c7d-1e2f3a4b5c6d',
}

const typeOf = ({ type, properties, items }: JsonSchema): unknown => {
  if (Array.isArray(type)) return type.find((one) => one !== 'null')
  return type ?? (isSchema(properties) ? 'object' : items === undefined ? undefined : 'array')
}

const text = ({ format, contentEncoding, minLength, maxLength }: JsonSchema): string => {
  if (typeof format === 'string' && FORMATS[format]) return FORMATS[format]
  if (contentEncoding === 'base64') return 'dGV4dA=='
  const least = typeof minLength === 'number' ? minLength : 0
  const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY
  return 'text'.padEnd(Math.min(least, 100), '.').slice(0, most)
}

const number = ({ minimum, exclusiveMinimum }: JsonSchema, plain: number): number => {
  if (typeof minimum === 'number') return Math.max(minimum, plain)
  return typeof exclusiveMinimum === 'number' ? Math.max(exclusiveMinimum + 1, plain) : plain
}

/**
 * @param resolve follows a reference
 * @param direction what is only read has no place in a request, what is only written none in an answer
 * @returns `undefined` where nothing can be said
 */
export const exampleOf = (
  schema: JsonSchema,
  resolve: (schema: JsonSchema) => JsonSchema,
  direction: Direction,
  depth = 0,
): unknown => {
  if (depth > DEPTH) return undefined
  const one = resolve(schema)
  const inside = (part: unknown): unknown =>
    isSchema(part) ? exampleOf(part, resolve, direction, depth + 1) : undefined
  if (Array.isArray(one.examples) && one.examples.length > 0) return one.examples[0]
  for (const keyword of ['const', 'default']) if (one[keyword] !== undefined) return one[keyword]
  if (Array.isArray(one.enum)) return one.enum[0]
  for (const choice of [one.anyOf, one.oneOf]) if (Array.isArray(choice)) return inside(choice[0])
  if (Array.isArray(one.allOf)) return Object.assign({}, ...one.allOf.map(inside))
  const type = typeOf(one)
  if (type === 'string') return text(one)
  if (type === 'integer') return number(one, 1)
  if (type === 'number') return number(one, 1.5)
  if (type === 'boolean') return true
  if (type === 'array') return [inside(one.items)].filter((item) => item !== undefined)
  if (type !== 'object') return undefined
  const hidden = direction === 'input' ? 'readOnly' : 'writeOnly'
  const members = Object.entries(isSchema(one.properties) ? one.properties : {})
    .filter(([, part]) => isSchema(part) && part[hidden] !== true && part.deprecated !== true)
    .map(([name, part]) => [name, inside(part)] as const)
    .filter(([, value]) => value !== undefined)
  return Object.fromEntries(members)
}
