/** What is known of documents → a table: their JSON Schema says more than samples, samples more than nothing. */
import type { Field, Table } from '../catalog.ts'
import type { Constraint } from '../failure.ts'
import { openFields } from '../open-fields.ts'
import type { Document } from './rows.ts'

export interface FoundIndex {
  readonly name: string
  readonly unique: boolean
  readonly fields: readonly string[]
}
/** A set of documents, called by its own name everywhere. */
export interface FoundDocuments {
  readonly name: string
  readonly view: boolean
  /** Absent where nothing is said of what they are. */
  readonly schema?: JsonSchema | undefined
  readonly indexes: readonly FoundIndex[]
  readonly samples: readonly Document[]
}
export interface JsonSchema {
  readonly [keyword: string]: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined
}

export type Typed = Pick<Field, 'type' | 'dbType' | 'extended'>
/** A source's own types. `null` is one of them. */
export interface DocumentTypes {
  /** The field that is the key of every document. */
  readonly key: string
  typeOf(value: unknown): string
  /** The types that a property's schema allows. */
  declared(schema: JsonSchema): readonly string[]
  /** What a field is whose values are of these types. */
  typed(types: ReadonlySet<string>): Typed
  /** The key, where nothing is known of it. */
  readonly unknownKey: Typed
}

/** A name that can be a field's: no sign in it means something to a source. */
const isName = (name: string): boolean => name !== '' && !/^\$|[.\0]/.test(name) && name !== '__proto__'

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined

const declaredField = (schema: JsonSchema, required: boolean, { declared, typed }: DocumentTypes) => {
  const types = new Set(declared(schema))
  const choices = textsIn(schema.enum)
  return {
    ...typed(types),
    always: true as const,
    nullable: !required || types.has('null'),
    ...(typeof schema.maxLength === 'number' && { length: schema.maxLength }),
    ...(typeof schema.description === 'string' && { description: schema.description }),
    ...(choices && { choices }),
  }
}
const sampledField = (name: string, samples: readonly Document[], { typeOf, typed }: DocumentTypes) => ({
  ...typed(new Set(samples.flatMap((sample) => (Object.hasOwn(sample, name) ? [typeOf(sample[name])] : [])))),
  nullable: true,
})

/** @returns the table, with its key first */
export const documentTable = (found: FoundDocuments, types: DocumentTypes): Table => {
  const { name, view, schema, indexes, samples } = found
  const properties = schema?.properties ?? {}
  const required = new Set(textsIn(schema?.required) ?? [])
  const alone = new Map(indexes.flatMap((index) => (index.fields.length === 1 ? [[index.fields[0]!, index]] : [])))
  const names = new Set([types.key, ...Object.keys(properties), ...samples.flatMap((sample) => Object.keys(sample))])
  const fields = [...names].filter(isName).map((field): Field => {
    const primaryKey = field === types.key
    const index = alone.get(field)
    const known = Object.hasOwn(properties, field)
      ? declaredField(properties[field]!, required.has(field), types)
      : sampledField(field, samples, types)
    return {
      name: field,
      native: field,
      // Where a new document has no key, it is given one; and it is never changed.
      autoIncrement: primaryKey,
      generated: false,
      primaryKey,
      unique: primaryKey || index?.unique === true,
      ...(index && !index.unique && { index: index.name }),
      ...known,
      ...(primaryKey && { nullable: false, extended: undefined }),
      ...(primaryKey && known.dbType === '' && types.unknownKey),
    }
  })
  return {
    name,
    native: name,
    view,
    ...(typeof schema?.description === 'string' && { description: schema.description }),
    fields,
    primaryKey: [types.key],
    foreignKeys: [],
    // A schema that knows of no further fields has none.
    ...(schema?.additionalProperties !== false && { open: openFields() }),
  }
}

/** What a violation of an index can be told by. */
export const uniqueConstraints = ({ name: table, indexes }: FoundDocuments): readonly Constraint[] =>
  indexes.flatMap(({ name, unique, fields }) => (unique ? [{ name, table, columns: fields }] : []))

/** The same but for what is made anew at each look. */
export const sameTable = (before: Table, after: Table): boolean =>
  JSON.stringify(before) === JSON.stringify(after) && Boolean(before.open) === Boolean(after.open)
