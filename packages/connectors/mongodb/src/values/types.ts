/** BSON's types, as MongoDB's `$type` names them, and the wire contract's simple types for them (§6.8). */
import type { DocumentTypes, JsonSchema, PropertyTypes, Typed } from '@gw/records/documents'
import { Binary, type BSON } from 'mongodb'

// biome-ignore format: reads as a table
export type BsonType =
  | 'double' | 'string' | 'object' | 'array' | 'binData' | 'uuid' | 'objectId' | 'bool' | 'date' | 'null' | 'regex'
  | 'javascript' | 'int' | 'timestamp' | 'long' | 'decimal' | 'minKey' | 'maxKey'

// biome-ignore format: reads as a table
const BY_CLASS: Readonly<Record<string, BsonType>> = {
  ObjectId: 'objectId', Decimal128: 'decimal', Long: 'long', Int32: 'int', Double: 'double', BSONRegExp: 'regex',
  Timestamp: 'timestamp', Code: 'javascript', MinKey: 'minKey', MaxKey: 'maxKey',
}

/** The type of a value as the driver gives it: whole numbers of 64 bits are bigints. */
export const bsonTypeOf = (value: unknown): BsonType => {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'long'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Date) return 'date'
  if (value instanceof RegExp) return 'regex'
  if (value instanceof Binary) return value.sub_type === Binary.SUBTYPE_UUID ? 'uuid' : 'binData'
  const { _bsontype } = value as Partial<BSON.BSONValue>
  return (_bsontype && BY_CLASS[_bsontype]) || 'object'
}

const SIMPLE: Readonly<Partial<Record<BsonType, Omit<Typed, 'dbType'>>>> = {
  string: { type: 'string' },
  int: { type: 'integer' },
  long: { type: 'bigint' },
  double: { type: 'double' },
  decimal: { type: 'decimal', extended: true },
  bool: { type: 'boolean' },
  objectId: { type: 'string', extended: true },
  date: { type: 'datetime', extended: true },
  binData: { type: 'binary', extended: true },
  uuid: { type: 'uuid', extended: true },
}

/** Kinds of numbers that are found side by side, and what holds them all without loss. */
const numeric = (types: ReadonlySet<BsonType>): BsonType | undefined => {
  const found = [...types]
  if (found.every((type) => type === 'int' || type === 'long')) return 'long'
  return found.every((type) => type === 'int' || type === 'double') ? 'double' : undefined
}

/** What a field is whose values are of these types: of the one they share, else of any. */
const typed = (types: ReadonlySet<string>): Typed => {
  const known = new Set(types as ReadonlySet<BsonType>)
  known.delete('null')
  const one = known.size === 1 ? [...known][0] : known.size > 1 ? numeric(known) : undefined
  const simple = one && SIMPLE[one]
  return simple ? { ...simple, dbType: one } : { type: 'any', dbType: one ?? (known.size > 1 ? 'mixed' : '') }
}

const ALIASES: Readonly<Record<string, readonly BsonType[]>> = {
  number: ['int', 'long', 'double', 'decimal'],
  boolean: ['bool'],
  integer: ['long'],
}
const declared = ({ bsonType, type, enum: choices }: JsonSchema): readonly string[] => {
  const named = [bsonType ?? type ?? []].flat().map(String)
  if (named.length > 0) return named.flatMap((name): readonly string[] => ALIASES[name] ?? [name])
  return Array.isArray(choices) ? choices.map(bsonTypeOf) : []
}

/** For tables of documents. */
export const bsonTypes: DocumentTypes = {
  key: '_id',
  typeOf: bsonTypeOf,
  declared,
  typed,
  unknownKey: { type: 'string', dbType: 'objectId' },
}

/** For collections that are made. */
export const propertyTypes: PropertyTypes = { label: 'MongoDB', key: '_id', declared }
