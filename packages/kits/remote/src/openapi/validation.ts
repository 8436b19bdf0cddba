/** Standard schemas from JSON Schema, made when they are first looked at: a large document has thousands. */
import { Validator } from '@cfworker/json-schema'
import type { Schema } from '@gw/core'
import { isNode } from './node.ts'

type Json = Record<string, unknown>
type Path = readonly PropertyKey[]
export interface Issue {
  readonly message: string
  readonly path: Path
}

/** Keywords whose complaint is that something within them complains. */
// biome-ignore format: reads as a table
const OUTER = new Set([
  '$ref', 'properties', 'items', 'prefixItems', 'additionalProperties', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else',
])
const MAX_ISSUES = 10

/**
 * A document's patterns are not run: whoever wrote it never promised that they end, and what is checked is a caller's.
 * The service behind checks them.
 */
const withoutPatterns = (value: unknown, asSchema = true): unknown => {
  if (Array.isArray(value)) return value.map((one) => withoutPatterns(one))
  if (!isNode(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => {
      if (asSchema && (name === 'pattern' || name === 'examples' || name === 'default')) return []
      if (asSchema && (name === 'enum' || name === 'const')) return [[name, part]]
      return [[name, withoutPatterns(part, !(asSchema && (name === 'properties' || name === '$defs')))]]
    }),
  )
}

const pathOf = (location: string): Path =>
  location
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))

const validatorOf = (schema: Json): ((value: unknown) => readonly Issue[]) => {
  const validator = new Validator(withoutPatterns(schema) as never, '2020-12', false)
  return (value) => {
    const { valid, errors } = validator.validate(value)
    if (valid) return []
    const inner = errors.filter(({ keyword }) => !OUTER.has(keyword))
    return (inner.length > 0 ? inner : errors)
      .slice(0, MAX_ISSUES)
      .map(({ error, instanceLocation }) => ({ message: error, path: pathOf(instanceLocation) }))
  }
}

const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** A value that is nested deeper than the checks can go is not valid. */
const checked = (check: (value: unknown) => readonly Issue[], value: unknown): readonly Issue[] => {
  try {
    return check(value)
  } catch (error) {
    if (error instanceof RangeError) return [{ message: 'It is nested too deeply.', path: [] }]
    throw error
  }
}

/**
 * A schema for documents and for checks. It gives out what it was given: a service passes calls on, it does not
 * rewrite them.
 * @param make the JSON Schema
 * @param read what is checked, from what was sent
 */
export const lazySchema = (make: () => Json, read: (value: unknown) => unknown = (value) => value): Schema => {
  const schema = lazily(make)
  const check = lazily(() => validatorOf(schema()))
  return {
    '~standard': {
      version: 1,
      vendor: 'gw',
      validate(value) {
        const issues = checked(check(), read(value))
        return issues.length > 0 ? { issues } : { value }
      },
      jsonSchema: { input: schema, output: schema },
    },
  } as Schema
}
