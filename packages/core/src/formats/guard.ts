/** What every parsed body is checked for, whatever its format. */
import { GwError } from '../errors.ts'

/** Levels of nesting that a body may have: far more than any record needs, far less than a stack holds. */
export const MAX_DEPTH = 100

/** A refusal of a request body. */
export const badBody = (message: string): GwError => new GwError('invalid_request', message)

export const tooDeep = (): GwError =>
  badBody(`The request body is nested more than ${MAX_DEPTH} levels deep. Send a flatter one.`)

/** Refuses a field name that could reach an object's prototype once the body is copied or merged. */
export const checkName = (name: string): string => {
  if (name === '__proto__') throw badBody("A field can't be called '__proto__'.")
  return name
}

/**
 * Refuses nesting beyond `MAX_DEPTH`, `__proto__` keys and `constructor.prototype` paths.
 * @throws {GwError} `invalid_request`
 */
export const guard = (value: unknown, depth = 1): void => {
  if (typeof value !== 'object' || value === null) return
  if (depth > MAX_DEPTH) throw tooDeep()
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') guard(item, depth + 1)
    return
  }
  for (const key in value) {
    checkName(key)
    const child = (value as Record<string, unknown>)[key]
    if (typeof child !== 'object' || child === null) continue
    if (key === 'constructor' && Object.hasOwn(child, 'prototype')) {
      throw badBody("A field can't be called 'constructor.prototype'.")
    }
    guard(child, depth + 1)
  }
}
