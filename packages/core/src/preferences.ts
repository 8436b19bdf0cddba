/**
 * What a request prefers (RFC 7240). The names are those that other database APIs know: `return`, `handling`,
 * `tx=rollback`, `max-affected`.
 */
import { GwError } from './errors.ts'

export interface Preferences {
  /** What a write answers of the records: what names them, or all of each. */
  readonly return?: 'minimal' | 'representation' | undefined
  /** Everything is done and answered, and then undone. */
  readonly rollback?: true | undefined
  /** How many records may be changed; only with `handling=strict`. */
  readonly maxAffected?: number | undefined
}

/** `name`, `name=token` or `name="text"`, and parameters behind it, of which none means anything here. */
const PREFERENCE = /^\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*)))?\s*(?:;[^,]*)?$/
const LONGEST = 1_000
/** What must not be passed over because it is written badly. */
const RESTRAINING = /\btx\b|max-affected|handling/i

/** The preferences by name in lower case: the first one of a name counts. */
const named = (header: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  if (header.length > LONGEST) throw new GwError('invalid_request', 'The header Prefer is too long.')
  for (const part of header.split(',')) {
    const [, name, quoted, token] = PREFERENCE.exec(part) ?? []
    if (name === undefined && RESTRAINING.test(part))
      throw new GwError('invalid_request', 'The header Prefer can not be read: write name=value, separated by commas.')
    const key = name?.toLowerCase()
    if (key !== undefined && !found.has(key)) found.set(key, (quoted ?? token ?? '').toLowerCase())
  }
  return found
}

/**
 * Reads a `Prefer` header. Preferences that gw does not know are passed over, as the RFC wants it; one that would
 * keep something from happening must be understood.
 * @throws GwError `invalid_request` for a `tx` or a strict `max-affected` with a value that means nothing
 */
export const preferencesIn = (header: string): Preferences => {
  const found = named(header)
  const tx = found.get('tx')
  if (tx !== undefined && tx !== 'rollback' && tx !== 'commit')
    throw new GwError('invalid_request', 'The preference tx is rollback or commit.')
  const wanted = found.get('return')
  const most = found.get('handling') === 'strict' ? found.get('max-affected') : undefined
  if (most !== undefined && !/^\d{1,15}$/.test(most))
    throw new GwError('invalid_request', 'The preference max-affected is a number of records, for example 10.')
  return {
    ...((wanted === 'minimal' || wanted === 'representation') && { return: wanted }),
    ...(tx === 'rollback' && { rollback: true }),
    ...(most !== undefined && { maxAffected: Number(most) }),
  }
}
