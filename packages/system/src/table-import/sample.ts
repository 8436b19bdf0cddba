/** The first records of a file, from which its columns are found, and all of them afterwards. */
import { GwError } from '@gw/core'
import type { FileRecord, FileRecords } from './records.ts'

/** How many records are looked at, and about how many characters of them. */
export const SAMPLE = 1_000
const MOST_TEXT = 8_000_000

export interface Sample {
  readonly first: readonly FileRecord[]
  /** All records, those of the sample among them; to be read once. */
  all(): AsyncGenerator<readonly unknown[]>
}

/** @throws GwError `invalid_request` for what is no record */
export const recordIn = (value: unknown): FileRecord => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as FileRecord
  throw new GwError('invalid_request', 'A record has to be an object with a value for each field.')
}

/** Says which record of the file it was; the first one is 1. */
export const atRecord = (error: unknown, number: number): unknown =>
  GwError.is(error) ? new GwError(error.code, `Record ${number}: ${error.message}`) : error

const heldIn = (batch: readonly unknown[], before: number): readonly FileRecord[] =>
  batch.map((value, at) => {
    try {
      return recordIn(value)
    } catch (error) {
      throw atRecord(error, before + at + 1)
    }
  })

const sizeOf = (value: unknown): number =>
  typeof value === 'string' ? value.length : typeof value === 'object' ? JSON.stringify(value).length : 8

/** Reads until there are enough, or the file ends. */
export const sampled = async ({ batches }: FileRecords): Promise<Sample> => {
  const iterator = batches[Symbol.asyncIterator]()
  const held: FileRecord[] = []
  let text = 0
  let isDone = false
  // One more than the sample: a file of just as many is then known to have ended.
  while (!isDone && held.length <= SAMPLE && text < MOST_TEXT) {
    const { done, value } = await iterator.next()
    if (done) {
      isDone = true
      break
    }
    for (const record of heldIn(value, held.length)) {
      for (const one of Object.values(record)) text += sizeOf(one)
      held.push(record)
    }
  }
  return {
    first: held.slice(0, SAMPLE),
    async *all() {
      try {
        if (held.length > 0) yield held.splice(0)
        while (!isDone) {
          const { done, value } = await iterator.next()
          if (done) return
          yield value
        }
      } finally {
        await iterator.return?.()
      }
    },
  }
}
