import { describe, expect, it } from 'vitest'
import { endpoint, type Method } from '../src/contract.ts'
import { parseApiPath } from '../src/http/path.ts'
import { compileTemplate, createRouter } from '../src/services/router.ts'

const at = (method: Method, path: `/${string}`) =>
  endpoint({ id: `${method} ${path}`, method, path, summary: 's', handle: () => null })
const router = createRouter([
  at('GET', '/'),
  at('GET', '/_table'),
  at('GET', '/_table/{table_name}'),
  at('POST', '/_table/{table_name}'),
  at('GET', '/_table/{table_name}/{id}'),
  at('GET', '/_table/special'),
  at('GET', '/files/{path*}'),
  at('GET', '/tree/{file*}'),
  at('GET', '/tree/{folder*}/'),
  at('POST', '/tree/{folder*}/'),
])
const match = (method: Method, path: string) => {
  const { segments, trailingSlash } = parseApiPath(`/api/v2/svc${path}`, '/api')
  const found = router.match(method, segments, trailingSlash)
  return found.route ? [found.route.endpoint.path, { ...found.params }] : found.methods
}

describe('matching', () => {
  // biome-ignore format: reads as a table
  const cases: readonly (readonly [Method, string, unknown])[] = [
    ['GET', '', ['/', {}]],
    ['GET', '/_table/', ['/_table', {}]],
    ['GET', '/_table/a', ['/_table/{table_name}', { table_name: 'a' }]],
    ['GET', '/_table/special', ['/_table/special', {}]],
    ['POST', '/_table/special', ['/_table/{table_name}', { table_name: 'special' }]],
    ['GET', '/_table/a%2Fb/1%20x', ['/_table/{table_name}/{id}', { table_name: 'a/b', id: '1 x' }]],
    ['DELETE', '/_table/a', ['GET', 'POST']],
    ['GET', '/nothing', []],
    ['GET', '/files/a/b/', ['/files/{path*}', { path: 'a/b/' }]],
    ['GET', '/files', ['/files/{path*}', { path: '' }]],
    ['GET', '/tree/a/b', ['/tree/{file*}', { file: 'a/b' }]],
    ['GET', '/tree/a/b/', ['/tree/{folder*}/', { folder: 'a/b/' }]],
    ['GET', '/tree/', ['/tree/{file*}', { file: '' }]],
    ['POST', '/tree/a/b', ['GET', 'POST']],
    ['GET', '/_table/__proto__', ['/_table/{table_name}', { table_name: '__proto__' }]],
  ]
  it.each(cases)('%s %s', (method, path, expected) => {
    expect(match(method, path)).toEqual(expected)
  })
  it('names events by the path with its placeholders', () => {
    expect(router.routes.map((route) => route.event)).toContain('_table.{table_name}.{id}')
  })
  it('fills templates literally', () => {
    expect(compileTemplate('_table/{table_name}')({ table_name: '$&' })).toBe('_table/$&')
  })
})

describe('paths', () => {
  it('may have a version or none', () => {
    expect(parseApiPath('/api/v2/db/_table', '/api')).toEqual(parseApiPath('/api/db/_table', '/api'))
  })
  it.each([
    '/api/v2/db/../x',
    '/api/v2/db/%2e%2e/x',
    '/api/v2/db/%2E./x',
    '/api/v2/db/a%00',
    '/api/v2/db/%zz',
    '/api/v2/db/%ff',
  ])('refuses %s', (path) => {
    expect(() => parseApiPath(path, '/api')).toThrow(/path/)
  })
})
