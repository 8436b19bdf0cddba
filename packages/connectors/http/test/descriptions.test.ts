/** API descriptions as services, through the whole request path: published ones as they are, and one by hand. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { EVERYTHING } from '@gw/testkit'
import { describe, expect, test } from 'vitest'
import { gatewayTo, json, serve } from './server.ts'

const DATA =
  process.env.GW_API_DESCRIPTIONS ?? resolve(import.meta.dirname, '../../../../../shared/data/api-descriptions')
const require = createRequire(import.meta.url)

const PUBLISHED: readonly (readonly [name: string, file: string])[] = [
  ['GitHub', join(DATA, 'github.openapi.json')],
  ['Bitbucket', join(DATA, 'bitbucket.swagger.json')],
  ['Mailgun', join(DATA, 'mailgun.openapi.yaml')],
  ['Figma', require.resolve('@figma/rest-api-spec/openapi/openapi.yaml')],
  ['Star Trek', require.resolve('@readme/oas-examples/3.0/json/star-trek.json')],
]

/** References of a document that lead nowhere. */
const dangling = (document: any): readonly string[] => {
  const references = new Set<string>()
  JSON.stringify(document, (key, value) => {
    if (key === '$ref' && typeof value === 'string') references.add(value)
    return value
  })
  const at = (reference: string) =>
    reference
      .slice(2)
      .split('/')
      .reduce((node, name) => node?.[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')], document)
  return [...references].filter((reference) => !reference.startsWith('#/') || at(reference) === undefined)
}

for (const [name, file] of PUBLISHED) {
  const missing = existsSync(file) ? undefined : `the API descriptions are not beside this repository (${name})`
  describe.skipIf(missing)(`the description of ${name}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    test('is a service without a change by hand: documented, and its reads reach the service', {
      timeout: 300_000,
    }, async () => {
      const server = await serve(json({ fine: true }))
      const { ask, gateway } = await gatewayTo({ base_url: `${server.url}/base`, openapi: file })
      const document: any = await gateway.document({ service: 'db' })
      expect(dangling(document)).toEqual([])
      const paths = Object.entries<any>(document.paths).filter(([, item]) => item.get)
      expect(paths.length).toBeGreaterThan(10)
      let reached = 0
      for (const [path, { get }] of paths.slice(0, 60)) {
        const filled = path
          .slice(1)
          .replace(/\{base_head\}/g, 'a...b')
          .replace(/\{(\w+)\}/g, '7')
        const answer = await ask({ path: filled })
        if (answer.status === 200) {
          reached += 1
          expect(server.seen.at(-1)!.url.replace(/\/$/, '')).toBe(`/base/${filled}`.replace(/\/$/, ''))
        } else {
          // What it asks for is missing, and said by name.
          expect([path, answer.status], JSON.stringify(get.parameters)).toEqual([path, 400])
          expect(Object.keys(answer.body.error.context ?? {}).length, answer.text).toBeGreaterThan(0)
        }
      }
      expect(reached).toBe(server.seen.length)
      expect(reached).toBeGreaterThan(paths.slice(0, 60).length / 3)
      expect((await ask({ path: 'no/such/path/at/all' })).status).toBe(404)
    })
  })
}

describe('a description', () => {
  const openapi = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    servers: [{ url: 'https://shop.example' }],
    paths: {
      '/items/{item-id}': {
        get: {
          operationId: 'items/get',
          tags: ['items'],
          parameters: [
            { name: 'item-id', in: 'path', required: true, schema: { type: 'integer' } },
            { name: 'view', in: 'query', schema: { enum: ['short', 'long'] } },
            { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
            { name: 'Authorization', in: 'header', schema: { type: 'string' } },
          ],
          responses: {
            200: {
              description: 'One.',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } },
            },
          },
        },
      },
      '/items': {
        post: {
          operationId: 'items/add',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } },
          },
          responses: { 201: { description: 'Made.' } },
        },
      },
      '/files/{path}': {
        put: { requestBody: { content: { 'image/*': {}, 'text/plain': {} } }, responses: { 204: {} } },
      },
    },
    components: {
      schemas: {
        Item: { type: 'object', required: ['name'], properties: { id: { type: 'integer' }, name: { type: 'string' } } },
      },
    },
  }

  test('checks paths, queries and bodies, and passes on what was sent, byte by byte', async () => {
    const server = await serve(json({ id: 1, name: 'a' }))
    const { ask } = await gatewayTo({ base_url: server.url, openapi })
    expect((await ask({ path: 'items/7', query: { view: 'long', else: 'x' } })).status).toBe(200)
    const text = '{ "name": "a",  "id": 12345678901234567890 }'
    expect((await ask({ method: 'POST', path: 'items', body: text })).status).toBe(200)
    expect(server.seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', '/items/7?view=long&else=x', ''],
      ['POST', '/items', text],
    ])
    for (const [asked, field] of [
      [{ path: 'items/x' }, 'item_id'],
      [{ path: 'items/7', query: { view: 'odd' } }, 'view'],
      [{ method: 'POST', path: 'items', body: { name: 1 } }, 'name'],
      [{ method: 'POST', path: 'items', body: { id: 1 } }, 'body'],
    ] as const) {
      const { status, body } = await ask(asked)
      expect([status, Object.keys(body.error.context)]).toEqual([400, [field]])
    }
    for (const body of ['{"name"', ''])
      expect(
        (await ask({ method: 'POST', path: 'items', body, headers: { 'content-type': 'application/json' } })).status,
      ).toBe(400)
    expect(
      (await ask({ method: 'POST', path: 'items', body: 'x', headers: { 'content-type': 'text/plain' } })).status,
    ).toBe(400)
    expect(server.seen).toHaveLength(2)
  })

  test('takes bodies of its own media types as streams, and no others', async () => {
    const server = await serve((_request, response) => response.writeHead(204).end())
    const { ask } = await gatewayTo({ base_url: server.url, openapi })
    const put = (type: string) =>
      ask({ method: 'PUT', path: 'files/a/b%20c.png', body: 'bytes', headers: { 'content-type': type } })
    expect([
      (await put('image/png')).status,
      (await put('text/plain; charset=utf-8')).status,
      (await put('application/zip')).status,
    ]).toEqual([204, 204, 400])
    expect(server.seen.map(({ url, body }) => [url, body])).toEqual([
      ['/files/a/b%20c.png', 'bytes'],
      ['/files/a/b%20c.png', 'bytes'],
    ])
  })

  test('lets clients send the headers that it names, but no credentials', async () => {
    const server = await serve(json({ id: 1, name: 'a' }))
    const { ask } = await gatewayTo({ base_url: server.url, openapi })
    await ask({ path: 'items/1', headers: { 'x-trace': 't', authorization: 'Digest x', 'x-else': 'y' } })
    const { headers } = server.seen[0]!
    expect([headers['x-trace'], headers.authorization, headers['x-else']]).toEqual(['t', undefined, undefined])
  })

  test('is decided on by components, and listed with them', async () => {
    const server = await serve(json({ id: 1, name: 'a' }))
    const { ask } = await gatewayTo({ base_url: server.url, openapi })
    const reader = { access: [{ component: 'items/*', verbs: ['GET'] as const }] }
    expect((await ask({ path: 'items/1', as: reader })).status).toBe(200)
    expect((await ask({ method: 'POST', path: 'items', body: { name: 'a' }, as: reader })).status).toBe(401)
    expect(
      (await ask({ method: 'PUT', path: 'files/x', body: 'x', headers: { 'content-type': 'text/plain' }, as: reader }))
        .status,
    ).toBe(401)
    const { body } = await ask({ path: '', query: { as_access_list: true } })
    expect(body.resource).toEqual(expect.arrayContaining(['', '*', 'items/', 'items/*', 'files/', 'files/*']))
  })

  test('is what the service’s own description is made of', async () => {
    const server = await serve()
    const { ask } = await gatewayTo({ base_url: server.url, openapi })
    const { body } = await ask({ path: '_spec', headers: { accept: 'application/json' } })
    const { operationId, parameters, responses } = body.paths['/items/{item_id}'].get
    expect(operationId).toBe('itemsGet')
    expect(parameters.map((one: any) => one.name ?? one.$ref)).toEqual(['item_id', 'view'])
    const schema = JSON.stringify(responses[200].content['application/json'].schema)
    expect(schema + JSON.stringify(body.components.schemas)).toContain('"required":["name"]')
  })

  test('hides what the configuration gives, and does not ask for it', async () => {
    const server = await serve(json({}))
    const paths = {
      '/a': {
        get: { parameters: [{ name: 'key', in: 'query', required: true, schema: { type: 'string' } }], responses: {} },
      },
    }
    const { ask } = await gatewayTo({
      base_url: server.url,
      openapi: { openapi: '3.0.0', paths },
      parameters: [{ name: 'key', value: 'k', outbound: true, action: ['GET'] }],
    })
    expect((await ask({ path: 'a' })).status).toBe(200)
    expect(server.seen[0]!.url).toBe('/a?key=k')
    expect(JSON.stringify((await ask({ path: '_spec' })).body.paths)).not.toContain('"key"')
  })

  test('closes other paths, unless they are opened', async () => {
    const server = await serve()
    const closed = await gatewayTo({ base_url: server.url, openapi })
    expect((await closed.ask({ path: 'else' })).status).toBe(404)
    const opened = await gatewayTo({ base_url: server.url, openapi, undocumented: true })
    expect((await opened.ask({ path: 'else' })).status).toBe(200)
    expect((await opened.ask({ path: 'items/x' })).status).toBe(400)
  })

  test('gives the base URL, and needs one where it has none', async () => {
    await expect(gatewayTo({ openapi: { openapi: '3.0.0', paths: {} } })).rejects.toThrow(/base url can not be empty/)
    const server = await serve(json({}))
    const [host, path] = [`127.0.0.1:${server.port}`, '/v9']
    const { ask } = await gatewayTo({
      openapi: { swagger: '2.0', host, basePath: path, paths: { '/a': { get: { responses: {} } } } },
    })
    await ask({ path: 'a' })
    expect(server.seen[0]!.url).toBe('/v9/a')
  })

  test('that can not be read keeps the service down, and its path to itself', async () => {
    for (const text of ['no-such-file.json', '{"openapi":"9"}', '{"a":\n'])
      await expect(gatewayTo({ base_url: 'http://127.0.0.1', openapi: text })).rejects.toThrow(/The API description/)
    await expect(gatewayTo({ base_url: 'http://127.0.0.1', openapi: 'no-such-file.json' })).rejects.not.toThrow(
      /no-such-file/,
    )
  })
})

test('a role that may call nothing of it learns nothing of it', async () => {
  const { ask } = await gatewayTo({
    base_url: 'http://127.0.0.1',
    openapi: { openapi: '3.0.0', paths: { '/a': { get: {} } } },
  })
  const answers = await Promise.all(['a', 'b'].map((path) => ask({ path, as: { ...EVERYTHING, access: [] } })))
  expect(answers.map(({ status }) => status)).toEqual([401, 401])
})
