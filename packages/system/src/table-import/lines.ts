/** Records on their way to a service: NDJSON, each record checked before it is sent. */
import { GwError } from '@gw/core'
import type { Column } from './columns.ts'
import type { FileRecord } from './records.ts'
import { recordIn, SAMPLE } from './sample.ts'
import { isNothing } from './values.ts'

type Batches = AsyncIterable<readonly unknown[]>
type Write = (record: FileRecord) => FileRecord

const PIECE = 65_536

/** Records before one that fails are sent before its error is thrown: the service then says which one it was. */
async function* written(batches: Batches, write: Write): AsyncGenerator<string> {
  for await (const batch of batches) {
    let text = ''
    let fault: unknown
    for (const value of batch) {
      try {
        text += `${JSON.stringify(write(recordIn(value)))}\n`
      } catch (error) {
        fault = error
        break
      }
      if (text.length < PIECE) continue
      yield text
      text = ''
    }
    if (text !== '') yield text
    if (fault) throw fault
  }
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 60))

const misfit = (name: string, what: string): GwError =>
  new GwError(
    'invalid_request',
    `Field ${quoted(name)} must be ${what}. The fields are those of the first ${SAMPLE} records.`,
  )

const known = (record: FileRecord, names: ReadonlySet<string>): void => {
  for (const name of Object.keys(record)) if (!names.has(name)) throw misfit(name, 'left out: no record before has it')
}

/** For a table that was made with these columns. */
export const fittedLines = (batches: Batches, columns: readonly Column[]): AsyncGenerator<string> => {
  const names = new Set(columns.map(({ name }) => name))
  return written(batches, (record) => {
    known(record, names)
    // Without a prototype, whatever a column is called.
    const fitted: Record<string, unknown> = Object.create(null)
    for (const { name, fit, what } of columns) {
      const value = fit(Object.hasOwn(record, name) ? record[name] : undefined)
      if (value === undefined) throw misfit(name, what)
      fitted[name] = value
    }
    return fitted
  })
}

/** For a table that is there: what it takes is for its service to say. */
export const givenLines = (batches: Batches, typed: boolean): AsyncGenerator<string> =>
  written(batches, (record) =>
    typed
      ? record
      : Object.fromEntries(
          Object.entries(record).map(([name, value]) => [name, isNothing(value, typed) ? null : value]),
        ),
  )
