import { MongoNetworkError, MongoServerError } from 'mongodb'
import { describe, expect, test } from 'vitest'
import { classify } from '../src/errors.ts'

const server = (code: number, message = 'text') => new MongoServerError({ code, message, errmsg: message })

describe('failures are told by their reason', () => {
  test.each([
    [121, 'check'],
    [112, 'deadlock'],
    [50, 'timeout'],
    [13, 'permission'],
    [18, 'credentials'],
    [66, 'not_writable'],
    [40, 'invalid_value'],
    [10107, 'unreachable'],
  ])('%d is %s', (code, reason) => {
    expect(classify(server(code))).toEqual({ reason })
  })
  test.each([
    'E11000 duplicate key error collection: shop.people index: by_name dup key: { name: "Ada" }',
    'E11000 duplicate key error index: shop.people.$by_name dup key: { : "Ada" }',
    'E11000 duplicate key error index: by_name dup key: { name: "Ada" }',
  ])('a taken value by its index: %s', (message) => {
    expect(classify(server(11000, message), 'people')).toEqual({
      reason: 'unique',
      constraint: 'by_name',
      table: 'people',
    })
  })
  test('a server that is away, and one that is not who it should be', () => {
    expect(classify(new MongoNetworkError('connect ECONNREFUSED'))).toEqual({ reason: 'unreachable' })
    expect(classify(new MongoNetworkError('self-signed certificate'))).toEqual({ reason: 'tls' })
  })
  test('and what is none of theirs by nothing', () => {
    expect(classify(new TypeError('x'))).toBeUndefined()
    expect(classify(server(999_999))).toBeUndefined()
  })
})
