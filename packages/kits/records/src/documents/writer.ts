/** Plans that write, over a source's collections of documents. */
import { GwError } from '@gw/core'
import type { Field, Table } from '../catalog.ts'
import type { Condition, UpdatePlan } from '../plan.ts'
import type { Changed, RecordsSource, Row, RunOptions, Values } from '../source.ts'
import { chunksOf } from '../turns.ts'
import { namesOne } from './order.ts'
import type { Document } from './rows.ts'
import { replacesWholly, unlistedIn, updateDocument } from './update.ts'

/** What is answered of documents; without it, nothing but their keys. */
export interface Shown {
  readonly fields: readonly Field[]
  readonly rest?: boolean | undefined
}

/** The documents of a table, for one call. `Q` is a query of the source's. */
export interface WritableDocuments<Q> {
  query(condition: Condition | undefined, values: Values): Promise<Q>
  /** Those with these keys, of those that a query selects. */
  among(keys: readonly unknown[], query?: Q): Q
  find(query: Q, shown?: Shown): Promise<readonly Document[]>
  /** All of them, in order: what stood before the one that failed stays only within a transaction. */
  insert(documents: readonly Document[]): Promise<void>
  /** The first that a query selects, as it is then; `undefined` where there is none. */
  updateOne(query: Q, update: Document, shown: Shown): Promise<Document | undefined>
  replaceOne(query: Q, document: Document, shown: Shown): Promise<Document | undefined>
  /** How many a query selects. */
  updateAll(query: Q, update: Document): Promise<number>
  deleteAll(query: Q): Promise<number>
}

export interface DocumentWriting<Q> {
  /** The native name of the key. */
  readonly key: string
  run<T>(table: Table, options: RunOptions, work: (documents: WritableDocuments<Q>) => Promise<T>): Promise<T>
  /** A value as it is stored in a field. */
  storedValue(field: Field, value: unknown): unknown
  /** As it will be read. */
  stored(document: Document): Document
  reader(table: Table, fields: readonly Field[], rest?: boolean): (document: Document) => Row
  /** Inserts of several documents in a transaction, where the source has them and is in none. */
  transacted?(options: RunOptions, work: (options: RunOptions) => Promise<void>): Promise<void> | undefined
}

/** Documents that one statement names by their keys; fewer where they are looked through. */
const CHUNK = 10_000
const WHOLE_CHUNK = 500

const EVERYTHING: Shown = { fields: [], rest: true }

type Writer = Pick<RecordsSource, 'insert' | 'update' | 'delete' | 'truncate'>

export const documentWriter = <Q>(writing: DocumentWriting<Q>): Writer => {
  const { key, run, storedValue, stored, reader, transacted } = writing

  const documentOf = (assigned: readonly (readonly [Field, unknown])[]): Document => {
    const document: Record<string, unknown> = {}
    for (const [field, value] of assigned) {
      if (field.native.includes('.'))
        throw new GwError('invalid_request', `A new record has no '${field.name}' yet: send what it is a part of.`)
      document[field.native] = storedValue(field, value)
    }
    return document
  }
  const keysIn = async (documents: WritableDocuments<Q>, query: Q): Promise<readonly unknown[]> =>
    (await documents.find(query)).map((document) => document[key])

  const updateOne = async (documents: WritableDocuments<Q>, plan: UpdatePlan, values: Values, query: Q) => {
    const shown = { fields: plan.returning, rest: plan.rest }
    const changed = replacesWholly(plan)
      ? await documents.replaceOne(query, documentOf(plan.set.map(({ field, slot }) => [field, values[slot]])), shown)
      : await documents.updateOne(query, updateDocument(plan, values, storedValue), shown)
    return changed
      ? { count: 1, rows: [reader(plan.table, plan.returning, plan.rest)(changed)] }
      : { count: 0, rows: [] }
  }
  /** By their keys, so that those that no longer match afterwards are answered as well. */
  const updateAll = async (
    documents: WritableDocuments<Q>,
    plan: UpdatePlan,
    values: Values,
    query: Q,
  ): Promise<Changed> => {
    const read = reader(plan.table, plan.returning, plan.rest)
    const rows: Row[] = []
    let count = 0
    for (const keys of chunksOf(await keysIn(documents, query), plan.replaces?.rest ? WHOLE_CHUNK : CHUNK)) {
      const among = documents.among(keys, query)
      // What nobody has listed has to be found before it can go.
      const unlisted = plan.replaces?.rest ? unlistedIn(plan, await documents.find(among, EVERYTHING)) : []
      count += await documents.updateAll(among, updateDocument(plan, values, storedValue, unlisted))
      if (plan.returning.length === 0) continue
      const shown = { fields: plan.returning, rest: plan.rest }
      rows.push(...(await documents.find(documents.among(keys), shown)).map(read))
    }
    return { count, rows }
  }

  return {
    async insert(plan, records, options) {
      const made = records.map((values) => documentOf(plan.columns.map((field, at) => [field, values[at]])))
      const insert = (own: RunOptions) => run(plan.table, own, (documents) => documents.insert(made))
      await ((made.length > 1 && transacted?.(options, insert)) || insert(options))
      // The source has given a key to those that had none.
      const read = reader(plan.table, plan.returning, plan.rest)
      return made.map((document) => read(stored(document)))
    },
    update: (plan, values, options) =>
      run(plan.table, options, async (documents) => {
        const query = await documents.query(plan.where, values)
        const rest = plan.replaces?.rest === true && !replacesWholly(plan)
        if (namesOne(plan.where, key) && !rest) return updateOne(documents, plan, values, query)
        if (plan.returning.length > 0 || plan.replaces?.rest) return updateAll(documents, plan, values, query)
        return { count: await documents.updateAll(query, updateDocument(plan, values, storedValue)), rows: [] }
      }),
    delete: (plan, values, options) =>
      run(plan.table, options, async (documents) => {
        const query = await documents.query(plan.where, values)
        if (plan.returning.length === 0) return { count: await documents.deleteAll(query), rows: [] }
        const found = await documents.find(query, {
          fields: [...plan.returning, keyField(plan.table, key)],
          rest: plan.rest,
        })
        let count = 0
        for (const some of chunksOf(found, CHUNK))
          count += await documents.deleteAll(
            documents.among(
              some.map((document) => document[key]),
              query,
            ),
          )
        return { count, rows: found.map(reader(plan.table, plan.returning, plan.rest)) }
      }),
    truncate: (plan, values, options) =>
      run(plan.table, options, async (documents) => {
        await documents.deleteAll(await documents.query(plan.where, values))
      }),
  }
}

const keyField = ({ fields }: Table, key: string): Field => fields.find(({ native }) => native === key)!
