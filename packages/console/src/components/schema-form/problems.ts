/** What can be told to be wrong without asking the gateway, which checks everything anyway. */
import type { JsonSchema } from '../../api/types.ts'
import { forms } from '../../text/forms.ts'
import { defaultOf, isShown, kindOf, shapeOf, type Values } from './schema.ts'
import { BrokenJson, isEmpty } from './values.ts'

/** By path: `host`, `oauth2.token_url`, `headers.0.name`. */
export type Problems = Readonly<Record<string, readonly string[]>>

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textProblem = (text: string, { minLength, maxLength, pattern }: JsonSchema): string | undefined => {
  if (minLength !== undefined && minLength > 1 && text.length < minLength) return forms.shorter(minLength)
  if (maxLength !== undefined && text.length > maxLength) return forms.longer(maxLength)
  if (pattern !== undefined && !matches(pattern, text)) return forms.pattern
  return undefined
}

/** A pattern that this engine does not know is the gateway's to check. */
const matches = (pattern: string, text: string): boolean => {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}

const numberProblem = (value: unknown, { minimum, maximum, exclusiveMinimum }: JsonSchema, whole: boolean) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return forms.notNumber
  if (whole && !Number.isInteger(value)) return forms.notInteger
  const least = minimum ?? exclusiveMinimum
  if (least !== undefined && value < least) return forms.atLeast(least)
  if (maximum !== undefined && value > maximum) return forms.atMost(maximum)
  return undefined
}

const ofValue = (given: JsonSchema, root: JsonSchema, value: unknown, path: string): readonly [string, string][] => {
  const shape = shapeOf(given, root)
  switch (kindOf(given, root, value)) {
    case 'text':
    case 'long': {
      const found = typeof value === 'string' ? textProblem(value, shape) : undefined
      return found ? [[path, found]] : []
    }
    case 'integer':
    case 'number': {
      const found = numberProblem(value, shape, kindOf(given, root, value) === 'integer')
      return found ? [[path, found]] : []
    }
    case 'object':
      return isObject(value) ? ofObject(shape, root, value, `${path}.`) : []
    case 'rows':
      return Array.isArray(value)
        ? value.flatMap((row, at) =>
            isObject(row) ? ofObject(shapeOf(shape.items!, root), root, row, `${path}.${at}.`) : [],
          )
        : []
    case 'json':
      return value instanceof BrokenJson ? [[path, forms.notJson]] : []
    default:
      return []
  }
}

const ofObject = (schema: JsonSchema, root: JsonSchema, values: Values, prefix: string): readonly [string, string][] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    if (!isShown(one, values)) return []
    const value = values[name]
    const missing = isEmpty(value) && schema.required?.includes(name) && defaultOf(one, root) === undefined
    if (missing) return [[`${prefix}${name}`, forms.required] as [string, string]]
    return isEmpty(value) ? [] : ofValue(one, root, value, `${prefix}${name}`)
  })

/** @param schema of an object */
export const problemsIn = (schema: JsonSchema, values: Values): Problems =>
  Object.fromEntries(ofObject(schema, schema, values, '').map(([path, text]) => [path, [text]]))
