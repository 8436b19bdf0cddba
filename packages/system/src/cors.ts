/** The CORS rules of the store as the core knows such rules. */
import type { CorsRule } from '@gw/core/governance'
import type { Row } from '@gw/records'

const listOf = (value: unknown): string[] =>
  String(value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const ruleOf = (row: Row): CorsRule => ({
  path: String(row.path),
  origins: listOf(row.origin),
  methods: Array.isArray(row.method) ? row.method.map(String) : [],
  headers: listOf(row.header),
  exposedHeaders: listOf(row.exposed_header),
  maxAge: Number(row.max_age),
  credentials: row.supports_credentials === true,
})

const made = new WeakMap<readonly Row[], readonly CorsRule[]>()

/** The same list for the same rows. */
export const corsRules = (rows: readonly Row[]): readonly CorsRule[] => {
  const known = made.get(rows) ?? rows.map(ruleOf)
  made.set(rows, known)
  return known
}
