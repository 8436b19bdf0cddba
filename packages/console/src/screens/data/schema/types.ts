/** The types that fields can be made of (the wire contract's simple types). */
export const FIELD_TYPES = [
  'string',
  'text',
  'integer',
  'bigint',
  'decimal',
  'float',
  'double',
  'boolean',
  'date',
  'time',
  'datetime',
  'timestamp',
  'binary',
  'reference',
  'timestamp_on_create',
  'timestamp_on_update',
] as const
