/** What a role permits, and what it demands in return. */

/** One condition of a role's row filter: `{ name: 'owner_id', operator: '=', value: '{user.id}' }`. */
export interface RowCondition {
  readonly name: string
  /** `=`, `!=`, `>`, `<`, `>=`, `<=`, `in`, `not in`, `starts with`, `ends with`, `contains`, `like`, `is null`, `is not null`; any case. */
  readonly operator: string
  /** May hold lookups (`{user.id}`), resolved for each call; one that does not resolve makes the condition false. */
  readonly value?: unknown
}
export interface RowFilter {
  readonly op: 'AND' | 'OR'
  readonly conditions: readonly RowCondition[]
}

/**
 * A permission and its obligations. The same rows of the same role always give the same object, so that a kit
 * may key caches by its identity. A service whose capabilities do not say that it honours an obligation is
 * refused by the kernel, never trusted.
 */
export interface Grant {
  /** Row predicates, all to be ANDed into every read and write. Needs `capabilities.rowFilters`. */
  readonly filters: readonly RowFilter[]
  /** Fields neither read, written, filtered nor sorted by; lower-case. Needs `capabilities.fieldRules`. */
  readonly deny: readonly string[]
}
