/** The output formats: for each its media type, and how it writes one value and a list of rows. */
import { csvRows, csvValue } from './csv.ts'
import { jsonRows, ndjsonRows, toJson } from './json.ts'
import type { Format } from './negotiate.ts'
import { xmlRows, xmlValue } from './xml.ts'

/** How a list is framed. */
export interface Layout {
  /** The key that lists stand under: `resource`. */
  readonly wrapper: string
  /** Whether the list is wrapped at all; matters to JSON only. */
  readonly wrap: boolean
  readonly meta?: Readonly<Record<string, unknown>> | undefined
}

/** Writes a list row by row, so that the same code serves arrays and streams. */
export interface RowWriter {
  /** One row's text, preceded by whatever opens the document where it is the first. */
  row(value: unknown): string
  /** What closes the document. Called once, also after no rows at all. */
  end(): string
}

/** One output format. */
export interface Writer {
  readonly type: string
  value(value: unknown, wrapper: string): string
  rows(layout: Layout): RowWriter
}

export const WRITERS: Readonly<Record<Format, Writer>> = {
  json: { type: 'application/json', value: toJson, rows: jsonRows },
  ndjson: { type: 'application/x-ndjson', value: (value) => `${toJson(value)}\n`, rows: ndjsonRows },
  xml: { type: 'application/xml', value: xmlValue, rows: xmlRows },
  csv: { type: 'text/csv; charset=utf-8', value: csvValue, rows: csvRows },
  text: { type: 'text/plain; charset=utf-8', value: toJson, rows: jsonRows },
}
