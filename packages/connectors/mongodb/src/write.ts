/** Collections as the kit writes to them. */
import type { RunOptions } from '@gw/records'
import type { DocumentWriting, Shown, WritableDocuments } from '@gw/records/documents'
import { BSON, type Document, type Filter, MongoBulkWriteError, type ObjectId } from 'mongodb'
import type { Opened, Runtime } from './collection.ts'
import { projecting } from './query/read.ts'
import { rowReader } from './values/read.ts'
import { bsonValue } from './values/write.ts'

type Query = Filter<Document>

/** How many documents of an ordered insert were stored before one was refused. */
const storedBefore = (error: unknown): number => {
  if (!(error instanceof MongoBulkWriteError)) return 0
  const refused = [error.writeErrors].flat()[0]
  return refused ? Math.min(refused.index, error.insertedCount) : 0
}

const among = (keys: readonly unknown[], query: Query = {}): Query => ({
  $and: [{ _id: { $in: keys as ObjectId[] } }, query],
})

const writable = ({ documents, reading, writing, query }: Opened, options: RunOptions): WritableDocuments<Query> => {
  const after = ({ fields, rest }: Shown) =>
    ({ ...writing, ...projecting(fields, rest), returnDocument: 'after' }) as const
  const found = (one: Document | null): Document | undefined => one ?? undefined
  return {
    query,
    among,
    find(selected, shown) {
      const projected = shown ? projecting(shown.fields, shown.rest) : { projection: { _id: 1 } }
      return documents.find(selected, { ...reading, ...projected }).toArray()
    },
    async insert(made) {
      try {
        await documents.insertMany([...made], { ...writing, ordered: true })
      } catch (error) {
        // Without transactions, what was stored before the failure is taken away again: nothing else has such an id.
        const before = options.transaction ? [] : made.slice(0, storedBefore(error))
        if (before.length > 0) await documents.deleteMany(among(before.map(({ _id }) => _id)), writing)
        throw error
      }
    },
    updateOne: async (selected, update, shown) =>
      found(await documents.findOneAndUpdate(selected, update, after(shown))),
    replaceOne: async (selected, one, shown) => found(await documents.findOneAndReplace(selected, one, after(shown))),
    updateAll: async (selected, update) => (await documents.updateMany(selected, update, writing)).matchedCount,
    deleteAll: async (selected) => (await documents.deleteMany(selected, writing)).deletedCount,
  }
}

export const writingTo = ({ run, sessions, hasTransactions }: Runtime): DocumentWriting<Query> => ({
  key: '_id',
  run: (table, options, work) => run(table, options, (opened) => work(writable(opened, options))),
  storedValue: bsonValue,
  stored: (document) => BSON.deserialize(BSON.serialize(document), { useBigInt64: true }),
  reader: rowReader,
  transacted: (options, work) =>
    options.transaction || !hasTransactions()
      ? undefined
      : sessions.transaction((transaction) => work({ ...options, transaction }), options.signal),
})
