/** The driver's and the server's failures → the family's reasons. Codes: MongoDB's `error_codes.yml`. */
import type { Failure, Reason } from '@gw/records'
import { MongoNetworkError, MongoParseError, MongoServerError, MongoServerSelectionError } from 'mongodb'

// biome-ignore format: reads as a table
const REASONS: Readonly<Record<number, Reason>> = {
  11000: 'unique', 11001: 'unique', 12582: 'unique',
  121: 'check',
  2: 'invalid_value', 14: 'invalid_value', 9: 'invalid_value', 28: 'invalid_value', 40: 'invalid_value',
  52: 'invalid_value', 57: 'invalid_value', 16389: 'invalid_value', 66: 'not_writable',
  10334: 'too_complex', 17419: 'too_complex', 17420: 'too_complex', 16819: 'too_complex', 292: 'too_complex',
  112: 'deadlock', 251: 'deadlock', 244: 'deadlock', 246: 'deadlock',
  24: 'busy', 46: 'busy', 202: 'resources', 146: 'resources', 14031: 'resources',
  50: 'timeout', 262: 'timeout', 89: 'timeout',
  18: 'credentials', 13: 'permission', 166: 'read_only', 167: 'read_only',
  26: 'schema_changed', 175: 'schema_changed', 48: 'exists',
  6: 'unreachable', 7: 'unreachable', 91: 'unreachable', 189: 'unreachable', 10107: 'unreachable',
  11600: 'unreachable', 11602: 'unreachable', 13435: 'unreachable', 13436: 'unreachable',
}

/** `index: email_1 dup key: { … }`: the name, and never the value. */
const indexIn = (message: string): string | undefined => /index: (?:\S+\.\$)?(\S+) dup key/.exec(message)?.[1]

const networkReason = (error: Error): Reason => {
  const text = `${error.message} ${String((error as { readonly cause?: unknown }).cause ?? '')}`
  return /certificate|self.signed|\bSSL\b|\bTLS\b|altname/i.test(text) ? 'tls' : 'unreachable'
}

/**
 * @param collection where it happened, so that an index of it can be found by its name
 * @returns `undefined` for what is no failure of the database
 */
export const classify = (error: unknown, collection?: string): Failure | undefined => {
  if (error instanceof MongoServerSelectionError || error instanceof MongoNetworkError)
    return { reason: networkReason(error) }
  if (error instanceof Error && error.name === 'MongoWaitQueueTimeoutError') return { reason: 'resources' }
  if (error instanceof MongoParseError) return { reason: 'unreachable' }
  if (!(error instanceof MongoServerError)) return undefined
  const reason = REASONS[Number(error.code)]
  if (reason !== 'unique') return reason && { reason }
  return { reason, constraint: indexIn(error.message), table: collection }
}
