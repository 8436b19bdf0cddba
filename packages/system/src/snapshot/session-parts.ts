/** What sessions are verified with: keys, and the tokens that ended before their time. */
import type { Row } from '@gw/records'

export interface StoredKey {
  readonly id: number
  readonly kid: string
  /** As it is stored: encrypted. */
  readonly secret: string
  /** Milliseconds since 1970. */
  readonly created: number
}

export interface Revoked {
  /** Until when (milliseconds since 1970) a token has to be remembered, by its `jti`. */
  readonly tokens: ReadonlyMap<string, number>
  /** The number of the last row that was read. */
  readonly last: number
}

export const NONE_REVOKED: Revoked = { tokens: new Map(), last: 0 }

/** Newest first. */
export const keysOf = (rows: readonly Row[]): readonly StoredKey[] =>
  rows
    .map((row) => ({
      id: Number(row.id),
      kid: String(row.kid),
      secret: String(row.secret),
      created: Date.parse(String(row.created)),
    }))
    .sort((a, b) => b.created - a.created || b.id - a.id)

/** @param rows those that were not read before */
export const revokedWith = (before: Revoked, rows: readonly Row[], now: number): Revoked => {
  const fresh = rows.map((row) => [String(row.jti), Date.parse(String(row.expires))] as const)
  return {
    tokens: new Map([...before.tokens, ...fresh].filter(([, expires]) => expires > now)),
    last: Number(rows.at(-1)?.id ?? before.last),
  }
}
