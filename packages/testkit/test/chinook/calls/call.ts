/** What every Chinook is asked, spelled for SQLite, and in what the answers may differ. */

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: unknown
  /** The status that all must answer. Default: 200. */
  readonly status?: number
  /** In what the bodies may differ. */
  readonly differs?: keyof typeof DIFFERENCES
}

const withoutReference = (value: any): any => {
  if (Array.isArray(value)) return value.map(withoutReference)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, inner]) => [name, withoutReference(inner)])
  const rest = Object.fromEntries(members)
  return value.status_code === 409 ? { ...rest, message: 'conflict', context: null } : rest
}

/** The documented differences: why, and what of a body is the same all the same. */
export const DIFFERENCES = {
  order: {
    why: 'Rows that no order was asked for come in the order of the database.',
    level: (body: any): unknown => ({
      ...body,
      resource: body.resource.map((row: unknown) => JSON.stringify(row)).toSorted(),
    }),
  },
  cursor: {
    why: 'A cursor holds the names of its table and fields.',
    level: (body: any): unknown => ({ ...body, meta: { next_cursor: typeof body.meta?.next_cursor } }),
  },
  native: {
    why: 'Each database has names of its own for types.',
    level: ({ db_type: _db, native: _native, ...body }: any): unknown => body,
  },
  step: {
    why: 'The message of a step that failed names its path.',
    level: (body: any): unknown => ({ status: body.error?.status_code }),
  },
  reference: {
    why: 'PostgreSQL and MariaDB say which reference does not hold, SQLite only that one does not.',
    level: withoutReference,
  },
} as const

/** A read of `_table`. */
export const get = (path: string, query: Call['query'] = {}, more: Partial<Call> = {}): Call => ({
  path: `_table/${path}`,
  query,
  ...more,
})
/** A write to `_table`. */
export const call = (
  method: Call['method'] & string,
  path: string,
  body?: unknown,
  more: Partial<Call> = {},
): Call => ({
  method,
  path: `_table/${path}`,
  ...(body !== undefined && { body }),
  ...more,
})
