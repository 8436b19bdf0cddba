/** Request bodies: from bytes and a content type to a value. */
import { isUtf8 } from 'node:buffer'
import type { GwError } from '../errors.ts'
import { parseCsv } from './csv.ts'
import { parseForm, parseMultipart } from './form.ts'
import { badBody } from './guard.ts'
import { parseJson, parseNdjson } from './json.ts'
import { parseXml } from './xml.ts'

const unrecognized = (): GwError => badBody('Unrecognized payload type')

/** Text without its byte order mark. Bytes that aren't UTF-8 are refused, not replaced. */
const utf8 = (bytes: Buffer): string => {
  if (!isUtf8(bytes)) throw badBody("The request body isn't valid UTF-8. Encode it so, or declare its charset.")
  const marked = bytes.length > 2 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.toString('utf8', marked ? 3 : 0)
}

/** Text in the charset that the content type declares; UTF-8 where it declares none. */
const decode = (bytes: Buffer, contentType: string): string => {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]?.toLowerCase()
  if (charset === undefined || charset === 'utf-8' || charset === 'utf8') return utf8(bytes)
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(charset, { fatal: true })
  } catch {
    throw badBody("The request body's charset isn't supported. Send UTF-8.")
  }
  try {
    return decoder.decode(bytes)
  } catch {
    throw badBody('The request body has bytes that its charset does not have.')
  }
}

/** A body without a content type. What begins like JSON or XML is held to it, so that its error is the one shown. */
const sniff = (text: string): unknown => {
  const start = text.trimStart()
  if (start === '') return undefined
  if (start.startsWith('{') || start.startsWith('[')) return parseJson(text)
  if (start.startsWith('<')) return parseXml(text)
  try {
    return JSON.parse(text)
  } catch {
    // Not a JSON scalar.
  }
  let rows: ReturnType<typeof parseCsv>
  try {
    rows = parseCsv(text)
  } catch {
    throw unrecognized()
  }
  if (rows.resource.length === 0) throw unrecognized()
  return rows
}

/**
 * Parses a request body by its content type (the wire contract §11.1); without one it is sniffed as JSON, XML, CSV.
 * @returns `undefined` for an empty body; for multipart forms, and only for them, a promise.
 * @throws {GwError} `invalid_request` for a malformed body or a type that isn't known.
 */
export const parseBody = (bytes: Buffer, contentType: string | undefined): unknown => {
  if (bytes.length === 0) return undefined
  // The comparison that decides nearly every request comes first.
  if (contentType === 'application/json') return parseJson(utf8(bytes))
  if (!contentType) return sniff(utf8(bytes))
  const type = (contentType.split(';', 1)[0] as string).trim().toLowerCase()
  if (type === 'application/json' || type.endsWith('+json')) return parseJson(decode(bytes, contentType))
  switch (type) {
    case 'application/x-www-form-urlencoded':
      return parseForm(decode(bytes, contentType))
    case 'multipart/form-data':
      return parseMultipart(bytes, contentType)
    case 'application/xml':
    case 'text/xml':
      return parseXml(decode(bytes, contentType))
    case 'text/csv':
      return parseCsv(decode(bytes, contentType))
    case 'application/x-ndjson':
    case 'application/ndjson':
    case 'application/jsonl':
      return parseNdjson(decode(bytes, contentType))
    case 'text/plain':
      return decode(bytes, contentType)
    default:
      throw unrecognized()
  }
}
