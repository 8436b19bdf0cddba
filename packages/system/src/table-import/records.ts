/** From a file to its records, by what kind of file it is. */
import { extname } from 'node:path'
import { GwError } from '@gw/core'
import { parseBody, recordsOf } from '@gw/core/governance'
import type { GivenFile } from './form.ts'
import { rowsOf } from './sheet.ts'

/** A value for each field. */
export type FileRecord = Readonly<Record<string, unknown>>

export interface FileRecords {
  /** Whether values have types, as in JSON. In CSV all are texts, and an empty one is no value. */
  readonly typed: boolean
  readonly batches: AsyncIterable<readonly unknown[]>
}

type Kind = 'csv' | 'ndjson' | 'json' | 'sheet' | 'other sheet'

const BY_END: Readonly<Record<string, Kind>> = {
  '.csv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
  '.xlsx': 'sheet',
  '.xlsm': 'other sheet',
  '.xls': 'other sheet',
  '.ods': 'other sheet',
}
const BY_TYPE: Readonly<Record<string, Kind>> = {
  'text/csv': 'csv',
  'application/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/json': 'json',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'sheet',
}

/** Bytes of one record, and of a file that has to be read as a whole. */
const LARGEST_RECORD = 1024 * 1024
const LARGEST_WHOLE = 16 * 1024 * 1024

/** 415, as for any media type that is not taken. */
const unsupported = (message: string): GwError =>
  new GwError('not_supported', message, { wire: { status: 415, code: 415 } })

const kindOf = ({ name, type }: GivenFile): Kind => {
  const end = extname(name).toLowerCase()
  const media = type.split(';', 1)[0]!.trim().toLowerCase()
  // Browsers call a CSV file a spreadsheet where one is installed: the name says more.
  const kind = Object.hasOwn(BY_END, end) ? BY_END[end] : Object.hasOwn(BY_TYPE, media) ? BY_TYPE[media] : undefined
  if (kind === undefined)
    throw unsupported(
      'The kind of the file is not known. Name it .csv, .json, .ndjson or .xlsx, or send its media type.',
    )
  if (kind === 'other sheet') throw unsupported('Of spreadsheets, only XLSX can be imported. Save it as XLSX or CSV.')
  return kind
}

/** A file that has to be read as a whole. */
const whole = async (content: AsyncIterable<Uint8Array>, what: string, instead: string): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of content) {
    size += chunk.byteLength
    if (size > LARGEST_WHOLE)
      throw new GwError(
        'too_large',
        `${what} is read as a whole and may have ${LARGEST_WHOLE / 1024 / 1024} MiB at most. Send ${instead}.`,
      )
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A whole JSON file: a list of records, or one in `resource`. */
async function* jsonRecords(content: AsyncIterable<Uint8Array>): AsyncGenerator<readonly unknown[]> {
  const bytes = await whole(content, 'A JSON file', 'NDJSON, a record in each line')
  if (bytes.length === 0) return
  const value = parseBody(bytes, 'application/json')
  const records = Array.isArray(value) ? value : (value as { resource?: unknown } | null | undefined)?.resource
  if (!Array.isArray(records))
    throw new GwError('invalid_request', 'A JSON file has to hold a list of records, or one in "resource".')
  if (records.length > 0) yield records
}

async function* sheetRecords(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<readonly FileRecord[]> {
  yield* rowsOf(await whole(content, 'A spreadsheet', 'CSV'), signal)
}

/** @throws GwError with status 415 for a file that can not be read here */
export const recordsIn = (file: GivenFile, signal: AbortSignal): FileRecords => {
  const kind = kindOf(file)
  if (kind === 'sheet') return { typed: true, batches: sheetRecords(file.content, signal) }
  if (kind === 'json') return { typed: true, batches: jsonRecords(file.content) }
  const charset = /;\s*charset\s*=\s*"?[^\s";]+/i.exec(file.type)?.[0] ?? ''
  const type = `${kind === 'csv' ? 'text/csv' : 'application/x-ndjson'}${charset}`
  return { typed: kind !== 'csv', batches: recordsOf(file.content, type, LARGEST_RECORD) }
}
