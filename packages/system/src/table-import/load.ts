/** One import: the table is made from the first records, all of them are sent, and what fails leaves no table. */
import { GwError, isTrue } from '@gw/core'
import { columnsOf, fieldsOf } from './columns.ts'
import type { Given } from './given.ts'
import { fittedLines, givenLines } from './lines.ts'
import { serviceName, tableName } from './names.ts'
import { recordsIn } from './records.ts'
import { sampled } from './sample.ts'
import type { Target } from './target.ts'

export interface Loaded {
  readonly service: string
  readonly table: string
}

interface Asked {
  readonly service?: string | undefined
  readonly resource?: string | undefined
  readonly append?: string | undefined
}

/** Fails as the import did, and says what has become of the table. */
const withoutTable = async (error: unknown, table: string, target: Target): Promise<unknown> => {
  const isDropped = await target.drop(table).then(
    () => true,
    () => false,
  )
  if (!GwError.is(error)) return error
  const outcome = isDropped
    ? `The table "${table}", which was made for them, is dropped again.`
    : `The table "${table}", which was made for them, could not be dropped: it is still there.`
  const { code, cause, details, headers, wire } = error
  return new GwError(code, `${error.message} ${outcome}`, {
    cause,
    details,
    retryable: error.retryable && isDropped,
    ...(headers && { headers }),
    ...(wire && { wire }),
  })
}

/**
 * @param query goes before what the body says
 * @throws GwError as the service refuses; `conflict` where there is a table of that name, which is not touched
 */
export const loadTable = async (
  given: Given,
  query: Asked,
  targetFor: (service: string) => Target,
  signal: AbortSignal,
): Promise<Loaded> => {
  const records = recordsIn(given.file, signal)
  const sample = await sampled(records)
  const said = { ...given.said(), ...query }
  const target = targetFor(serviceName(said.service))
  const { service } = target
  const name = tableName(said.resource, given.file.name)
  if (isTrue(said.append)) {
    await target.load(name, givenLines(sample.all(), records.typed))
    return { service, table: name }
  }
  const columns = columnsOf(sample.first, records.typed)
  const table = await target.create(name, fieldsOf(columns))
  try {
    await target.load(table, fittedLines(sample.all(), columns))
  } catch (error) {
    throw await withoutTable(error, table, target)
  }
  return { service, table }
}
