/** The wire contract's own description of settings, as a JSON Schema. */
import type { FieldDescriptor, JsonSchema } from './types.ts'

const TYPES: Readonly<Record<string, JsonSchema>> = {
  text: { type: 'string', format: 'textarea' },
  password: { type: 'string', writeOnly: true },
  integer: { type: 'integer' },
  float: { type: 'number' },
  boolean: { type: 'boolean' },
  array: { type: 'array' },
  object: { type: 'object' },
  json: {},
  verb_mask: { type: 'integer' },
  multi_picklist: { type: 'array' },
}

const propertyOf = (one: FieldDescriptor): JsonSchema => ({
  ...(TYPES[one.type] ?? { type: 'string' }),
  title: one.label,
  description: one.description,
  ...(one.default !== null && { default: one.default }),
  ...(one.type === 'picklist' && {
    enum: one.values?.map(({ name }) => name) ?? [],
    'x-enum-labels': one.values?.map(({ label }) => label) ?? [],
  }),
  ...(one.type === 'array' && {
    items: Array.isArray(one.items) ? schemaOf(one.items) : { type: 'string' },
  }),
  ...(one.type === 'multi_picklist' && { items: { enum: one.values?.map(({ name }) => name) ?? [] } }),
  ...(one.type === 'object' && { additionalProperties: TYPES[one.object?.value?.type ?? ''] ?? { type: 'string' } }),
})

/** The wire contract's list of settings as a JSON Schema, for types that tell no other. */
export const schemaOf = (descriptors: readonly FieldDescriptor[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(descriptors.map((one) => [one.name, propertyOf(one)])),
  required: descriptors.filter(({ required }) => required).map(({ name }) => name),
})
