/** What a form makes of a JSON Schema, before anything is drawn. */
import { describe, expect, test } from 'vitest'
import { ApiError, errorOf } from '../src/api/client.ts'
import { schemaOf } from '../src/api/descriptors.ts'
import type { JsonSchema } from '../src/api/types.ts'
import { problemsIn } from '../src/components/schema-form/problems.ts'
import { groupsOf, isShown, kindOf, MASK, shapeOf } from '../src/components/schema-form/schema.ts'
import { numberIn } from '../src/components/schema-form/values.ts'
import { problemsOfError, problemsOfTest } from '../src/screens/services/service-problems.ts'

const secret: JsonSchema = { type: 'string', writeOnly: true }

describe('the control of a property', () => {
  test.each<[string, JsonSchema, unknown?]>([
    ['text', { type: 'string' }],
    ['text', { type: ['string', 'null'] }],
    ['long', { type: 'string', format: 'textarea' }],
    ['code', { type: 'string', contentMediaType: 'text/javascript' }],
    ['secret', secret],
    ['secret', { anyOf: [{ type: 'string' }, { type: 'null' }], writeOnly: true }],
    ['choice', { enum: ['a', 'b'] }],
    ['choice', { anyOf: [{ const: 'a' }, { const: 'b' }] }],
    ['switch', { type: 'boolean' }],
    ['integer', { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
    ['list', { type: 'array', items: { type: 'string' } }],
    ['list', { type: 'array', items: { enum: ['a'] } }],
    ['rows', { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } }],
    ['json', { type: 'array', items: { type: 'array' } }],
    ['object', { type: 'object', properties: { a: { type: 'string' } } }],
    ['map', { type: 'object', additionalProperties: { type: 'string' } }],
    ['json', { type: 'object', additionalProperties: {} }],
    ['json', {}],
    ['text', { anyOf: [{ type: 'string' }, { type: 'object' }] }, 'a text'],
    ['json', { anyOf: [{ type: 'string' }, { type: 'object' }] }, { an: 'object' }],
    ['integer', { anyOf: [{ type: 'integer' }, { type: 'array' }] }, 3],
    ['json', { anyOf: [{ type: 'integer' }, { type: 'array' }] }, ['GET']],
  ])('is %s for %j (%j)', (kind, schema, value) => {
    expect(kindOf(schema, schema, value)).toBe(kind)
  })

  test('follows references, also into themselves', () => {
    const root: JsonSchema = {
      type: 'object',
      properties: { tree: { $ref: '#/$defs/node' } },
      $defs: { node: { type: 'object', properties: { child: { $ref: '#/$defs/node' } } } },
    }
    expect(kindOf(root.properties!.tree!, root)).toBe('object')
    expect(Object.keys(shapeOf(root.properties!.tree!, root).properties!)).toEqual(['child'])
  })

  test('shows only beside the values that it asks for', () => {
    const one: JsonSchema = { 'x-show-if': { mode: ['a', 'b'], on: true } }
    expect([isShown(one, { mode: 'a', on: true }), isShown(one, { mode: 'a' }), isShown({}, {})]).toEqual([
      true,
      false,
      true,
    ])
  })
})

describe('the groups of a form', () => {
  const text: JsonSchema = { type: 'string', default: '' }
  test('begin with what has to be filled in, up to the last secret, and fold the rest away', () => {
    const schema: JsonSchema = {
      required: ['host', 'port', 'database'],
      properties: {
        host: { type: 'string' },
        port: { type: 'integer', default: 1 },
        database: { type: 'string' },
        user: text,
        password: secret,
        charset: text,
        pool: text,
        queue: text,
        proxy: { ...text, 'x-group': 'Network' },
      },
    }
    expect(groupsOf(schema, schema, 'More')).toEqual([
      { label: undefined, names: ['host', 'port', 'database', 'user', 'password'] },
      { label: 'Network', names: ['proxy'] },
      { label: 'More', names: ['charset', 'pool', 'queue'] },
    ])
  })
  test('fold nothing away where there is little', () => {
    const schema: JsonSchema = { properties: { a: text, b: text, c: text, d: text, e: text } }
    expect(groupsOf(schema, schema, 'More').map(({ names }) => names.length)).toEqual([5])
  })
})

describe('what can be told to be wrong at once', () => {
  const schema: JsonSchema = {
    type: 'object',
    required: ['name', 'port'],
    properties: {
      name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
      port: { type: 'integer', default: 80, minimum: 1, maximum: 9 },
      inner: { type: 'object', required: ['url'], properties: { url: { type: 'string' } } },
      rows: { type: 'array', items: { type: 'object', required: ['key'], properties: { key: { type: 'string' } } } },
      hidden: { type: 'string', 'x-show-if': { name: 'never' } },
    },
  }
  test.each<readonly [object, Record<string, string>]>([
    [{}, { name: 'This is required.' }],
    [{ name: 'A' }, { name: 'This does not have the form that is asked for.' }],
    [{ name: 'abcdef' }, { name: 'At most 5 characters.' }],
    [{ name: 'a', port: 10 }, { port: 'At most 9.' }],
    [{ name: 'a', port: 1.5 }, { port: 'This is not a whole number.' }],
    [{ name: 'a', port: numberIn('x') }, { port: 'This is not a number.' }],
    [{ name: 'a', inner: {} }, { 'inner.url': 'This is required.' }],
    [{ name: 'a', rows: [{ key: 'x' }, {}] }, { 'rows.1.key': 'This is required.' }],
    [{ name: 'a', port: 3, inner: { url: 'x' }, rows: [] }, {}],
  ])('%j', (values, wanted) => {
    const found = problemsIn(schema, values as Record<string, unknown>)
    expect(Object.fromEntries(Object.entries(found).map(([path, [first]]) => [path, first]))).toEqual(wanted)
  })
  test('a stored secret is no missing one', () => {
    expect(problemsIn({ required: ['key'], properties: { key: secret } }, { key: MASK })).toEqual({})
  })
})

describe('what the gateway says is wrong', () => {
  const told = {
    error: {
      code: 1000,
      message: 'Batch Error: Not all requested records could be created.',
      context: {
        error: [0],
        resource: [
          {
            message: 'Invalid data supplied.',
            context: {
              name: ['It is taken.'],
              config: [
                "The configuration is not valid for type 'x'. config.port: Invalid input: expected number, received string; config.a.b: Invalid input: expected string, received undefined; config: Unrecognized key",
              ],
            },
          },
        ],
      },
    },
  }
  test('is found inside a batch of one, and told at the settings that it is about', () => {
    const error = errorOf(told, 400)
    expect(error.message).toBe('Invalid data supplied.')
    expect(problemsOfError(error)).toEqual({
      fields: {
        name: ['It is taken.'],
        'config.port': ['A number is wanted here.'],
        'config.a.b': ['This is required.'],
      },
      general: undefined,
    })
  })
  test('is told as a whole where it is about no field', () => {
    expect(problemsOfError(new ApiError('No.', 403))).toEqual({ fields: {}, general: 'No.' })
    expect(problemsOfTest([{ message: 'It can not be reached.' }])).toEqual({
      fields: {},
      general: 'It can not be reached.',
    })
  })
  test('has a sentence also where the answer has none', () => {
    expect([errorOf('<html>', 502).message, errorOf(undefined, 400).message]).toEqual([
      'The gateway failed (502). Its log says more.',
      'The gateway refused this (400) without a reason.',
    ])
  })
})

test('descriptors of the wire contract become a schema with the same meaning', () => {
  const one = { label: 'L', description: '', required: false, allow_null: true, default: null }
  const schema = schemaOf([
    { ...one, name: 'host', type: 'string', required: true },
    { ...one, name: 'key', type: 'password' },
    { ...one, name: 'mode', type: 'picklist', default: 'a', values: [{ label: 'A', name: 'a' }] },
    { ...one, name: 'rows', type: 'array', items: [{ ...one, name: 'x', type: 'boolean' }] },
    { ...one, name: 'tags', type: 'array', items: 'string' },
    { ...one, name: 'map', type: 'object', object: { value: { type: 'password' } } },
  ])
  const kinds = Object.entries(schema.properties!).map(([name, each]) => [name, kindOf(each, schema)])
  expect(kinds).toEqual([
    ['host', 'text'],
    ['key', 'secret'],
    ['mode', 'choice'],
    ['rows', 'rows'],
    ['tags', 'list'],
    ['map', 'map'],
  ])
  expect(schema.required).toEqual(['host'])
})
