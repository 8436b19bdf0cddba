/** Records from a body of any size: `POST _table/t?stream=true`, written in batches while they arrive. */
import { GwError, type RecordStream, type Reply } from '@gw/core'
import { ofARecord } from '../batch.ts'
import { partsOf } from '../nested/parts.ts'
import { noRecords } from '../params/body.ts'
import type { ReturnShape } from '../plan/planner.ts'
import type { Transaction } from '../source.ts'
import { insertAll, mostTogether, type NewRecord, newRecord, sameColumns } from './insert.ts'
import { prepareCreate } from './record.ts'
import type { Work } from './work.ts'

/** Nobody looks at a million identifiers. */
const NOTHING: ReturnShape = { otherwise: [], nothing: true }
/** Characters in one statement, so that a few large records make one as well as many small ones. */
const MOST_TEXT = 1_000_000

/** What has been done, as far as it will stay. */
interface Progress {
  /** Records taken from the body. */
  taken: number
  written: number
}

const sizeOf = ({ values }: NewRecord): number =>
  values.reduce<number>((sum, value) => {
    return sum + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 8)
  }, 0)

/** Why an import ended, where, and what stays of it. */
const stopped = (error: GwError, { from, to, written }: { from: number; to: number; written: number }): GwError => {
  const place = from === to ? `at record ${to}` : `between the records ${from} and ${to}`
  const rest = written === 0 ? 'No record was written.' : `The first ${written} records were written.`
  const { code, cause, retryable, headers } = error
  return new GwError(code, `The import stopped ${place}: ${error.message} ${rest}`, {
    cause,
    retryable: retryable && written === 0,
    ...(headers && { headers }),
    details: { count: written, record: to, ...(error.details ? { error: error.details } : {}) },
  })
}

/** A record without others inside it: a stream writes one table. */
const alone = (record: unknown, index: number, work: Work): NewRecord => {
  const [part] = partsOf(record, work.scope, work.catalog) ?? []
  if (!part) return newRecord(prepareCreate(record, index, work), work)
  throw new GwError('invalid_request', `Related records ('${part.relation.name}') can not be written in a stream.`)
}

const checkAsked = ({ params, source }: Work, body: RecordStream | undefined): RecordStream => {
  if (!body)
    throw new GwError('invalid_request', 'With stream=true, send NDJSON (application/x-ndjson) or CSV (text/csv).')
  if (params.continue)
    throw new GwError('invalid_request', 'The parameters stream and continue can not be used together when creating.')
  if (params.fields !== undefined || params.asList || params.related !== undefined)
    throw new GwError(
      'invalid_request',
      'A streamed import answers the number of records: leave out fields, related and as_list.',
    )
  if (params.rollback && (!source.capabilities.transactions || !source.transaction))
    throw new GwError('not_supported', 'Rollback is not supported by this service.')
  return body
}

/** Writes everything that arrives; throws `stopped` at the first failure. */
const write = async (
  work: Work,
  { records }: RecordStream,
  progress: Progress,
  transaction: Transaction | undefined,
): Promise<void> => {
  const most = mostTogether(work.scope.fields.length)
  const { maxStreamRecords } = work.options
  let group: NewRecord[] = []
  let text = 0
  const kept = () => (transaction ? 0 : progress.written)
  /** Failures that say where they happened. */
  const placed = new WeakSet<object>()
  const fail = (error: unknown, from: number, to: number): unknown => {
    if (!GwError.is(error)) return error
    const told = stopped(error, { from, to, written: kept() })
    placed.add(told)
    return told
  }

  /** One by one, to learn which of them it is. */
  const writeSingly = async (some: readonly NewRecord[], first: number): Promise<void> => {
    for (const [at, record] of some.entries()) {
      try {
        await insertAll([record], work, transaction, NOTHING)
      } catch (error) {
        throw fail(error, first + at, first + at)
      }
      progress.written += 1
    }
  }
  const flush = async (): Promise<void> => {
    const some = group
    if (some.length === 0) return
    group = []
    text = 0
    const first = progress.written + 1
    try {
      await insertAll(some, work, transaction, NOTHING)
      progress.written += some.length
    } catch (error) {
      // In a transaction nothing can be tried again: the failure has ended it.
      if (transaction || !GwError.is(error) || !ofARecord(error) || some.length === 1)
        throw fail(error, first, first + some.length - 1)
      await writeSingly(some, first)
    }
  }
  const add = async (item: unknown): Promise<void> => {
    if (maxStreamRecords > 0 && progress.taken === maxStreamRecords)
      throw new GwError('too_large', `An import into this service has ${maxStreamRecords} records at most.`)
    const record = alone(item, progress.taken, work)
    const before = group.at(-1)
    if (before && (group.length >= most || text > MOST_TEXT || !sameColumns(record, before))) await flush()
    group.push(record)
    text += sizeOf(record)
    progress.taken += 1
  }
  try {
    for await (const batch of records) {
      for (const item of batch) await add(item)
    }
  } catch (error) {
    if (!GwError.is(error) || placed.has(error)) throw error
    // Those that came before what is wrong are right, and are written like all before them.
    if (!transaction && !work.call.signal.aborted) await flush()
    throw fail(error, progress.taken + 1, progress.taken + 1)
  }
  await flush()
}

/**
 * Creates the records of a stream. Each is held to what a single one is held to. With `rollback`, all or none of them
 * stay; otherwise those before the first failure do.
 */
export const importRecords = async (work: Work, stream: RecordStream | undefined): Promise<Reply> => {
  const body = checkAsked(work, stream)
  const progress: Progress = { taken: 0, written: 0 }
  if (work.params.rollback)
    await work.source.transaction!((transaction) => write(work, body, progress, transaction), work.call.signal)
  else await write(work, body, progress, undefined)
  if (progress.written === 0) throw noRecords()
  return { count: progress.written }
}
