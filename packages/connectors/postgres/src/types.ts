/** PostgreSQL's types and the text form of their values (the wire contract §6.8 and §4.6). */
import {
  arrayCodec,
  arrayText,
  type Binder,
  bytesOf,
  type Codec,
  decimalCodec,
  elementwise,
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

/** What an array is made of. */
const elementOf = ({ dbType, base = dbType }: Pick<Field, 'dbType' | 'base'>): string => base.slice(0, -2)
/** Boxes have commas themselves. */
const delimiterOf = (element: string): string => (element === 'box' ? ';' : ',')

export const codec = ({ type, ...field }: Pick<Field, 'type' | 'dbType' | 'base'>): Codec => {
  if (type !== 'array') return CODECS[type] ?? textCodec
  const element = elementOf(field)
  return arrayCodec(codec({ type: fieldType(element), dbType: element }), delimiterOf(element))
}

/** Arrays that the driver would write in another way than the database reads them. */
export const binder = (field: Field): Binder | undefined => {
  if (field.type !== 'array') return undefined
  const element = elementOf(field)
  if (element === 'bytea') return elementwise(bytesOf(field))
  return delimiterOf(element) === ',' ? undefined : (value) => (Array.isArray(value) ? arrayText(value, ';') : value)
}
