/** A look at a database: its collections, their validators and indexes, and some documents of each. */
import { chunksOf, flatMapInTurns, type Introspected } from '@gw/records'
import {
  ANSWERS,
  documentTable,
  type FoundDocuments,
  type FoundIndex,
  schemaIn,
  uniqueConstraints,
} from '@gw/records/documents'
import type { CollectionInfo, Db, Document } from 'mongodb'
import type { Config } from '../config.ts'
import { bsonTypes } from '../values/types.ts'

/** MongoDB's codes for what a server does not know, and what a user may not do. */
const UNAVAILABLE: ReadonlySet<unknown> = new Set([13, 59, 26, 166, 238])
/** The server's own, and the gateway's. */
const isSystem = (name: string): boolean => name.startsWith('system.') || name === ANSWERS
/** Collections looked at at the same time. */
const TOGETHER = 4

type Listed = Pick<CollectionInfo, 'name' | 'type' | 'options'>

/** What can be done without: a user may read a collection whose indexes they may not see. */
const orElse = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (UNAVAILABLE.has((error as { readonly code?: unknown }).code)) return otherwise
    throw error
  }
}

const listed = async (db: Db, { collections }: Config): Promise<readonly Listed[]> => {
  const all = db.listCollections({}, { authorizedCollections: true }).toArray() as Promise<readonly Listed[]>
  if (collections.length === 0) return (await all).filter(({ name }) => !isSystem(name))
  const known = new Map((await orElse(all, [])).map((one) => [one.name, one]))
  return collections.filter((name) => !isSystem(name)).map((name) => known.get(name) ?? { name, type: 'collection' })
}

/** What is said of the indexes of a collection. */
export const indexesOf = async (db: Db, name: string): Promise<readonly FoundIndex[]> => {
  const found = await orElse(db.collection(name).listIndexes().toArray(), [])
  return found.map((index) => ({
    name: index.name,
    // A partial index lets some values be there twice.
    unique: (index.unique === true || index.name === '_id_') && !index.partialFilterExpression,
    fields: Object.keys(index.key),
  }))
}

/** Documents from the whole collection, where the server can choose some. */
const samplesOf = async (db: Db, name: string, size: number, signal: AbortSignal): Promise<readonly Document[]> => {
  if (size === 0) return []
  const collection = db.collection(name)
  const first = await collection.find({}, { limit: size, signal }).toArray()
  if (first.length < size) return first
  return [...first, ...(await orElse(collection.aggregate([{ $sample: { size } }], { signal }).toArray(), []))]
}

export const validatorOf = async (db: Db, name: string): Promise<Document | undefined> => {
  const found: readonly Listed[] = await db.listCollections({ name }).toArray()
  return found.find((one) => one.name === name)?.options?.validator
}

const lookAt = async (db: Db, one: Listed, { sample_size }: Config, signal: AbortSignal): Promise<FoundDocuments> => {
  const view = one.type === 'view'
  const [indexes, samples] = await Promise.all([
    view ? [] : indexesOf(db, one.name),
    samplesOf(db, one.name, sample_size, signal),
  ])
  return { name: one.name, view, schema: schemaIn(one.options?.validator), indexes, samples }
}

export const introspect = async (db: Db, config: Config, signal: AbortSignal): Promise<Introspected> => {
  const collections = [...(await listed(db, config))].sort((a, b) => (a.name < b.name ? -1 : 1))
  const found: FoundDocuments[] = []
  for (const some of chunksOf(collections, TOGETHER))
    found.push(...(await Promise.all(some.map((one) => lookAt(db, one, config, signal)))))
  return {
    tables: await flatMapInTurns(found, (one) => [documentTable(one, bsonTypes)]),
    constraints: found.flatMap(uniqueConstraints),
  }
}
