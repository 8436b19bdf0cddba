/** Records from a body of any size: `POST _table/t?stream=true`, written in groups while they arrive. */
import { GwError, type RecordStream, type Reply } from '@gw/core'
import { ofARecord } from '../batch.ts'
import { partsFor } from '../nested/parts.ts'
import { noRecords } from '../params/body.ts'
import type { ReturnShape } from '../plan/planner.ts'
import type { Transaction } from '../source.ts'
import { insertAll, type NewRecord, sameColumns } from './insert.ts'
import { newRecordsOf } from './shape.ts'
import type { Work } from './work.ts'

/** Nobody looks at a million identifiers. */
const NOTHING: ReturnShape = { otherwise: [], nothing: true }
/** Records of one group, and characters in it, so that a few large records make one as well as many small ones. */
const MOST = { records: 5_000, text: 1_000_000 } as const

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

const sizeOf = ({ values }: NewRecord): number => {
  let size = 0
  for (const value of values) size += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8
  return size
}

/** Reads records, each without others inside it: a stream writes one table. */
const readerOf = (work: Work) => {
  const read = newRecordsOf(work)
  const { maxStreamRecords } = work.options
  return (item: unknown, index: number): NewRecord => {
    if (maxStreamRecords > 0 && index === maxStreamRecords)
      throw new GwError('too_large', `An import into this service has ${maxStreamRecords} records at most.`)
    const record = read(item, index)
    if (record) return record
    const [part] = partsFor(item, work)!
    throw new GwError('invalid_request', `Related records ('${part!.relation.name}') can not be written in a stream.`)
  }
}

/** Writes groups of records; the first that can't be written ends it, with a failure that says which one it is. */
const writerOf = (work: Work, transaction: Transaction | undefined) => {
  const { source } = work
  let written = 0
  /** Failures that say where they happened. */
  const placed = new WeakSet<object>()
  const fail = (error: unknown, from: number, to: number): unknown => {
    if (!GwError.is(error) || placed.has(error)) return error
    const told = stopped(error, { from, to, written: transaction ? 0 : written })
    placed.add(told)
    return told
  }
  /** What fails is undone by itself, so that less can be tried again. */
  const attempt = (run: () => Promise<unknown>): Promise<unknown> =>
    transaction && source.savepoint ? source.savepoint(transaction, run, work.call.signal) : run()
  const isRepeatable = !transaction || source.savepoint !== undefined

  const write = async (records: readonly NewRecord[]): Promise<void> => {
    const [from, to] = [written + 1, written + records.length]
    try {
      await attempt(() => insertAll(records, work, transaction, NOTHING))
      written = to
    } catch (error) {
      if (records.length === 1 || !isRepeatable || !GwError.is(error) || !ofARecord(error)) throw fail(error, from, to)
      // Half by half, to learn which of them it is, and to keep those before it.
      const half = Math.ceil(records.length / 2)
      await write(records.slice(0, half))
      await write(records.slice(half))
    }
  }
  return { write, fail, isPlaced: (error: unknown) => placed.has(error as object), written: () => written }
}

/** Writes everything that arrives; one group is written while the next one is read. */
const writeAll = async (work: Work, { records }: RecordStream, transaction?: Transaction): Promise<number> => {
  const read = readerOf(work)
  const { write, fail, isPlaced, written } = writerOf(work, transaction)
  let group: NewRecord[] = []
  let text = 0
  let taken = 0
  let writing: Promise<void> | undefined
  const flush = async (): Promise<void> => {
    const some = group
    group = []
    text = 0
    await writing
    writing = some.length > 0 ? write(some) : undefined
    // Whoever waits for it next hears of its failure.
    writing?.catch(() => undefined)
  }
  const add = (record: NewRecord): void => {
    group.push(record)
    text += sizeOf(record)
    taken += 1
  }
  const isFull = (next: NewRecord): boolean => {
    const last = group.at(-1)
    return last !== undefined && (group.length >= MOST.records || text > MOST.text || !sameColumns(next, last))
  }
  const finish = async (): Promise<void> => {
    await flush()
    await writing
  }
  try {
    for await (const batch of records) {
      for (const item of batch) {
        const record = read(item, taken)
        if (isFull(record)) await flush()
        add(record)
      }
    }
  } catch (error) {
    if (!GwError.is(error) || isPlaced(error)) throw error
    // Those that came before what is wrong are right, and are written like all before them.
    if (!transaction && !work.call.signal.aborted) await finish()
    throw fail(error, taken + 1, taken + 1)
  } finally {
    // Nothing is under way when the transaction ends, or the call is answered.
    await writing?.catch(() => undefined)
  }
  await finish()
  return written()
}

/**
 * Creates the records of a stream. Each is held to what a single one is held to. With `rollback`, all or none of them
 * stay; otherwise those before the first failure do.
 */
export const importRecords = async (work: Work, stream: RecordStream | undefined): Promise<Reply> => {
  const body = checkAsked(work, stream)
  const { source, call, params } = work
  const count = params.rollback
    ? await source.transaction!((transaction) => writeAll(work, body, transaction), call.signal)
    : await writeAll(work, body)
  if (count === 0) throw noRecords()
  return { count }
}
