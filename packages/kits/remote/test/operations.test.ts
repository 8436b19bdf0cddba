/** How documents are read where they say things in several ways, or wrongly. */
import type { Endpoint, Schema } from '@gw/core'
import { describe, expect, test } from 'vitest'
import { endpointsOf, filledPath, openDocument, operationsOf } from '../src/index.ts'

const read = (paths: object, rest: object = {}) => {
  const document = openDocument({ openapi: '3.0.3', info: {}, paths, ...rest })
  const { operations, omitted } = operationsOf(document)
  const endpoints = endpointsOf(operations, { document, given: () => false, handle: async () => undefined })
  return { operations, omitted, endpoints }
}
const GET = { get: { responses: {} } }

const problems = async (schema: unknown, value: unknown): Promise<readonly string[]> => {
  const result = await (schema as Schema)['~standard'].validate(value)
  return (result.issues ?? []).map(({ message, path }) => `${(path ?? []).map(String).join('.')}: ${message}`)
}
const queryOf = (parameters: readonly object[], rest?: object): Endpoint['query'] =>
  read({ '/a': { get: { parameters, responses: {} } } }, rest).endpoints[0]!.query

describe('a path', () => {
  // biome-ignore format: reads as a table
  const PATHS: readonly (readonly [documented: string, path: string, params: Readonly<Record<string, string>>, sent: string])[] = [
    ['/a/{id}', '/a/{id}', { id: 'x/y z' }, '/a/x%2Fy%20z'],
    ['/a/{item-id}/', '/a/{item_id}', { item_id: '1' }, '/a/1/'],
    ['/{owner}/compare/{base}...{head}', '/{owner}/compare/{base_head}', { owner: 'o', base_head: 'a...b' }, '/o/compare/a...b'],
    ['/a/{id}/b/{id}', '/a/{id}/b/{id_2}', { id: '1', id_2: '2' }, '/a/1/b/2'],
    ['/a/{1st}', '/a/{_1st}', { _1st: 'x' }, '/a/x'],
    ['/files/{path}', '/files/{path*}', { path: 'a b/c.txt' }, '/files/a%20b/c.txt'],
    ['/a/{name}.json', '/a/{name}', { name: 'x.json' }, '/a/x.json'],
    ['/a?op=1', '/a', {}, '/a'],
    ['/@me/x y', '/@me/x y', {}, '/%40me/x%20y'],
    ['/', '/', {}, '/'],
  ]
  for (const [documented, path, params, sent] of PATHS)
    test(`${documented} is ${path}, and goes out again as ${sent}`, () => {
      const { operations } = read({ [documented]: GET })
      expect([operations[0]!.address.path, filledPath(operations[0]!.address, params)]).toEqual([path, sent])
    })

  test('with texts around its placeholders needs them', async () => {
    const { endpoints } = read({ '/{base}...{head}/x': GET })
    expect(await problems(endpoints[0]!.params, { base_head: 'a...b' })).toEqual([])
    for (const value of ['ab', '...b', 'a...', 'a..b'])
      expect(await problems(endpoints[0]!.params, { base_head: value })).toHaveLength(1)
  })

  test('that can not be told from another is left out, and said so', () => {
    const { endpoints, omitted } = read({ '/a/{x}.json': GET, '/a/{y}': GET, '/a/{z}': { post: { responses: {} } } })
    expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /a/{y}', 'POST /a/{z}'])
    expect(omitted).toEqual(['GET /a/{x}.json'])
  })
})

describe('a parameter', () => {
  test('is checked as what it stands for', async () => {
    const query = queryOf([
      { name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } },
      { name: 'deep', in: 'query', schema: { type: 'boolean' } },
      { name: 'sort', in: 'query', required: true, schema: { type: 'string', enum: ['a', 'b'] } },
      { name: 'ids', in: 'query', schema: { type: 'array', items: { type: 'integer' } } },
      { name: 'tags', in: 'query', explode: false, schema: { type: 'array', items: { type: 'string' }, maxItems: 2 } },
    ])
    expect(
      await problems(query, { page: '3', deep: 'true', sort: 'a', ids: ['1', '2'], tags: 'x,y', other: 'z' }),
    ).toEqual([])
    const wrong: readonly Record<string, unknown>[] = [
      { sort: 'a', page: '0' },
      { sort: 'a', page: '1.5' },
      { sort: 'a', page: 'x' },
      { sort: 'a', deep: 'maybe' },
      { sort: 'c' },
      {},
      { sort: 'a', ids: ['1', 'x'] },
      { sort: 'a', tags: 'x,y,z' },
    ]
    for (const value of wrong) expect([value, (await problems(query, value)).length > 0]).toEqual([value, true])
  })

  test('of the path counts for its operations, and theirs win', async () => {
    const { endpoints } = read({
      '/a/{id}': {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'q', in: 'query', required: true, schema: { type: 'string' } },
        ],
        get: { responses: {}, parameters: [{ name: 'q', in: 'query', schema: { type: 'integer' } }] },
      },
    })
    expect(await problems(endpoints[0]!.params, { id: 'x' })).toHaveLength(1)
    expect([await problems(endpoints[0]!.query, {}), (await problems(endpoints[0]!.query, { q: 'x' })).length]).toEqual(
      [[], 1],
    )
  })

  test('that the configuration gives is not asked for', () => {
    const document = openDocument({
      openapi: '3.1.0',
      paths: { '/a': { get: { parameters: [{ name: 'key', in: 'query', required: true, schema: {} }] } } },
    })
    const [one] = endpointsOf(operationsOf(document).operations, {
      document,
      given: ({ name }) => name === 'key',
      handle: async () => undefined,
    })
    expect(one!.query).toBeUndefined()
  })

  test('of Swagger 2 has its type beside its name', async () => {
    const document = openDocument({
      swagger: '2.0',
      paths: {
        '/a': {
          get: {
            parameters: [
              { name: 'n', in: 'query', type: 'integer' },
              { name: 'l', in: 'query', type: 'array', items: { type: 'integer' }, collectionFormat: 'pipes' },
            ],
          },
        },
      },
    })
    const [one] = endpointsOf(operationsOf(document).operations, {
      document,
      given: () => false,
      handle: async () => undefined,
    })
    expect(await problems(one!.query, { n: '1', l: '1|2' })).toEqual([])
    expect(await problems(one!.query, { n: 'x' })).toHaveLength(1)
    expect(await problems(one!.query, { l: '1,2' })).toHaveLength(1)
  })
})

describe('a schema', () => {
  const bodyOf = (schema: unknown, schemas: object = {}) => {
    const body = { content: { 'application/json': { schema } } }
    const { endpoints } = read({ '/a': { post: { requestBody: body, responses: {} } } }, { components: { schemas } })
    return (endpoints[0]!.body as { holds: Schema }).holds
  }

  test('of OpenAPI 3.0 means what it meant there', async () => {
    const schema = bodyOf({
      type: 'object',
      properties: { a: { type: 'string', nullable: true }, b: { type: 'number', minimum: 0, exclusiveMinimum: true } },
    })
    expect(await problems(schema, { a: null, b: 1 })).toEqual([])
    expect(await problems(schema, { a: 1 })).toHaveLength(1)
    expect(await problems(schema, { b: 0 })).toHaveLength(1)
  })

  test('may refer to itself', async () => {
    const Tree = {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } },
      },
    }
    const schema = bodyOf({ $ref: '#/components/schemas/Tree' }, { Tree })
    expect(await problems(schema, { name: 'a', children: [{ name: 'b' }] })).toEqual([])
    expect(await problems(schema, { name: 'a', children: [{ children: [] }] })).not.toEqual([])
    let deep: object = { name: 'x' }
    for (let count = 0; count < 20_000; count++) deep = { name: 'x', children: [deep] }
    expect(await problems(schema, deep)).toEqual([': It is nested too deeply.'])
  })

  test('does not ask a request for what only answers have', async () => {
    const schema = bodyOf({
      type: 'object',
      required: ['id', 'name'],
      properties: { id: { type: 'integer', readOnly: true }, name: { type: 'string' } },
    })
    expect(await problems(schema, { name: 'a' })).toEqual([])
    expect(await problems(schema, {})).toHaveLength(1)
  })

  test('outside of the document is never fetched: it may be anything', async () => {
    for (const reference of [
      'https://else.example/schema.json',
      './other.yaml#/A',
      '#/components/schemas/Gone',
      '#/__proto__/x',
      'file:///etc/passwd',
    ])
      expect(await problems(bodyOf({ type: 'object', properties: { a: { $ref: reference } } }), { a: [1] })).toEqual([])
  })

  test('that leads in circles without an end may be anything', async () => {
    const schemas = { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } }
    expect(await problems(bodyOf({ $ref: '#/components/schemas/A' }, schemas), { a: 1 })).toEqual([])
  })

  test('has patterns for readers, which are not run against what callers send', async () => {
    const schema = bodyOf({
      type: 'object',
      properties: { a: { type: 'string', pattern: '^(a+)+$' }, pattern: { type: 'integer' } },
    })
    expect(await problems(schema, { a: `${'a'.repeat(60)}!` })).toEqual([])
    expect(await problems(schema, { pattern: 'x' })).toHaveLength(1)
    expect(JSON.stringify(schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }))).toContain('(a+)+')
  })

  test('that is larger than can be used is cut, and still checks what is near', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 30_000 }, (_, index) => [`p${index}`, { type: 'string' }]),
    )
    const schema = bodyOf({ type: 'object', properties })
    expect(await problems(schema, { p1: 1 })).toHaveLength(1)
    expect(await problems(schema, { p29999: 1 })).toEqual([])
  })
})

describe('a document', () => {
  // biome-ignore format: reads as a table
  const SERVERS: readonly (readonly [document: object, server: string | undefined])[] = [
    [{ openapi: '3.0.0', servers: [{ url: 'https://a.example/v1/' }] }, 'https://a.example/v1'],
    [{ openapi: '3.1.0', servers: [{ url: 'https://{host}/{v}', variables: { host: { default: 'b.example' }, v: { default: 'v2' } } }] }, 'https://b.example/v2'],
    [{ openapi: '3.0.0', servers: [{ url: '/relative' }] }, undefined],
    [{ openapi: '3.0.0', servers: [{ url: 'file:///etc' }] }, undefined],
    [{ openapi: '3.0.0' }, undefined],
    [{ swagger: '2.0', host: 'c.example', basePath: '/v1', schemes: ['https', 'http'] }, 'https://c.example/v1'],
    [{ swagger: '2.0', host: 'c.example' }, 'http://c.example'],
    [{ swagger: 2.0 }, undefined],
  ]
  for (const [document, server] of SERVERS)
    test(`like ${JSON.stringify(document).slice(0, 80)} is of ${server ?? 'no server'}`, () => {
      expect(openDocument(document).server).toBe(server)
      expect(operationsOf(openDocument(document)).operations).toEqual([])
    })

  test('that is none is refused, without its text', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]`)
      .join('\n')}`
    for (const text of ['', 'hush', '{"hush"', '[]', '{"openapi":"4.0.0"}', '{"swagger":"1.2"}', 'a: [hush', bomb]) {
      const error = (() => {
        try {
          openDocument(text)
        } catch (thrown) {
          return thrown as Error
        }
      })()
      expect([text.slice(0, 20), error?.message]).toEqual([
        text.slice(0, 20),
        expect.stringMatching(/^The API description is/),
      ])
      expect(error!.message).not.toContain('hush')
    }
  })

  test('whose parts are not what they should be still gives the others', () => {
    const { endpoints } = read({
      '/a': null,
      '/b': 'x',
      '/c': { get: 'x' },
      '/d': { get: { parameters: 'x', tags: [1], summary: 7, responses: 'x' } },
      'no-slash': GET,
      '/e': { $ref: '#/gone' },
      '/f': { post: { requestBody: { $ref: 'https://else.example' }, responses: {} } },
    })
    expect(endpoints.map(({ path }) => path)).toEqual(['/d', '/f'])
  })
})
