/** A MongoDB database as a source of records. */
import type { Host } from '@gw/core'
import type { Catalog, OpenedSource, RecordsSource } from '@gw/records'
import { documentSource, documentWriter } from '@gw/records/documents'
import { answersIn } from './answers.ts'
import { introspect } from './catalog/collections.ts'
import { collectionsOf, isCollectionName, LONGEST_NAME } from './catalog/writing.ts'
import { type Runtime, runtime } from './collection.ts'
import type { Config } from './config.ts'
import { deployment } from './connection.ts'
import { classify } from './errors.ts'
import { filterFor } from './query/filter.ts'
import { groupPipeline, pipelineFor, readingFor } from './query/read.ts'
import { sessions } from './sessions.ts'
import { rowReader } from './values/read.ts'
import { propertyTypes } from './values/types.ts'
import { writingTo } from './write.ts'

/** Documents of one batch of a stream. */
const BATCH = 500

/** MongoDB's commands for what plans say. */
const OPERATIONS = {
  read: 'find',
  count: 'count',
  group: 'aggregate',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  truncate: 'delete',
} as const

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
  const { client, db, greet, transactions: hasTransactions, close } = deployment(config)
  const transactions = sessions(client)
  return documentSource({
    type: 'mongodb',
    host,
    config,
    classify,
    named,
    introspect: (signal) => introspect(db, config, signal),
    greet,
    ping: async (signal) => void (await db.command({ ping: 1 }, { signal })),
    close,
    hasTransactions,
    transactions,
    operations: OPERATIONS,
    members(failures) {
      const running = runtime({ db, sessions: transactions, hasTransactions }, config, failures)
      return { ...reader(running), ...documentWriter(writingTo(running)) }
    },
    collections: {
      types: propertyTypes,
      collections: collectionsOf(db),
      longestName: LONGEST_NAME,
      isName: isCollectionName,
      showsAll: config.collections.length === 0,
    },
    answers: answersIn(db, transactions),
  })
}
