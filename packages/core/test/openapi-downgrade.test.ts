import { describe, expect, it } from 'vitest'
import { downgrade } from '../src/openapi/index.ts'
import { danglingReferences, problemsOf } from './openapi-valid.ts'

/** A document with one schema, called `It`, and one parameter that is called `schema`. */
const documentWith = (schema: unknown) => ({
  openapi: '3.1.1',
  jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
  info: { title: 'T', summary: 'S', version: '1' },
  webhooks: {},
  paths: {},
  components: {
    schemas: { It: schema, Other: { type: 'string' } },
    parameters: {
      schema: {
        name: 'schema',
        in: 'query',
        schema: { type: ['string', 'null'] },
        example: { type: ['string', 'null'] },
      },
    },
  },
})

const cases: readonly (readonly [name: string, from: unknown, to: unknown])[] = [
  ['a type or null', { type: ['string', 'null'] }, { type: 'string', nullable: true }],
  ['several types', { type: ['string', 'integer'] }, { anyOf: [{ type: 'string' }, { type: 'integer' }] }],
  ['values or null', { type: ['string', 'null'], enum: ['a'] }, { type: 'string', nullable: true, enum: ['a', null] }],
  ['one choice or null', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'string', nullable: true }],
  [
    'several choices or null',
    { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }], description: 'd' },
    { oneOf: [{ type: 'string' }, { type: 'integer' }], description: 'd', nullable: true },
  ],
  [
    'a reference or null',
    { anyOf: [{ $ref: '#/components/schemas/Other' }, { type: 'null' }] },
    { allOf: [{ $ref: '#/components/schemas/Other' }], nullable: true },
  ],
  ['nothing but null', { type: 'null', description: 'd' }, { nullable: true, enum: [null], description: 'd' }],
  ['a constant', { type: 'string', const: 'x' }, { type: 'string', enum: ['x'] }],
  ['a constant null', { const: null }, { nullable: true, enum: [null] }],
  ['examples', { type: 'integer', examples: [1, 2] }, { type: 'integer', example: 1 }],
  [
    'an exclusive bound',
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'number', minimum: 0, exclusiveMinimum: true },
  ],
  [
    'the stricter of two bounds',
    { type: 'number', exclusiveMaximum: 9, maximum: 5, exclusiveMinimum: 3, minimum: 1 },
    { type: 'number', maximum: 5, minimum: 3, exclusiveMinimum: true },
  ],
  ['text of bytes', { type: 'string', contentEncoding: 'base64' }, { type: 'string', format: 'byte' }],
  ['bytes of a type', { type: 'string', contentMediaType: 'image/png' }, { type: 'string', format: 'binary' }],
  [
    'a tuple',
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }] },
    { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
  ],
  [
    'a tuple that ends',
    { type: 'array', prefixItems: [{ type: 'string' }], items: false },
    { type: 'array', items: { type: 'string' }, maxItems: 1 },
  ],
  [
    'a tuple that goes on',
    { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'integer' } },
    { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
  ],
  ['a list of anything', { type: 'array' }, { type: 'array', items: {} }],
  [
    'keys of a pattern',
    { type: 'object', patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
    { type: 'object', additionalProperties: { type: 'string' } },
  ],
  ['rules for names', { type: 'object', propertyNames: { pattern: '^a' } }, { type: 'object' }],
  [
    'a reference with neighbours',
    { $ref: '#/components/schemas/Other', description: 'd' },
    { allOf: [{ $ref: '#/components/schemas/Other' }], description: 'd' },
  ],
  [
    'true and false',
    { type: 'object', properties: { a: true, b: false } },
    { type: 'object', properties: { a: {}, b: { not: {} } } },
  ],
  [
    'properties that are called like keywords',
    {
      type: 'object',
      properties: { const: { const: 1 }, examples: { type: ['string', 'null'] } },
      default: { const: 1 },
    },
    {
      type: 'object',
      properties: { const: { enum: [1] }, examples: { type: 'string', nullable: true } },
      default: { const: 1 },
    },
  ],
]

describe('downgrading to 3.0 rewrites', () => {
  for (const [name, from, to] of cases)
    it(name, async () => {
      const source = documentWith(from)
      const before = JSON.stringify(source)
      const result = downgrade(source) as any
      expect(result.components.schemas.It).toEqual(to)
      expect(await problemsOf(result)).toEqual([])
      expect(JSON.stringify(source)).toBe(before)
    })

  it('definitions inside a schema to components, and the references to them', async () => {
    const local = { type: 'array', items: { $ref: '#/$defs/Part' }, $defs: { Part: { type: ['integer', 'null'] } } }
    const result = downgrade(documentWith(local)) as any
    const [name] = Object.keys(result.components.schemas).filter((one) => !['It', 'Other'].includes(one))
    expect(result.components.schemas.It).toEqual({ type: 'array', items: { $ref: `#/components/schemas/${name}` } })
    expect(result.components.schemas[name!]).toEqual({ type: 'integer', nullable: true })
    expect(danglingReferences(result)).toEqual([])
    expect(await problemsOf(result)).toEqual([])
  })

  it('the outline of the document, and leaves examples and odd names alone', () => {
    const result = downgrade(documentWith({})) as any
    expect(result.openapi).toBe('3.0.3')
    expect(Object.keys(result).sort()).toEqual(['components', 'info', 'openapi', 'paths'])
    expect(result.info).toEqual({ title: 'T', version: '1' })
    expect(result.components.parameters.schema).toEqual({
      name: 'schema',
      in: 'query',
      schema: { type: 'string', nullable: true },
      example: { type: ['string', 'null'] },
    })
  })

  it('nothing in a document that is 3.0 already', () => {
    const once = downgrade(documentWith({ const: 1 }))
    expect(downgrade(once)).toBe(once)
  })
})
