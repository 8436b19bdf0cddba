/** What every operation on a collection needs: its documents, the conditions on them, and failures in words. */
import { GwError, type Host } from '@gw/core'
import {
  type CatalogCache,
  type Condition,
  type FailureContext,
  guard,
  type RunOptions,
  type Table,
  type Values,
} from '@gw/records'
import type { ClientSession, Collection, Document, Filter } from 'mongodb'
import type { Config } from './config.ts'
import type { Deployment } from './connection.ts'
import { classify } from './errors.ts'
import { filterFor, type RelatedKeys, relatedIn } from './query/filter.ts'
import type { Sessions } from './sessions.ts'

export interface Runtime {
  readonly deployment: Deployment
  readonly sessions: Sessions
  /** Runs work on a table's documents; whatever it fails with leaves as a `GwError`. */
  run<T>(table: Table, options: RunOptions, work: (opened: Opened) => Promise<T>): Promise<T>
}
export interface Opened {
  readonly documents: Collection<Document>
  readonly reading: { readonly session?: ClientSession; readonly signal: AbortSignal; readonly maxTimeMS?: number }
  readonly writing: { readonly session?: ClientSession; readonly maxTimeMS?: number }
  /** The condition as a query, after what it says of other collections was found out. */
  query(condition: Condition | undefined, values: Values): Promise<Filter<Document>>
}

/** Most related records that a filter may go by: their keys become part of the query. */
const MOST_KEYS = 50_000

const tooMany = (table: Table): GwError =>
  new GwError(
    'invalid_request',
    `The filter is met by more than ${MOST_KEYS} records of "${table.name}": narrow what it says of them.`,
  )

export const runtime = (
  deployment: Deployment,
  sessions: Sessions,
  { statement_timeout }: Config,
  failures: Omit<FailureContext, 'classify'>,
): Runtime => ({
  deployment,
  sessions,
  async run(table, options, work) {
    const { db } = deployment
    const session = sessions.of(options)
    const time = statement_timeout > 0 ? { maxTimeMS: statement_timeout } : {}
    const opened: Opened = {
      documents: db.collection(table.native),
      reading: { ...session, ...time, signal: options.signal },
      writing: { ...session, ...time },
      async query(condition, values) {
        const related = new Map<Condition, readonly (readonly unknown[])[]>()
        for (const one of relatedIn(condition)) related.set(one, await keysOf(one, values, related))
        return filterFor(condition, values, related)
      },
    }
    const keysOf = async (
      { table: other, references, where }: ReturnType<typeof relatedIn>[number],
      values: Values,
      related: RelatedKeys,
    ): Promise<readonly (readonly unknown[])[]> => {
      const filter = filterFor(where, values, related)
      const projection = { _id: 0, ...Object.fromEntries(references.map(({ native }) => [native, 1])) }
      const found = await db
        .collection(other.native)
        .find(filter, { ...opened.reading, projection, limit: MOST_KEYS + 1 })
        .toArray()
      if (found.length > MOST_KEYS) throw tooMany(other)
      // What is null belongs to nothing.
      return found
        .map((document) => references.map(({ native }) => document[native] ?? null))
        .filter((key) => !key.includes(null))
    }
    const context: FailureContext = { ...failures, classify: (error) => classify(error, table.native) }
    return guard(() => work(opened), options.signal, context, options.asker)
  },
})

/** What failures are told by. */
export const failuresOf = (
  catalog: CatalogCache,
  named: () => readonly Table[],
  log: Host['log'],
): Omit<FailureContext, 'classify'> => ({
  known() {
    const known = catalog.known()
    return known && { tables: named(), constraints: known.constraints }
  },
  onFailure({ reason }) {
    if (reason === 'schema_changed') catalog.refreshSoon()
    if (reason === 'credentials' || reason === 'permission') log.warn('The database refused the service.', { reason })
  },
})
