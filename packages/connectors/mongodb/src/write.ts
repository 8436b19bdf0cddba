/** Plans that write. */
import { GwError } from '@gw/core'
import {
  type Changed,
  chunksOf,
  type DeletePlan,
  type Field,
  type InsertPlan,
  type RecordsSource,
  type Row,
  type RunOptions,
  type UpdatePlan,
  type Values,
} from '@gw/records'
import { namesOne } from '@gw/records/documents'
import { BSON, type Document, type Filter, MongoBulkWriteError, type ObjectId } from 'mongodb'
import type { Opened, Runtime } from './collection.ts'
import { projecting } from './query/read.ts'
import { rowReader } from './values/read.ts'
import { bsonValue } from './values/write.ts'

/** Documents that one statement names by their ids. */
const CHUNK = 10_000

const documentFrom = (columns: readonly Field[], values: Values): Document => {
  const document: Document = {}
  for (const [at, field] of columns.entries()) {
    if (field.native.includes('.'))
      throw new GwError('invalid_request', `A new record has no '${field.name}' yet: send what it is a part of.`)
    document[field.native] = bsonValue(field, values[at])
  }
  return document
}
/** As it will be read. */
const stored = (document: Document): Document => BSON.deserialize(BSON.serialize(document), { useBigInt64: true })

const idsIn = async ({ documents, reading }: Opened, filter: Filter<Document>): Promise<readonly unknown[]> =>
  (await documents.find(filter, { ...reading, projection: { _id: 1 } }).toArray()).map(({ _id }) => _id)

const among = (ids: readonly unknown[], filter: Filter<Document> = {}): Filter<Document> => ({
  $and: [{ _id: { $in: ids as ObjectId[] } }, filter],
})

/** How many documents of an ordered insert were stored before one was refused. */
const storedBefore = (error: unknown): number => {
  if (!(error instanceof MongoBulkWriteError)) return 0
  const refused = [error.writeErrors].flat()[0]
  return refused ? Math.min(refused.index, error.insertedCount) : 0
}

type Writer = Pick<RecordsSource, 'insert' | 'update' | 'delete' | 'truncate'>

export const writer = ({ run, sessions, deployment }: Runtime): Writer => {
  /** Several documents at once: all or none of them. */
  const insertMany = async (plan: InsertPlan, made: readonly Document[], options: RunOptions): Promise<void> => {
    if (made.length > 1 && !options.transaction && deployment.transactions())
      return sessions.transaction((transaction) => insertMany(plan, made, { ...options, transaction }), options.signal)
    await run(plan.table, options, async ({ documents, writing }) => {
      try {
        await documents.insertMany([...made], { ...writing, ordered: true })
      } catch (error) {
        // Without transactions, what was stored before the failure is taken away again: nothing else has such an id.
        const before = options.transaction ? [] : made.slice(0, storedBefore(error))
        if (before.length > 0) await documents.deleteMany(among(before.map(({ _id }) => _id)), writing)
        throw error
      }
    })
  }

  const updateMatching = async (
    opened: Opened,
    filter: Filter<Document>,
    set: Document,
    plan: UpdatePlan,
  ): Promise<Changed> => {
    const { documents, reading, writing } = opened
    if (plan.returning.length === 0)
      return { count: (await documents.updateMany(filter, { $set: set }, writing)).matchedCount, rows: [] }
    const read = rowReader(plan.table, plan.returning, plan.rest)
    const rows: Row[] = []
    let count = 0
    for (const ids of chunksOf(await idsIn(opened, filter), CHUNK)) {
      count += (await documents.updateMany(among(ids, filter), { $set: set }, writing)).matchedCount
      const shown = projecting(plan.returning, plan.rest)
      rows.push(...(await documents.find(among(ids), { ...reading, ...shown }).toArray()).map(read))
    }
    return { count, rows }
  }

  const deleteMatching = async (opened: Opened, filter: Filter<Document>, plan: DeletePlan): Promise<Changed> => {
    const { documents, reading, writing } = opened
    if (plan.returning.length === 0)
      return { count: (await documents.deleteMany(filter, writing)).deletedCount, rows: [] }
    const { projection } = projecting(plan.returning, plan.rest)
    const found = await documents
      .find(filter, { ...reading, ...(projection && { projection: { ...projection, _id: 1 } }) })
      .toArray()
    let count = 0
    for (const some of chunksOf(found, CHUNK))
      count += (
        await documents.deleteMany(
          among(
            some.map(({ _id }) => _id),
            filter,
          ),
          writing,
        )
      ).deletedCount
    return { count, rows: found.map(rowReader(plan.table, plan.returning, plan.rest)) }
  }

  return {
    async insert(plan, records, options) {
      const made = records.map((values) => documentFrom(plan.columns, values))
      await insertMany(plan, made, options)
      // The driver has given an id to those that had none.
      const read = rowReader(plan.table, plan.returning, plan.rest)
      return made.map((document) => read(stored(document)))
    },
    update: (plan, values, options) =>
      run(plan.table, options, async (opened) => {
        const set = Object.fromEntries(
          plan.set.map(({ field, slot }) => [field.native, bsonValue(field, values[slot])]),
        )
        const filter = await opened.query(plan.where, values)
        if (!namesOne(plan.where, '_id')) return updateMatching(opened, filter, set, plan)
        const shown = { ...projecting(plan.returning, plan.rest), returnDocument: 'after' } as const
        const changed = await opened.documents.findOneAndUpdate(filter, { $set: set }, { ...opened.writing, ...shown })
        return changed
          ? { count: 1, rows: [rowReader(plan.table, plan.returning, plan.rest)(changed)] }
          : { count: 0, rows: [] }
      }),
    delete: (plan, values, options) =>
      run(plan.table, options, async (opened) => deleteMatching(opened, await opened.query(plan.where, values), plan)),
    truncate: (plan, values, options) =>
      run(plan.table, options, async ({ documents, writing, query }) => {
        await documents.deleteMany(await query(plan.where, values), writing)
      }),
  }
}
