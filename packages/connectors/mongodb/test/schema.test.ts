import { documentTable, type FoundDocuments, schemaIn } from '@gw/records/documents'
import { Binary, Decimal128, type Document, Double, ObjectId, UUID } from 'mongodb'
import { describe, expect, test } from 'vitest'

import { bsonTypes } from '../src/values/types.ts'

type Found = Partial<FoundDocuments> & { readonly validator?: Document }
const table = ({ validator, ...found }: Found) =>
  documentTable(
    { name: 'things', view: false, schema: schemaIn(validator), indexes: [], samples: [], ...found },
    bsonTypes,
  )
const fieldsOf = (found: Found) =>
  Object.fromEntries(table(found).fields.map(({ name, type, dbType, nullable }) => [name, [type, dbType, nullable]]))
const sampled = (...samples: Document[]) => fieldsOf({ samples })

describe('a collection without a validator', () => {
  test('has the fields of its samples, each of the type that they share', () => {
    const _id = new ObjectId()
    const some = {
      _id,
      s: 'a',
      i: 1,
      d: 1.5,
      l: 2n,
      t: true,
      day: new Date(),
      m: Decimal128.fromString('1'),
      o: { a: 1 },
      list: [1],
      b: new Binary(),
      u: new UUID(),
    }
    expect(sampled(some)).toEqual({
      _id: ['string', 'objectId', false],
      s: ['string', 'string', true],
      i: ['integer', 'int', true],
      d: ['double', 'double', true],
      l: ['bigint', 'long', true],
      t: ['boolean', 'bool', true],
      day: ['datetime', 'date', true],
      m: ['decimal', 'decimal', true],
      o: ['any', 'object', true],
      list: ['any', 'array', true],
      b: ['binary', 'binData', true],
      u: ['uuid', 'uuid', true],
    })
  })
  test('has a field of any type where its samples differ, or hold nothing but null', () => {
    expect(sampled({ _id: 1, a: 1, n: null, w: 1, f: 1 }, { _id: 2, a: 'x', n: null, w: 2n, f: 1.5 })).toMatchObject({
      a: ['any', 'mixed', true],
      n: ['any', '', true],
      w: ['bigint', 'long', true],
      f: ['double', 'double', true],
    })
  })
  test('has an `_id` and no other field where it is empty, and any that somebody names', () => {
    expect(sampled()).toEqual({ _id: ['string', 'objectId', false] })
    const { open } = table({})
    expect(open?.('a.b')).toMatchObject({ native: 'a.b', type: 'any', open: true })
    expect(open?.('a.b')).toBe(open?.('a.b'))
    expect(open?.('$where')).toBeUndefined()
  })
  test('shows no field whose name means something to MongoDB', () => {
    expect(Object.keys(sampled(JSON.parse('{"_id":1,"$set":1,"a.b":1,"":1,"__proto__":1,"fine":1}')))).toEqual([
      '_id',
      'fine',
    ])
  })
})

describe('a collection with a validator', () => {
  const schema = {
    bsonType: 'object',
    description: 'What we sell.',
    required: ['sku', 'price'],
    properties: {
      _id: { bsonType: 'int' },
      sku: { bsonType: 'string', maxLength: 12 },
      price: { bsonType: 'decimal' },
      stock: { bsonType: ['int', 'null'] },
      state: { enum: ['new', 'old'] },
      rating: { bsonType: 'number' },
    },
  }
  test('has what the validator says of it, also beside other rules', () => {
    for (const validator of [{ $jsonSchema: schema }, { $and: [{ price: { $gt: 0 } }, { $jsonSchema: schema }] }]) {
      const found = table({ validator })
      expect(found.description).toBe('What we sell.')
      expect(fieldsOf({ validator })).toEqual({
        _id: ['integer', 'int', false],
        sku: ['string', 'string', false],
        price: ['decimal', 'decimal', false],
        stock: ['integer', 'int', true],
        state: ['string', 'string', true],
        rating: ['any', 'mixed', true],
      })
      expect(found.fields.find(({ name }) => name === 'sku')?.length).toBe(12)
      expect(found.fields.find(({ name }) => name === 'state')?.choices).toEqual(['new', 'old'])
    }
  })
  test('has further fields by samples, unless the validator knows of none', () => {
    const samples = [{ _id: 1, sku: 1, colour: 'red' }]
    expect(fieldsOf({ validator: { $jsonSchema: schema }, samples })).toMatchObject({
      sku: ['string', 'string', false],
      colour: ['string', 'string', true],
    })
    expect(table({ validator: { $jsonSchema: schema } }).open).toBeDefined()
    expect(table({ validator: { $jsonSchema: { ...schema, additionalProperties: false } } }).open).toBeUndefined()
  })
  test('has unique and indexed fields by its indexes', () => {
    const indexes = [
      { name: 'by_sku', unique: true, fields: ['sku'] },
      { name: 'by_stock', unique: false, fields: ['stock'] },
      { name: 'both', unique: true, fields: ['price', 'stock'] },
    ]
    const of = (name: string) =>
      table({ validator: { $jsonSchema: schema }, indexes }).fields.find((one) => one.name === name)
    expect([of('sku')?.unique, of('price')?.unique, of('stock')?.unique, of('stock')?.index]).toEqual([
      true,
      false,
      false,
      'by_stock',
    ])
  })
  test('keeps whole numbers that came as doubles apart from others', () => {
    expect(sampled({ _id: 1, x: new Double(1.5) })).toMatchObject({ x: ['double', 'double', true] })
  })
})
