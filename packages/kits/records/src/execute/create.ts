/** Creating records: `POST _table/t`. */
import { GwError, type Reply, rows } from '@gw/core'
import { type Batch, runBatch } from '../batch.ts'
import { nesting } from '../nested/nesting.ts'
import { type Part, partsFor } from '../nested/parts.ts'
import { localsOf, saveReferred, saveReferring } from '../nested/save.ts'
import { fieldsIn } from '../nested/table.ts'
import { noRecords } from '../params/body.ts'
import { keyOrAll, MOST_IDENTIFIERS } from '../params/fields.ts'
import type { Row, Transaction } from '../source.ts'
import { modeOf, orError } from './identified.ts'
import { insertAll, mostTogether, type NewRecord, newRecord, sameColumns } from './insert.ts'
import { prepareCreate } from './record.ts'
import { withReread } from './reread.ts'
import { newRecordsOf } from './shape.ts'
import { returned, type Work } from './work.ts'

/** A record with others inside it: what it refers to is not known before they are written. */
interface Whole {
  readonly record: Readonly<Record<string, unknown>>
  readonly index: number
  readonly parts: readonly Part[]
}
type Item = NewRecord | Whole

/** Reads the records of a call. */
const itemsOf = (work: Work): ((record: unknown, index: number) => Item) => {
  const read = newRecordsOf(work)
  return (record, index) =>
    read(record, index) ?? {
      record: record as Whole['record'],
      index,
      parts: partsFor(record, work)!,
    }
}

const createWhole = ({ record, index, parts }: Whole, work: Work, transaction: Transaction | undefined): Promise<Row> =>
  nesting(work, transaction, async (within, own) => {
    const whole = { ...record, ...(await saveReferred(within, own, parts)) }
    const created = newRecord(prepareCreate(whole, index, own), own)
    const shape = returned(own)
    const locals = fieldsIn(own, localsOf(parts))
    const [row] = await insertAll([created], own, within.transaction, {
      ...shape,
      extra: [...(shape.extra ?? []), ...locals],
    })
    await saveReferring(within, own.scope.table, parts, row!)
    const { returning } = own.planner.insert(own, created.columns, shape)
    return Object.fromEntries(returning.map(({ name }) => [name, row![name]]))
  })

/** `POST _table/t`: every record, or the batch form. */
export const createRecords = async (work: Work): Promise<Reply> => {
  const { records, source, call, scope } = work
  if (!records || records.length === 0) throw noRecords()
  if (records.length > MOST_IDENTIFIERS) {
    throw new GwError(
      'invalid_request',
      `Too many records: ${records.length}, ${MOST_IDENTIFIERS} are allowed in one request.`,
    )
  }
  const itemOf = itemsOf(work)
  const batch: Batch<Item> = {
    verb: 'created',
    mode: modeOf(work),
    items: records.map((record, index) => orError(() => itemOf(record, index))),
    one: async (item, transaction) =>
      'parts' in item ? createWhole(item, work, transaction) : (await insertAll([item], work, transaction))[0]!,
    many: (run, transaction) => insertAll(run as readonly NewRecord[], work, transaction),
    together: (item, before) => !('parts' in item) && !('parts' in before) && sameColumns(item, before),
    most: mostTogether(scope.fields.length),
  }
  const created = await runBatch(batch, source, call.signal)
  const identifying = work.identifiers.length > 0 ? work.identifiers : keyOrAll(scope)
  return rows({ items: await withReread(work, created), identifier: identifying.map(({ name }) => name) })
}
