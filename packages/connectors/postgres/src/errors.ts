/** SQLSTATE, and what fails before there is one → the kit's reasons (PostgreSQL manual, appendix A). */
import { networkReason, type SqlFailure, type SqlReason } from '@gw/sql'

/** By code, else by class (the first two characters). */
// biome-ignore format: reads as a table
const REASONS: Readonly<Record<string, SqlReason>> = {
  '08': 'unreachable', '57P01': 'unreachable', '57P02': 'unreachable', '57P03': 'unreachable', '57P05': 'unreachable',
  '28': 'credentials', '3D000': 'missing_database', '42501': 'permission',
  '53': 'resources', '58': 'resources', XX001: 'damaged', XX002: 'damaged',
  '23505': 'unique', '23503': 'foreign_key', '23001': 'foreign_key', '23P01': 'exclusion',
  '23502': 'not_null', '23514': 'check', '44': 'check', P0: 'check',
  '22': 'invalid_value', '22001': 'too_long', '22003': 'out_of_range', '22008': 'out_of_range', '22023': 'invalid_value',
  '42804': 'invalid_value', '42846': 'invalid_value', '42P18': 'invalid_value', '42883': 'not_comparable',
  '428C9': 'not_writable', '42809': 'not_writable', '55000': 'not_writable', '0A000': 'not_writable', '25006': 'read_only',
  '40': 'deadlock', '55P03': 'busy', '57014': 'timeout', '25P03': 'timeout', '25P04': 'timeout',
  '42P01': 'schema_changed', '42703': 'schema_changed', '3F000': 'schema_changed', '26000': 'schema_changed',
  POOL_EXHAUSTED: 'resources', '54': 'too_complex', '42P07': 'exists', '42701': 'exists', '42710': 'exists', '2BP01': 'in_use',
}

/** The driver's own errors have no code. */
const TEXTS: readonly (readonly [RegExp, SqlReason])[] = [
  [/^The server does not support SSL connections/, 'tls'],
  [/^Authentication refused/, 'tls'],
  [/^SASL/, 'credentials'],
  [/^Connection terminated|^timeout expired|is not queryable$|after calling end on the pool/, 'unreachable'],
]

/** A prepared statement that no longer fits its tables, or that the connection has lost: to be prepared anew. */
export const isStale = (error: unknown): boolean => {
  const { code, routine } = error as { code?: unknown; routine?: unknown }
  return (code === '0A000' && routine === 'RevalidateCachedQuery') || code === '26000'
}
/** Stopped by the server, for its own limits or because it was asked to; whatever it did is undone. */
export const isStopped = (error: unknown): boolean => (error as { code?: unknown }).code === '57014'
/**
 * A parameter beside a column of a composite type: the server takes it for a record of no type in particular, which it
 * can not read (`record_in` in its rowtypes.c).
 */
const isComposite = ({ code, routine }: Record<string, unknown>): boolean => code === '0A000' && routine === 'record_in'
export const isPlainOnly = (error: unknown): boolean => TEXTS[0]![0].test((error as Error).message)

export const classify = (error: unknown): SqlFailure | undefined => {
  try {
    const { code, message, constraint, schema, table, column } = error as Record<string, unknown>
    const reason = isStale(error)
      ? 'schema_changed'
      : isComposite(error as Record<string, unknown>)
        ? 'compared_as_text'
        : (byCode(code) ?? byText(message))
    if (!reason) return undefined
    return {
      reason,
      constraint: word(constraint),
      schema: word(schema),
      table: word(table),
      ...(typeof column === 'string' ? { columns: [column] } : {}),
    }
  } catch {
    return undefined
  }
}

const byCode = (code: unknown): SqlReason | undefined => {
  if (typeof code !== 'string') return undefined
  const network = networkReason(code)
  if (network || !/^(?:[0-9A-Z]{5}|POOL_EXHAUSTED)$/.test(code)) return network
  const known = [code, code.slice(0, 2)].find((key) => Object.hasOwn(REASONS, key))
  return known === undefined ? undefined : REASONS[known]
}
const byText = (message: unknown): SqlReason | undefined =>
  typeof message === 'string' ? TEXTS.find(([pattern]) => pattern.test(message))?.[1] : undefined
const word = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
