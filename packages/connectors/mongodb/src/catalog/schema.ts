/** What is known of a collection → a table: its validator says more than samples, samples more than nothing. */
import { type Constraint, type Field, openFields, type Table } from '@gw/records'
import type { Document } from 'mongodb'
import { DECLARED } from '../values/read.ts'
import { type BsonType, bsonTypeOf, typed } from '../values/types.ts'

export interface FoundIndex {
  readonly name: string
  readonly unique: boolean
  readonly fields: readonly string[]
}
export interface FoundCollection {
  readonly name: string
  readonly view: boolean
  /** Its validator, where it has one. */
  readonly validator: Document | undefined
  readonly indexes: readonly FoundIndex[]
  readonly samples: readonly Document[]
}

const ALIASES: Readonly<Record<string, readonly BsonType[]>> = {
  number: ['int', 'long', 'double', 'decimal'],
  boolean: ['bool'],
  integer: ['long'],
}

/** The types that a property's schema allows. */
const declaredTypes = ({ bsonType, type, enum: choices }: Document): ReadonlySet<BsonType> => {
  const named = [bsonType ?? type ?? []].flat() as readonly string[]
  if (named.length > 0) return new Set(named.flatMap((name) => ALIASES[name] ?? [name as BsonType]))
  return new Set(Array.isArray(choices) ? choices.map(bsonTypeOf) : [])
}

/** A name that can be a column's: no sign in it means something to MongoDB. */
const isName = (name: string): boolean => name !== '' && !/^\$|[.\0]/.test(name) && name !== '__proto__'

interface Known {
  readonly primaryKey: boolean
  readonly unique: boolean
  readonly index: string | undefined
}
const plain = (name: string, { primaryKey, unique, index }: Known): Omit<Field, 'type' | 'dbType' | 'nullable'> => ({
  name,
  native: name,
  // Where a new document has none, the driver gives it one; and it is never changed.
  autoIncrement: primaryKey,
  generated: false,
  primaryKey,
  unique: unique || primaryKey,
  ...(index !== undefined && !unique && { index }),
})

const declaredField = (name: string, schema: Document, required: boolean, known: Known): Field => {
  const types = declaredTypes(schema)
  const choices =
    Array.isArray(schema.enum) && schema.enum.every((one) => typeof one === 'string') ? schema.enum : undefined
  return {
    ...plain(name, known),
    ...typed(types),
    base: DECLARED,
    nullable: !required || types.has('null'),
    ...(typeof schema.maxLength === 'number' && { length: schema.maxLength }),
    ...(typeof schema.description === 'string' && { description: schema.description }),
    ...(choices && { choices }),
  }
}

const sampledField = (name: string, samples: readonly Document[], known: Known): Field => ({
  ...plain(name, known),
  ...typed(new Set(samples.flatMap((sample) => (Object.hasOwn(sample, name) ? [bsonTypeOf(sample[name])] : [])))),
  nullable: !known.primaryKey,
})

/** The properties of a `$jsonSchema`, also where it stands beside other rules. */
const schemaIn = (validator: Document | undefined): Document | undefined => {
  if (!validator) return undefined
  const nested = Array.isArray(validator.$and)
    ? validator.$and.map(schemaIn).find((one) => one !== undefined)
    : undefined
  return validator.$jsonSchema ?? nested
}

/** @returns the table, with `_id` first */
export const tableFrom = ({ name, view, validator, indexes, samples }: FoundCollection): Table => {
  const schema = schemaIn(validator)
  const properties: Document = schema?.properties ?? {}
  const required = new Set<unknown>(Array.isArray(schema?.required) ? schema.required : [])
  const single = new Map(
    indexes.flatMap(({ name: index, unique, fields }) =>
      fields.length === 1 ? [[fields[0]!, { index, unique }] as const] : [],
    ),
  )
  const names = new Set(['_id', ...Object.keys(properties), ...samples.flatMap((sample) => Object.keys(sample))])
  const fields = [...names].filter(isName).map((field) => {
    const known = {
      primaryKey: field === '_id',
      unique: single.get(field)?.unique ?? false,
      index: single.get(field)?.index,
    }
    if (Object.hasOwn(properties, field))
      return declaredField(field, properties[field] ?? {}, required.has(field), known)
    return sampledField(field, samples, known)
  })
  const id = fields[0]!
  const key: Field = id.dbType === '' ? { ...id, type: 'string', dbType: 'objectId' } : { ...id, extended: undefined }
  return {
    name,
    native: name,
    view,
    ...(typeof schema?.description === 'string' && { description: schema.description }),
    fields: [{ ...key, nullable: false }, ...fields.slice(1)],
    primaryKey: ['_id'],
    foreignKeys: [],
    // A validator that knows of no further fields has none.
    ...(schema?.additionalProperties !== false && { open: openFields() }),
  }
}

export const constraintsOf = ({ name: table, indexes }: FoundCollection): readonly Constraint[] =>
  indexes.flatMap(({ name, unique, fields }) => (unique ? [{ name, table, columns: fields }] : []))

/** The same but for what is made anew at each look. */
export const isUnchanged = (before: Table, after: Table): boolean =>
  JSON.stringify(before) === JSON.stringify(after) && Boolean(before.open) === Boolean(after.open)
