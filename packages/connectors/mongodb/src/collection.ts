/** What every operation on a collection needs: its documents, the conditions on them, and failures in words. */
import { type Condition, type FailureContext, guard, type RunOptions, type Table, type Values } from '@gw/records'
import { type KeyReader, relatedKeys } from '@gw/records/documents'
import type { ClientSession, Collection, Db, Document, Filter } from 'mongodb'
import type { Config } from './config.ts'
import { classify } from './errors.ts'
import { filterFor } from './query/filter.ts'
import { projecting } from './query/read.ts'
import type { Sessions } from './sessions.ts'

interface Connected {
  readonly db: Db
  readonly sessions: Sessions
  hasTransactions(): boolean
}
export interface Runtime extends Connected {
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

export const runtime = (
  connected: Connected,
  { statement_timeout }: Config,
  failures: Omit<FailureContext, 'classify'>,
): Runtime => ({
  ...connected,
  async run(table, options, work) {
    const { db, sessions } = connected
    const session = sessions.of(options)
    const time = statement_timeout > 0 ? { maxTimeMS: statement_timeout } : {}
    const opened: Opened = {
      documents: db.collection(table.native),
      reading: { ...session, ...time, signal: options.signal },
      writing: { ...session, ...time },
      query: async (condition, values) => filterFor(condition, values, await relatedKeys(condition, keyReader(values))),
    }
    const keyReader =
      (values: Values): KeyReader =>
      async (other, fields, where, known, limit) => {
        const shown = projecting(fields)
        const found = db
          .collection(other.native)
          .find(filterFor(where, values, known), { ...opened.reading, ...shown, limit })
        return (await found.toArray()).map((document) => fields.map(({ native }) => document[native] ?? null))
      }
    const context: FailureContext = { ...failures, classify: (error) => classify(error, table.native) }
    return guard(() => work(opened), options.signal, context, options.asker)
  },
})
