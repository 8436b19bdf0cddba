import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigurationError, type Problem, pathOf } from './problems.ts'

/** A value that is taken from the environment or a file when it is used: `${env:NAME}`, `${file:path}`. */
export type Reference = `\${env:${string}}` | `\${file:${string}}`

/** `$${env:X}` is how the text `${env:X}` itself is written. */
const REFERENCE = /(\$?)\$\{(env|file):([^}]*)\}/g

export interface InterpolationContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where relative paths begin. */
  readonly root: string
  /** Values to leave as they are, by path. */
  readonly skip?: (path: readonly PropertyKey[]) => boolean
}

/**
 * Replaces `${env:X}`, `${env:X:-default}` and `${file:path}` in every string of a value. What comes in by a
 * reference is taken literally, whatever it holds. Functions, classes' instances and keys are left alone.
 * @throws ConfigurationError naming every reference that leads nowhere, never a value
 */
export const interpolate = <T>(value: T, context: InterpolationContext): T => {
  const problems: Problem[] = []
  const result = mapStrings(value, [], context.skip, (text, path) =>
    text.replace(REFERENCE, (whole, escaped: string, kind: string, argument: string) => {
      if (escaped) return whole.slice(1)
      const found = kind === 'env' ? fromEnvironment(argument, context) : fromFile(argument, context)
      if (found.reason === undefined) return found.value
      problems.push({ path: pathOf(path), message: `${whole} cannot be resolved: ${found.reason}` })
      return ''
    }),
  )
  if (problems.length > 0) throw new ConfigurationError(problems)
  return result as T
}

/** The absolute paths of all files that a value names by `${file:…}`. */
export const referencedFiles = (value: unknown, root: string): readonly string[] => {
  const files = new Set<string>()
  mapStrings(value, [], undefined, (text) => {
    for (const [, escaped, kind, path] of text.matchAll(REFERENCE)) {
      if (!escaped && kind === 'file' && path) files.add(resolve(root, path.trim()))
    }
    return text
  })
  return [...files]
}

type Found = { readonly value: string; readonly reason?: undefined } | { readonly reason: string }

const fromEnvironment = (argument: string, { env }: InterpolationContext): Found => {
  const [, name = '', standard] = /^(.*?)(?::-([\s\S]*))?$/.exec(argument) ?? []
  const value = Object.hasOwn(env, name.trim()) ? env[name.trim()] : undefined
  // As in a shell, `:-` also stands in for an empty variable.
  if (standard !== undefined) return { value: value || standard }
  if (value !== undefined) return { value }
  return {
    reason: `the environment variable ${name.trim()} is not set. Set it, in the environment or in .env.`,
  }
}

const fromFile = (argument: string, { root }: InterpolationContext): Found => {
  try {
    return { value: readFileSync(resolve(root, argument.trim()), 'utf8').trim() }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'the file may not be read'
          : `the file cannot be read (${code})`
    return { reason: `${reason}. Relative paths begin at the folder of the configuration.` }
  }
}

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

const mapStrings = (
  value: unknown,
  path: readonly PropertyKey[],
  skip: InterpolationContext['skip'],
  change: (text: string, path: readonly PropertyKey[]) => string,
): unknown => {
  if (skip?.(path)) return value
  if (typeof value === 'string') return change(value, path)
  if (Array.isArray(value)) return value.map((item, index) => mapStrings(item, [...path, index], skip, change))
  // A service type is an imported value, not configuration, though it may be a plain object.
  if (typeof value !== 'object' || value === null || !isPlain(value) || typeof (value as any).create === 'function')
    return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, [...path, key], skip, change)]),
  )
}
