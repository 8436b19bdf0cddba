/** CSV by RFC 4180, read and written. */
import { GwError } from '../errors.ts'
import { lazily } from '../lazy.ts'
import { badBody, checkName } from './guard.ts'
import { toJson } from './json.ts'
import type { Layout, RowWriter } from './writer.ts'

const reading = lazily<typeof import('csv-parse/sync')>('csv-parse/sync')
const writing = lazily<typeof import('csv-stringify/sync')>('csv-stringify/sync')

/** Columns without a name are left out: spreadsheets export trailing ones. */
export const columns = (header: readonly string[]): (string | false)[] => {
  const seen = new Set<string>()
  return header.map((name) => {
    if (name === '') return false
    if (seen.has(name)) throw badBody(`The CSV header has the column '${name}' twice. Name each column once.`)
    seen.add(name)
    return checkName(name)
  })
}

/**
 * Parses CSV with a header row into `{"resource": [rows]}`. All values are strings; empty lines are skipped.
 * @throws {GwError} `invalid_request`, naming the line.
 */
export const parseCsv = (text: string): { resource: Record<string, string>[] } => {
  try {
    return {
      resource: reading().parse(text, { columns, bom: true, skip_empty_lines: true }) as Record<string, string>[],
    }
  } catch (error) {
    throw csvFault(error)
  }
}

/** What a caller hears of the library's error, and any other one as it is. */
export const csvFault = (error: unknown, limit?: number): unknown => {
  const { code, lines } = error as { code?: unknown; lines?: unknown }
  if (typeof code !== 'string' || !code.startsWith('CSV_')) return error
  if (code === 'CSV_MAX_RECORD_SIZE')
    return new GwError('too_large', `A record of the request body is larger than the ${limit} bytes allowed.`)
  const what = code.replace(/^CSV_/, '').replaceAll('_', ' ').toLowerCase()
  return badBody(`The request body isn't valid CSV${typeof lines === 'number' ? ` at line ${lines}` : ''}: ${what}.`)
}

/** Nested values stand as JSON in their cell. */
const cell = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return String(value)
  // What `toJSON` makes of a value is a plain cell again: dates carry no quotes of their own.
  if ('toJSON' in value && typeof value.toJSON === 'function') return cell(value.toJSON())
  return toJson(value)
}

// Cells are text already and the header is a row like any other: given objects, the library would read a
// dotted column name as a path.
const line = (cells: readonly string[]): string =>
  // A lone empty cell is quoted; as an empty line it would be skipped by readers.
  writing().stringify([cells], { eof: true, record_delimiter: '\r\n', quoted_empty: cells.length === 1 })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Writes a list as CSV; the first row's keys are the header, scalars stand in a column named like the wrapper. */
export const csvRows = ({ wrapper }: Layout): RowWriter => {
  let keys: readonly string[] | undefined
  return {
    row(value) {
      let header = ''
      if (!keys) {
        keys = isRecord(value) ? Object.keys(value) : [wrapper]
        header = line(keys)
      }
      return header + line(isRecord(value) ? keys.map((key) => cell(value[key])) : [cell(value)])
    },
    end: () => '',
  }
}

/** CSV of one value: a record is one row, and a record that wraps a list is that list. */
export const csvValue = (value: unknown, wrapper: string): string => {
  const wrapped = isRecord(value) ? value[wrapper] : value
  const writer = csvRows({ wrapper, wrap: true })
  return (Array.isArray(wrapped) ? wrapped : [value]).map((row) => writer.row(row)).join('') + writer.end()
}
