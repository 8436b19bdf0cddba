/** PostgreSQL's types and the text form of their values (the wire contract §6.8 and §4.6). */
import {
  arrayCodec,
  type Codec,
  decimalCodec,
  type Field,
  type FieldType,
  postgresFieldType as fieldType,
  floatCodec,
  hexCodec,
  integerCodec,
  jsonCodec,
  letterCodec,
  plainCodec,
  textCodec,
} from '@gw/sql'

export { fieldType }

/** Simple types (§6.8) that are only described as such: their values are texts, or moments like others. */
const MEANINGS: Readonly<Record<string, string>> = {
  money: 'money',
  'time with time zone': 'timetz',
  'timestamp with time zone': 'timestamptz',
}
export const meaningOf = (native: string): string | undefined => MEANINGS[native.replace(/\(.*?\)/, '')]

/** Whether a type has `NaN` and the infinities; a number of digits declared does without the latter. */
export const isUnbounded = (native: string): boolean => /^(?:real|double precision|numeric(?:\(.*\))?)$/.test(native)

const CODECS: Readonly<Partial<Record<FieldType, Codec>>> = {
  boolean: letterCodec,
  integer: integerCodec,
  bigint: integerCodec,
  decimal: decimalCodec,
  double: floatCodec,
  binary: hexCodec,
  json: jsonCodec,
  uuid: plainCodec,
  date: plainCodec,
  time: plainCodec,
  timestamp: plainCodec,
}

export const codec = ({ type, dbType }: Pick<Field, 'type' | 'dbType'>): Codec => {
  if (type !== 'array') return CODECS[type] ?? textCodec
  const element = dbType.slice(0, -2)
  return arrayCodec(codec({ type: fieldType(element), dbType: element }))
}
