/** What of a record was changed: by path, so that one changed setting of a large configuration is one line. */
import type { FieldChange } from '../../api/operations.ts'

export interface Difference {
  /** `config.host` */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const differencesAt = (path: string, before: unknown, after: unknown): readonly Difference[] => {
  const nested = isObject(before) || isObject(after)
  const fitting = [before, after].every((one) => one === undefined || one === null || isObject(one))
  if (!nested || !fitting) return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }]
  const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}]
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  return names.flatMap((name) => differencesAt(`${path}.${name}`, old[name], now[name]))
}

/** A secret that was changed is the same mask on both sides: it is listed all the same. */
export const differencesOf = (changes: Readonly<Record<string, FieldChange>>): readonly Difference[] =>
  Object.entries(changes).flatMap(([path, { before, after }]) => {
    const found = differencesAt(path, before, after)
    return found.length > 0 ? found : [{ path, before, after }]
  })
