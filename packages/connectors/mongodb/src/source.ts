/** A MongoDB database as a source of records. */
import type { Host } from '@gw/core'
import {
  type Catalog,
  catalogCache,
  failuresOf,
  guard,
  NOBODY,
  type OpenedSource,
  type RecordsSource,
  rememberingOnly,
} from '@gw/records'
import { sameTable } from '@gw/records/documents'
import { introspect } from './catalog/collections.ts'
import { type Runtime, runtime } from './collection.ts'
import type { Config } from './config.ts'
import { deployment } from './connection.ts'
import { classify } from './errors.ts'
import { filterFor } from './query/filter.ts'
import { groupPipeline, pipelineFor, readingFor } from './query/read.ts'
import { sessions } from './sessions.ts'
import { rowReader } from './values/read.ts'
import { writer } from './write.ts'

/** Documents of one batch of a stream. */
const BATCH = 500

type Reader = Required<Pick<RecordsSource, 'read' | 'stream' | 'count' | 'group'>>

const reader = ({ run }: Runtime): Reader => ({
  read: (plan, values, options) =>
    run(plan.table, options, async ({ documents, reading, query }) => {
      const filter = await query(plan.where, values)
      const asked = readingFor(plan, values)
      const { sort, skip, limit, shown } = asked
      // MongoDB reads a limit of nought as none.
      if (limit < 1) return []
      const cursor = sort
        ? documents.find(filter, { ...reading, ...shown, sort, skip, limit })
        : documents.aggregate(pipelineFor(filter, asked), reading)
      return (await cursor.toArray()).map(rowReader(plan.table, plan.fields, plan.rest))
    }),
  async *stream(plan, values, options) {
    const asked = readingFor(plan, values)
    const row = rowReader(plan.table, plan.fields, plan.rest)
    const cursor = await run(plan.table, options, async ({ documents, reading, query }) => {
      const filter = await query(plan.where, values)
      // A stream takes as long as its reader likes.
      const { maxTimeMS: _, ...unbounded } = reading
      return documents.aggregate(pipelineFor(filter, asked), { ...unbounded, batchSize: BATCH })
    })
    try {
      for (;;) {
        const more = await run(plan.table, options, () => cursor.hasNext())
        if (!more) return
        yield cursor.readBufferedDocuments(BATCH).map(row)
      }
    } finally {
      await cursor.close()
    }
  },
  count: (plan, values, options) =>
    run(plan.table, options, async ({ documents, reading, query }) =>
      documents.countDocuments(await query(plan.where, values), reading),
    ),
  group: (plan, values, options) =>
    run(plan.table, options, async ({ documents, reading, query }) => {
      const having = plan.having && filterFor(plan.having, values)
      const pipeline = groupPipeline(plan, await query(plan.where, values), having, values)
      const found = await documents.aggregate(pipeline, reading).toArray()
      return found.map(rowReader(plan.table, plan.fields))
    }),
})

/**
 * Opens nothing: connections are made on first use.
 * @param named the catalogue by the names that callers use, for failures to be told by
 */
export const mongoSource = (config: Config, host: Host, named: () => Catalog): Required<OpenedSource> => {
  const opened = deployment(config)
  const transactions = sessions(opened.client)
  const failures = failuresOf(() => catalog, named)
  const guarded = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> =>
    guard(work, signal, { ...failures, classify }, NOBODY)
  const catalog = catalogCache({
    read: (signal) => guarded(() => introspect(opened.db, config, signal), signal),
    isUnchanged: sameTable,
    onChange: () => host.emit('catalog.changed', {}),
    log: host.log,
    interval: config.schema_refresh,
  })
  const running = runtime(opened, transactions, config, failures)
  const source: RecordsSource = {
    capabilities: {
      // Only the deployment knows, and only once it was asked.
      get transactions() {
        return opened.transactions()
      },
      insensitiveLike: true,
      grouping: true,
    },
    catalog: catalog.current,
    refresh: catalog.refresh,
    schema: rememberingOnly('MongoDB'),
    ...reader(running),
    ...writer(running),
    transaction: (work, signal) => guarded(() => transactions.transaction(work, signal), signal),
  }
  return {
    source,
    catalog,
    greet: (signal) => guarded(() => opened.greet(signal), signal),
    ping: (signal) => guarded(async () => void (await opened.db.command({ ping: 1 }, { signal })), signal),
    close: opened.close,
  }
}
