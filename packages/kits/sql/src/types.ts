/** Declared types → the wire contract's simple types: its generic rules (§6.8), for databases that follow them. */
import type { Field, FieldType } from '@gw/records'

/** The first that matches counts. */
const RULES: readonly (readonly [RegExp, FieldType])[] = [
  [/BOOL|^BIT\b|^(TINY|SMALL|MEDIUM)?INT(EGER)? ?\( ?1 ?\)/, 'boolean'],
  [/DECIMAL|NUMERIC|^NUMBER|PERCENT/, 'decimal'],
  [/DOUBLE|FLOAT ?\( ?53 ?\)/, 'double'],
  [/REAL|FLOA/, 'float'],
  [/BIGINT|BIG INT|^INT8|VARINT/, 'bigint'],
  [/^(UNSIGNED )?(TINY|SMALL|MEDIUM)?INT(EGER|2|4)?\b/, 'integer'],
  [/TIMESTAMP/, 'timestamp'],
  [/DATETIME/, 'datetime'],
  [/^DATE/, 'date'],
  [/^TIME/, 'time'],
  [/BLOB|BINARY/, 'binary'],
  [/JSON/, 'json'],
  [/UUID|GUID|UNIQUEIDENTIFIER/, 'uuid'],
  [/CLOB|TEXT/, 'text'],
]

export const simpleType = (declared: string): FieldType => {
  const name = declared.trim().toUpperCase()
  return RULES.find(([pattern]) => pattern.test(name))?.[1] ?? 'string'
}

const SIZE = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/

/** `VARCHAR(40)` has a length, `DECIMAL(10,2)` a precision and a scale. */
export const declaredSize = (declared: string, type: FieldType): Pick<Field, 'length' | 'precision' | 'scale'> => {
  const [, first, second] = SIZE.exec(declared) ?? []
  if (first === undefined) return {}
  if (type === 'string' || type === 'text' || type === 'binary') return { length: Number(first) }
  return { precision: Number(first), ...(second === undefined ? {} : { scale: Number(second) }) }
}
