/** PostgreSQL's types and the text form of their values (the wire contract §6.8 and §4.6). */
import {
  type Codec,
  decimalCodec,
  type Field,
  type FieldType,
  floatCodec,
  integerCodec,
  jsonCodec,
  plainCodec,
  textCodec,
} from '@gw/sql'

/** By `format_type`'s name without its modifiers; what isn't here (enums, ranges, addresses, money) is a string. */
// biome-ignore format: reads as a table
const TYPES: Readonly<Record<string, FieldType>> = {
  smallint: 'integer', integer: 'integer', oid: 'integer', bigint: 'bigint', numeric: 'decimal',
  real: 'double', 'double precision': 'double', boolean: 'boolean', bytea: 'binary', uuid: 'uuid',
  json: 'json', jsonb: 'json', date: 'date',
  'time without time zone': 'time', 'time with time zone': 'time',
  'timestamp without time zone': 'timestamp', 'timestamp with time zone': 'timestamp',
}

/** `native` as `format_type` gives it: `numeric(10,2)`, `timestamp(3) with time zone`, `integer[]`. */
export const fieldType = (native: string): FieldType =>
  native.endsWith('[]') ? 'array' : (TYPES[native.replace(/\(.*?\)/, '')] ?? 'string')

const BOOLEAN: Codec = { value: (cell) => cell === 't', json: (cell) => (cell === 't' ? 'true' : 'false') }
/** `\x` and hexadecimal digits. */
const base64 = (cell: unknown): string => Buffer.from((cell as string).slice(2), 'hex').toString('base64')
const BYTEA: Codec = { value: base64, json: (cell) => `"${base64(cell)}"` }

const CODECS: Readonly<Partial<Record<FieldType, Codec>>> = {
  boolean: BOOLEAN,
  integer: integerCodec,
  bigint: integerCodec,
  decimal: decimalCodec,
  double: floatCodec,
  binary: BYTEA,
  json: jsonCodec,
  uuid: plainCodec,
  date: plainCodec,
  time: plainCodec,
  timestamp: plainCodec,
}

export const codec = ({ type, dbType }: Pick<Field, 'type' | 'dbType'>): Codec => {
  if (type !== 'array') return CODECS[type] ?? textCodec
  const element = dbType.slice(0, -2)
  const elements = codec({ type: fieldType(element), dbType: element })
  const value = (cell: unknown) => arrayValue(cell as string, elements)
  return { value, json: (cell) => JSON.stringify(value(cell)) }
}

/** `{1,NULL,"a \"b\""}`, nested or not. One with bounds of its own (`[0:1]={…}`) stays text. */
const arrayValue = (text: string, elements: Codec): unknown => {
  if (!text.startsWith('{')) return text
  const item = /"((?:[^"\\]|\\.)*)"|([{}])|([^,{}"]+)/gs
  const open: unknown[][] = []
  for (const [, quoted, brace, bare] of text.matchAll(item)) {
    if (brace === '{') open.push([])
    else if (brace === '}') {
      const closed = open.pop()!
      if (open.length === 0) return closed
      open.at(-1)!.push(closed)
    } else if (quoted !== undefined) open.at(-1)!.push(elements.value(quoted.replace(/\\(.)/gs, '$1')))
    else open.at(-1)!.push(bare === 'NULL' ? null : elements.value(bare))
  }
  return text
}
