/**
 * The families of database failures: what each means to a caller. A connector maps its driver's codes to a reason;
 * code, retry and text follow from here, so that no driver's text, query or address can reach a client.
 */
import { type ErrorCode, GwError, mended, type Ready } from '@gw/core'
import type { Catalog, Table } from './catalog.ts'
import type { CatalogCache } from './catalog-cache.ts'
import { mayHear } from './describe.ts'

/** A driver's failure in the family's words. Names are the source's own; they become API names here. */
export interface Failure {
  /** Decides the error code, whether a retry helps, and the text: see `FAILURES`. */
  readonly reason: Reason
  readonly constraint?: string | undefined
  readonly schema?: string | undefined
  readonly table?: string | undefined
  readonly columns?: readonly string[] | undefined
}

/** What a violation can be told by. */
export interface Constraint {
  readonly name: string
  readonly schema?: string | undefined
  /** Native names. */
  readonly table: string
  readonly columns: readonly string[]
}

interface Family {
  readonly code: ErrorCode
  readonly retryable?: true
  /** `table` and `fields` are API names, present where they are known. */
  text(names: { readonly table: string | undefined; readonly fields: readonly string[] }): string
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
const inTable = (table: string | undefined) => (table ? ` in "${table}"` : '')

export const FAILURES = {
  unique: {
    code: 'conflict',
    text: ({ table, fields }) =>
      `A record with the same ${fields.length ? quoted(fields) : 'unique value'} already exists${inTable(table)}.`,
  },
  foreign_key: {
    code: 'conflict',
    text: ({ table, fields }) =>
      fields.length
        ? `The reference in ${quoted(fields)}${table ? ` of "${table}"` : ''} does not hold: the other record is missing, or is still referred to.`
        : 'A reference does not hold: the record referred to is missing, or this record is still referred to.',
  },
  exclusion: { code: 'conflict', text: ({ table }) => `The record conflicts with another one${inTable(table)}.` },
  not_null: {
    code: 'invalid_request',
    text: ({ fields }) => (fields.length ? `Field ${quoted(fields)} can not be NULL.` : 'A required field is missing.'),
  },
  check: {
    code: 'invalid_request',
    text: ({ table }) => `The record breaks a rule${table ? ` of "${table}"` : ''} about its values.`,
  },
  invalid_value: {
    code: 'invalid_request',
    text: ({ fields }) =>
      fields.length
        ? `Field ${quoted(fields)} can not hold the value given.`
        : 'A value does not fit the type of its field.',
  },
  not_comparable: {
    code: 'invalid_request',
    text: () => 'A field of this type can not be compared or sorted in this way.',
  },
  compared_as_text: {
    code: 'invalid_request',
    text: () =>
      'A field that is made of several values can not be compared with one value. In a filter, LIKE compares its text, and IS NULL finds records without it.',
  },
  out_of_range: { code: 'invalid_request', text: () => 'A number or date lies outside the range of its field.' },
  too_long: { code: 'invalid_request', text: () => 'A value is too long for its field.' },
  not_writable: { code: 'invalid_request', text: () => 'The table, or one of the fields, can not be written.' },
  too_complex: { code: 'invalid_request', text: () => 'The request is too large or too complex for the database.' },
  deadlock: {
    code: 'conflict',
    retryable: true,
    text: () => 'The call collided with another one and was undone; try again.',
  },
  busy: { code: 'unavailable', retryable: true, text: () => 'The database is busy with another writer; try again.' },
  schema_changed: {
    code: 'conflict',
    retryable: true,
    text: () => 'The table was changed while the call was made; try again.',
  },
  exists: { code: 'conflict', text: () => 'Something of that name exists in the database already.' },
  in_use: {
    code: 'conflict',
    text: () => 'Something else in the database (a view, a reference, an index) depends on it; change that first.',
  },
  timeout: {
    code: 'upstream_timeout',
    retryable: true,
    text: () => 'The database took too long and the statement was stopped; narrow the request or try again.',
  },
  unreachable: {
    code: 'unavailable',
    retryable: true,
    text: () => 'The database can not be reached; try again later.',
  },
  credentials: { code: 'unavailable', text: () => "The database refused the service's credentials." },
  tls: {
    code: 'unavailable',
    text: () => 'The database can not be reached over a connection as secure as the service asks for.',
  },
  permission: {
    code: 'unavailable',
    text: () => "The service's database user lacks the rights for this; its operator has to grant them.",
  },
  missing_database: { code: 'unavailable', text: () => "The service's database does not exist, or can not be opened." },
  resources: {
    code: 'unavailable',
    retryable: true,
    text: () => 'The database is out of connections, memory or disk space; try again later.',
  },
  damaged: { code: 'unavailable', text: () => 'The database file is damaged or is not a database.' },
  read_only: { code: 'not_supported', text: () => 'The database is open for reading only.' },
} as const satisfies Record<string, Family>

export type Reason = keyof typeof FAILURES

/** What is known of the database's schema when a failure is put into words. */
export interface Known {
  readonly tables: readonly Table[]
  readonly constraints: readonly Constraint[]
}

/** By whose rights a failure may name tables and fields; absent: it may name all. */
export type Asker = Parameters<typeof mayHear>[0] | undefined

/** Whose rights are not known: nothing is named. */
export const NOBODY: Asker = {
  access() {
    throw new GwError('forbidden', 'Nobody may use this.')
  },
}

/**
 * A failure as the caller reads it. Only names that the catalogue holds and the caller may know are told, in the API's
 * spelling: a record can be held by a table that is closed to them, and a rule can be about a denied field.
 */
export const failureError = (failure: Failure, known: Known | undefined, cause: unknown, asker?: Asker): GwError => {
  const family: Family = FAILURES[failure.reason]
  const constraint = failure.constraint === undefined ? undefined : findConstraint(failure, known)
  const native = failure.table ?? constraint?.table
  const found = tablesBy(known?.tables, native).find(
    ({ schema }) => failure.schema === undefined || schema === undefined || schema === failure.schema,
  )
  const named = (failure.columns ?? constraint?.columns ?? []).flatMap(
    (column) => found?.fields.find(({ native }) => native === column)?.name ?? [],
  )
  const heard = (names: readonly string[]) => found !== undefined && (!asker || mayHear(asker, found, names))
  const table = heard([]) ? found : undefined
  const fields = heard(named) ? named : []
  return new GwError(family.code, family.text({ table: table?.name, fields }), {
    cause,
    retryable: family.retryable === true,
    // Nobody can tell when a database is back; it is asked again at the first call.
    ...(family.code === 'unavailable' && family.retryable ? { headers: { 'retry-after': '1' } } : {}),
    ...(fields.length > 0 ? { details: { fields } } : {}),
  })
}

/** What has a name, found without looking through all of it: a large database has tens of thousands. */
const indexed = <T extends object>(nameOf: (item: T) => string) => {
  const indexes = new WeakMap<readonly T[], ReadonlyMap<string, readonly T[]>>()
  return (items: readonly T[] | undefined, name: string | undefined): readonly T[] => {
    if (items === undefined || name === undefined) return []
    const index = indexes.get(items) ?? Map.groupBy(items, nameOf)
    indexes.set(items, index)
    return index.get(name) ?? []
  }
}
const tablesBy = indexed((table: Table) => table.native)
const constraintsBy = indexed((constraint: Constraint) => constraint.name)

const findConstraint = ({ constraint, schema, table }: Failure, known: Known | undefined) =>
  constraintsBy(known?.constraints, constraint).find(
    (item) =>
      (table === undefined || item.table === table) &&
      (schema === undefined || item.schema === undefined || item.schema === schema),
  )

/** How failures are told. */
export interface FailureContext {
  classify(error: unknown): Failure | undefined
  known(): Known | undefined
  onFailure?(failure: Failure): void
}

/** How failures of a source are told whose catalogue is looked at again. @param named by the names that callers use */
export const failuresOf = (
  catalog: () => Pick<CatalogCache, 'known' | 'refreshSoon'>,
  named?: () => Catalog,
): Pick<FailureContext, 'known' | 'onFailure'> => ({
  known() {
    const known = catalog().known()
    return known && named ? { tables: named().tables, constraints: known.constraints } : known
  },
  onFailure({ reason }) {
    if (reason === 'schema_changed') catalog().refreshSoon()
  },
})

/** Runs database work; whatever it fails with leaves as a `GwError`. */
export const guard = <T>(work: () => Ready<T>, signal: AbortSignal, context: FailureContext, asker?: Asker): Ready<T> =>
  mended(work, (error) => {
    if (GwError.is(error)) throw error
    if (signal.aborted) throw stopped(signal, error)
    const failure = context.classify(error)
    if (!failure) throw new GwError('upstream_failed', 'The database reported an error.', { cause: error })
    context.onFailure?.(failure)
    throw failureError(failure, context.known(), error, asker)
  })

/** The call was given up: by its caller, its deadline or the service's end. */
const stopped = ({ reason }: AbortSignal, cause: unknown): GwError =>
  GwError.is(reason)
    ? reason
    : new GwError('upstream_timeout', 'The call was stopped before the database had answered.', { cause })
