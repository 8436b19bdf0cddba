/** A document as an HTTP answer. */
import { GwError } from '../errors.ts'
import { yaml } from '../lazy.ts'
import { isTrue } from '../truth.ts'
import { downgrade } from './downgrade.ts'

type Query = URLSearchParams | Readonly<Record<string, unknown>>

const read = (query: Query, name: string): string | undefined => {
  const value = query instanceof URLSearchParams ? query.get(name) : query[name]
  const first = Array.isArray(value) ? value[0] : value
  return first === undefined || first === null || first === '' ? undefined : String(first)
}

type Format = 'json' | 'yaml'
const FORMATS: Readonly<Record<string, Format>> = { json: 'json', yaml: 'yaml', yml: 'yaml' }
/** The wire contract's types (platform part, §8.4). */
const MEDIA_TYPE: Readonly<Record<Format, string>> = { json: 'application/json', yaml: 'application/x-yaml' }

/** A name that is safe in a header: `file=true` takes a name of ours. */
const fileName = (file: string, format: Format): string => {
  if (isTrue(file)) return `openapi.${format}`
  const name = file.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '') || 'openapi'
  return /\.(json|ya?ml)$/i.test(name) ? name : `${name}.${format}`
}

const formatOf = (query: Query, file: string | undefined, accept: string): Format => {
  const asked = read(query, 'format')?.toLowerCase()
  if (asked !== undefined) {
    const format = Object.hasOwn(FORMATS, asked) ? FORMATS[asked] : undefined
    if (format) return format
    throw new GwError('invalid_request', "The 'format' of an API document is json, yaml or yml.")
  }
  if (file !== undefined && /\.ya?ml$/i.test(file)) return 'yaml'
  return file === undefined && /\byaml\b/i.test(read(query, 'accept') ?? accept) ? 'yaml' : 'json'
}

const versionOf = (version: string | undefined): '3.1' | '3.0' => {
  if (version === undefined || /^3\.1(\.\d+)?$/.test(version)) return '3.1'
  if (/^3\.0(\.\d+)?$/.test(version)) return '3.0'
  throw new GwError('invalid_request', "The 'openapi' version of an API document is 3.1 or 3.0.")
}

/** The form in which a document is sent. */
export interface SpecForm {
  readonly format: Format
  readonly version: '3.1' | '3.0'
  /** The name of the attachment, where it is one. */
  readonly file: string | undefined
}

/**
 * Reads how a document is to be sent.
 * @param query `format` (json, yaml, yml), `openapi` (3.1, 3.0), `file` (`true` or a name: sent as an attachment)
 * @param accept the request's `Accept` header; YAML is given where it names YAML and `format` is absent
 * @throws `invalid_request` for a format or version that there is not
 */
export const specForm = (query: Query, accept: string | null = null): SpecForm => {
  const asked = read(query, 'file')
  const file = asked !== undefined && /^(false|0|no|off)$/i.test(asked) ? undefined : asked
  const format = formatOf(query, file, accept ?? '')
  return { format, version: versionOf(read(query, 'openapi')), file: file && fileName(file, format) }
}

/** A document as text, pretty-printed. */
export const specText = (document: object, { format, version }: Pick<SpecForm, 'format' | 'version'>): string => {
  const wanted = version === '3.0' && 'openapi' in document && 'paths' in document ? downgrade(document) : document
  if (format === 'yaml') return yaml().stringify(wanted, { aliasDuplicateObjects: false, lineWidth: 0 })
  return `${JSON.stringify(wanted, null, 2)}\n`
}

/** Answers with the text of a document, which nobody is to keep. */
export const specResponse = (text: string, { format, file }: SpecForm): Response => {
  const headers = new Headers({
    'content-type': `${MEDIA_TYPE[format]}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  if (file !== undefined) headers.set('content-disposition', `attachment; filename="${file}"`)
  return new Response(text, { headers })
}
