/** Validators of collections, in MongoDB's form: a JSON Schema, alone or beside other rules. */
import type { JsonSchema } from './table.ts'

export interface Validator {
  readonly [rule: string]: unknown
  readonly $jsonSchema?: JsonSchema | undefined
}

/** What a validator says of properties, also where it stands beside other rules. */
export const schemaIn = (validator: Validator | undefined): JsonSchema | undefined => {
  const others: unknown = validator?.$and
  const nested = Array.isArray(others) ? others.map(schemaIn).find((one) => one !== undefined) : undefined
  return validator?.$jsonSchema ?? nested
}

/** A validator with another schema in it, beside whatever else it says. */
export const withSchema = (validator: Validator | undefined, schema: JsonSchema): Validator => {
  if (!validator || Object.keys(validator).length === 0 || validator.$jsonSchema)
    return { ...validator, $jsonSchema: schema }
  const { $and: all, ...rest } = validator
  if (!Array.isArray(all)) return { $and: [validator, { $jsonSchema: schema }] }
  const held = all.findIndex((one) => schemaIn(one) !== undefined)
  return held < 0
    ? { ...rest, $and: [...all, { $jsonSchema: schema }] }
    : { ...rest, $and: all.map((one, at) => (at === held ? withSchema(one, schema) : one)) }
}
