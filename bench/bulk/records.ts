/** The records that are loaded: columns of `signups` but for its key, which each database numbers itself. */
import { LAST_NAMES } from '../databases/database.ts'

export const COLUMNS = ['first_name', 'last_name', 'email', 'city', 'credit', 'active', 'created_at'] as const
export type Values = readonly [string, string, string, string | null, number, boolean, string]

export const recordsOf = (count: number): readonly Values[] =>
  Array.from({ length: count }, (_, n) => [
    `First${n % 997}`,
    LAST_NAMES[n % LAST_NAMES.length]!,
    `signup${n}@mail.example`,
    n % 20 === 0 ? null : `City${n % 100}`,
    (n % 10_000) / 100,
    n % 7 !== 0,
    `2026-01-${String(1 + (n % 28)).padStart(2, '0')} 12:00:00`,
  ])

/** What the gateway is sent. */
export const ndjsonOf = (records: readonly Values[]): Buffer =>
  Buffer.from(
    records
      .map((values) => `${JSON.stringify(Object.fromEntries(COLUMNS.map((name, at) => [name, values[at]])))}\n`)
      .join(''),
  )

/** What PostgreSQL's and MariaDB's own loaders are sent; no value holds a tab or a backslash. */
export const tabbedOf = (records: readonly Values[]): Buffer =>
  Buffer.from(
    records
      .map(
        (values) =>
          `${values.map((value) => (value === null ? '\\N' : Number.isNaN(Number(value)) ? value : Number(value))).join('\t')}\n`,
      )
      .join(''),
  )

/** Pieces of a body, as a network would bring them. */
export function* pieces(body: Buffer, size = 65_536): Generator<Buffer> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}
