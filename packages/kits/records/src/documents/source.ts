/** A source of documents, put together of what its connector gives. */
import type { Host } from '@gw/core'
import type { Catalog } from '../catalog.ts'
import { type CatalogCache, catalogCache, type Introspected } from '../catalog-cache.ts'
import { type FailureContext, failuresOf, guard, NOBODY } from '../failure.ts'
import type { OpenedSource } from '../service.ts'
import type { RecordsSource } from '../source.ts'
import { tracedSource } from '../spans.ts'
import { type AnswerDocuments, answerDocuments } from './answers.ts'
import { type CollectionWriting, collectionWriter } from './collections.ts'
import { sameTable } from './table.ts'
import type { OpenTransactions } from './transactions.ts'

type Guarded = CollectionWriting['guarded']
type Members = Pick<RecordsSource, 'read' | 'stream' | 'count' | 'group' | 'insert' | 'update' | 'delete' | 'truncate'>

export interface DocumentSource {
  /** The service type's name. */
  readonly type: string
  readonly host: Host
  readonly config: { readonly schema_refresh: number; readonly idempotency_keys: boolean }
  readonly classify: FailureContext['classify']
  /** The catalogue by the names that callers use, for failures to be told by. */
  named(): Catalog
  introspect(signal: AbortSignal): Promise<Introspected>
  /** Finds out what the deployment can do. */
  greet(signal: AbortSignal): Promise<void>
  ping(signal: AbortSignal): Promise<void>
  close(): Promise<void>
  /** Whether it has transactions, as far as is known. */
  hasTransactions(): boolean
  readonly transactions: Pick<OpenTransactions<unknown>, 'transaction'>
  /** What the source calls what it is asked for. */
  readonly operations: NonNullable<Parameters<typeof tracedSource>[3]>
  members(failures: Omit<FailureContext, 'classify'>): Members
  readonly collections: Omit<CollectionWriting, 'catalog' | 'guarded'>
  readonly answers: AnswerDocuments
}

export const documentSource = (given: DocumentSource): Required<OpenedSource> => {
  const { host, config, classify, transactions } = given
  const failures = failuresOf(() => catalog, given.named)
  const guarded: Guarded = async (work, signal) => guard(work, signal, { ...failures, classify }, NOBODY)
  const catalog: CatalogCache = catalogCache({
    read: (signal) => guarded(() => given.introspect(signal), signal),
    isUnchanged: sameTable,
    onChange: () => host.emit('catalog.changed', {}),
    log: host.log,
    interval: config.schema_refresh,
  })
  const source: RecordsSource = {
    capabilities: {
      // Only the deployment knows, and only once it was asked.
      get transactions() {
        return given.hasTransactions()
      },
      // A write to what its transaction has read, and somebody else has changed since, ends the transaction.
      get locking() {
        return given.hasTransactions()
      },
      documents: true,
      insensitiveLike: true,
      grouping: true,
    },
    catalog: catalog.current,
    refresh: catalog.refresh,
    schema: collectionWriter({ ...given.collections, catalog, guarded }),
    ...given.members(failures),
    transaction: (work, signal) => guarded(() => transactions.transaction(work, signal), signal),
    ...(config.idempotency_keys && { answers: answerDocuments(given.answers, { log: host.log, guarded }) }),
  }
  return {
    source: host.span ? tracedSource(source, host.span, given.type, given.operations) : source,
    catalog,
    greet: (signal) => guarded(() => given.greet(signal), signal),
    ping: (signal) => guarded(() => given.ping(signal), signal),
    close: given.close,
  }
}
