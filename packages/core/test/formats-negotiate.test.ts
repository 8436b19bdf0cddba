import { describe, expect, it } from 'vitest'
import { negotiate } from '../src/formats/index.ts'

describe('negotiate', () => {
  it.each([
    [undefined, 'json'],
    [null, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['text/csv', 'csv'],
    ['application/xml', 'xml'],
    ['text/xml', 'xml'],
    ['application/x-ndjson', 'ndjson'],
    ['application/jsonl', 'ndjson'],
    ['text/plain', 'text'],
    ['application/*', 'json'],
    ['text/csv;q=0.5, application/xml;q=0.9', 'xml'],
    ['application/json;q=0.2, text/csv;q=0.3', 'csv'],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', 'xml'],
    ['text/html, */*', 'json'],
    ['application/json;q=0, */*', 'text'],
    ['TEXT/CSV', 'csv'],
  ])('answers Accept: %s with %s', (accept, format) => {
    expect(negotiate({ accept })).toBe(format)
  })

  it.each([
    'text/csv, application/json',
    'text/csv, application/json, application/xml',
    'text/xml;q=0.4, application/json;q=0.4',
  ])('prefers JSON among equals, wherever it stands in %s', (accept) => {
    expect(negotiate({ accept })).toBe('json')
    // The second time comes from the cache.
    expect(negotiate({ accept })).toBe('json')
  })

  it('takes a named type over a wildcard of the same quality', () => {
    expect(negotiate({ accept: 'text/csv, */*' })).toBe('csv')
  })

  it.each(['application/pdf', 'application/json;q=0', 'nonsense', 'image/png, text/html', `x/${'y'.repeat(1000)}`])(
    'finds nothing acceptable in %s',
    (accept) => {
      expect(negotiate({ accept })).toBeUndefined()
      expect(negotiate({ accept })).toBeUndefined()
    },
  )

  it('lets the accept parameter override the header', () => {
    expect(negotiate({ accept: 'application/json', override: 'text/csv' })).toBe('csv')
    expect(negotiate({ accept: 'text/csv', override: 'application/pdf' })).toBeUndefined()
  })

  it('lets a file name force the format, whatever is accepted', () => {
    expect(negotiate({ accept: 'text/csv', override: 'text/csv', file: 'orders.xml' })).toBe('xml')
    expect(negotiate({ file: 'orders.CSV' })).toBe('csv')
    expect(negotiate({ file: 'orders.jsonl' })).toBe('ndjson')
    expect(negotiate({ accept: 'text/csv', file: 'true' })).toBe('json')
  })

  it('leaves the format to the rest where file is false or has another extension', () => {
    expect(negotiate({ accept: 'text/csv', file: 'false' })).toBe('csv')
    expect(negotiate({ accept: 'text/csv', file: 'orders.constructor' })).toBe('csv')
    expect(negotiate({ accept: 'text/csv', file: 'orders.pdf' })).toBe('csv')
  })
})
