import { bindGeometry, geometryCodec } from '@gw/sql'
import { describe, expect, test } from 'vitest'

const read = (text: string) => geometryCodec.value((bindGeometry(text) as Buffer).toString('hex').toUpperCase())

describe('spatial values', () => {
  test.each([
    'POINT(1.5 -2)',
    'LINESTRING(0 0,1 1)',
    'POLYGON((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))',
    'MULTIPOINT(1 1,2 2)',
    'MULTILINESTRING((0 0,1 1),(2 2,3 3))',
    'MULTIPOLYGON(((0 0,1 0,1 1,0 0)))',
    'GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))',
    'SRID=4326;POINT(13.4 52.5)',
  ])('%s is read as it was written', (text) => {
    expect(read(text)).toBe(text)
    expect(geometryCodec.json((bindGeometry(text) as Buffer).toString('hex'))).toBe(JSON.stringify(text))
  })

  test('case and spaces do not matter, and numbers may have exponents', () => {
    expect(read('srid=4326;point( 1   2.50 )')).toBe('SRID=4326;POINT(1 2.5)')
    expect(read('POINT(1e2 -1E-3)')).toBe('POINT(100 -0.001)')
  })

  test.each([
    '',
    'x',
    'POINT',
    'POINT(1)',
    'POINT(1 2',
    'POINT(a b)',
    'POINT(1 2) x',
    'POINT(1 2))',
    'POINT Z(1 2 3)',
    'POINT(1 2 3)',
    'POINT EMPTY',
    'POINT(1e999 0)',
    'POINT(1 2)POINT(3 4)',
    'SRID=99999999999;POINT(1 2)',
    'SRID=x;POINT(1 2)',
    "POINT(1 2)') or ('1'='1",
  ])('%s is refused, and nothing else becomes of it', (text) => {
    expect(() => bindGeometry(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  test('what the driver took apart, as in a group, is text', () => {
    expect(geometryCodec.value({ x: 1, y: 2 })).toBe('{"x":1,"y":2}')
  })
})
