/** JSON and newline-delimited JSON, read and written. */
import { badBody, guard, MAX_DEPTH } from './guard.ts'
import { placeOfFault } from './json-fault.ts'
import type { Layout, RowWriter } from './writer.ts'

const SUSPECT = /__proto__|prototype|\\u00/

/**
 * Parses one JSON value.
 * @param firstLine The number of the text's first line, for messages.
 * @throws {GwError} `invalid_request`, naming line and column; also for what `guard` refuses.
 */
export const parseJson = (text: string, firstLine = 1): unknown => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badBody(`The request body isn't valid JSON ${placeOfFault(text, firstLine)}.`)
  }
  // Nesting takes two characters a level, so short bodies need no walk unless a name in them looks wrong.
  if (text.length > 2 * MAX_DEPTH || SUSPECT.test(text)) guard(value)
  return value
}

/** Parses newline-delimited JSON into `{"resource": […]}`; blank lines are skipped, errors name the line. */
export const parseNdjson = (text: string): { resource: unknown[] } => {
  const resource: unknown[] = []
  let line = 0
  for (let start = 0; start < text.length; ) {
    line += 1
    let end = text.indexOf('\n', start)
    if (end === -1) end = text.length
    const row = text.slice(start, end)
    if (row.trim() !== '') resource.push(parseJson(row, line))
    start = end + 1
  }
  return { resource }
}

/** JSON text of any value; what JSON has no word for is `null`. */
export const toJson = (value: unknown): string => JSON.stringify(value) ?? 'null'

/** What stands before the items of a list in JSON. */
export const jsonOpening = ({ wrapper, wrap }: Layout): string => {
  if (!wrap) return ''
  return wrapper === 'resource' ? '{"resource":' : `{${JSON.stringify(wrapper)}:`
}

/** What stands after the items of a list in JSON. */
export const jsonClosing = ({ wrap, meta }: Layout): string => {
  if (!wrap) return ''
  return meta ? `,"meta":${JSON.stringify(meta)}}` : '}'
}

/** Writes a list as one JSON document. `meta` is read when the list ends. */
export const jsonRows = (layout: Layout): RowWriter => {
  let separator = `${jsonOpening(layout)}[`
  return {
    row(value) {
      const text = separator + toJson(value)
      separator = ','
      return text
    },
    end: () => `${separator === ',' ? '' : separator}]${jsonClosing(layout)}`,
  }
}

/** Writes a list as one JSON value a line; `meta` has no place in it. */
export const ndjsonRows = (): RowWriter => ({ row: (value) => `${toJson(value)}\n`, end: () => '' })
