import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint } from '../src/contract.ts'
import { buildDocument, type DocumentService } from '../src/openapi/index.ts'
import { database, files, several, single, weather } from './openapi-samples.ts'
import { danglingReferences, problemsOf, unusedComponents } from './openapi-valid.ts'

const tables = ['customers', 'orders', 'a table', '__proto__', '{odd}']

describe('every document', () => {
  const inputs = [
    ['weather', single(weather)],
    ['files', single(files)],
    ['templates of tables', single(database(tables))],
    ['expanded tables', single(database(tables), { expand: true })],
    ['all services', several([database(tables), files, weather])],
    ['all services, expanded', several([database(tables), database(tables, 'db2'), files], { expand: true })],
    ['nothing allowed', single(files, { allowed: () => false })],
  ] as const
  for (const [name, input] of inputs)
    for (const version of ['3.1', '3.0'] as const)
      it(`is valid OpenAPI ${version} for two validators: ${name}`, async () => {
        const document = buildDocument({ ...input, version })
        expect(document.openapi.startsWith(version)).toBe(true)
        expect(await problemsOf(document)).toEqual([])
        expect(danglingReferences(document)).toEqual([])
        expect(unusedComponents(document).filter((one) => !one.endsWith('/Error'))).toEqual([])
      })

  it('is refused by the validators when it is broken, so that their silence means something', async () => {
    const { info, ...broken } = buildDocument(single(weather))
    expect(await problemsOf(broken)).not.toEqual([])
  })

  it('is the same for the same input', () => {
    const input = several([database(tables), files, weather], { expand: true })
    expect(JSON.stringify(buildDocument(input))).toBe(JSON.stringify(buildDocument(input)))
  })
})

describe('the document of one service', () => {
  const document = buildDocument(single(weather)) as any
  const operation = document.paths['/forecast/{city}'].get

  it('has the server of the service, and its label as title', () => {
    expect(document.servers).toEqual([{ url: '/api/v2/weather', description: '' }])
    expect(document.info).toEqual({
      title: 'Weather',
      description: 'Daily forecasts by city.',
      version: '2.0',
      'x-group': 'Remote Service',
    })
    expect(document.tags).toEqual([])
  })

  it('offers six ways to sign in, each of them enough', () => {
    const names = ['BasicAuth', 'BearerAuth', 'ApiKeyQuery', 'ApiKeyHeader', 'SessionTokenQuery', 'SessionTokenHeader']
    expect(Object.keys(document.components.securitySchemes)).toEqual(names)
    expect(document.security).toEqual(names.map((name) => ({ [name]: [] })))
  })

  it('makes a parameter of every path placeholder and query property', () => {
    expect(operation.parameters).toEqual([
      { name: 'city', in: 'path', required: true, schema: { type: 'string', minLength: 2 } },
      { name: 'days', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 16, default: 3 } },
    ])
    expect(operation.operationId).toBe('getForecast')
    expect(operation.tags).toEqual(['weather'])
  })

  it('shows a bare list as the kernel sends it: wrapped, and in the formats for rows', () => {
    const { content } = operation.responses['200']
    expect(Object.keys(content)).toEqual(['application/json', 'application/xml', 'text/csv', 'application/x-ndjson'])
    expect(content['application/json'].schema.properties.resource).toMatchObject({
      type: 'array',
      items: { properties: { date: { type: 'string', format: 'date' } } },
    })
  })

  it('refers to a shared response for declared failures and for those any call may meet', () => {
    const { 200: _success, ...failures } = operation.responses
    expect(Object.keys(failures)).toEqual(['400', '401', '403', '404', '500', '502', '503', 'default'])
    for (const { $ref } of Object.values<any>(failures)) {
      const response = document.components.responses[$ref.split('/').at(-1)]
      expect(response.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Error' })
    }
    const { error } = document.components.schemas.Error.properties
    expect(Object.keys(error.properties)).toEqual(['code', 'context', 'message', 'status_code'])
  })

  it('writes a parameter once where several operations have it', () => {
    const shop = buildDocument(single(database([]))) as any
    expect(shop.paths['/_table/{table_name}'].get.parameters).toContainEqual({ $ref: '#/components/parameters/filter' })
    expect(shop.components.parameters.filter).toMatchObject({ name: 'filter', in: 'query' })
    expect(shop.components.parameters.path_table_name).toMatchObject({ in: 'path', required: true })
  })
})

describe('files', () => {
  const { paths } = buildDocument(single(files)) as any

  it('have the rest of a path as an ordinary placeholder, with a word on slashes', () => {
    const [parameter] = paths['/{path}'].get.parameters
    expect(parameter).toMatchObject({ name: 'path', in: 'path', required: true })
    expect(parameter.description).toMatch(/^The file\. .*slashes/)
  })

  it('are bytes of the declared types', () => {
    expect(paths['/{path}'].get.responses['200'].content).toEqual({
      '*/*': { schema: { type: 'string', format: 'binary' } },
    })
    const { required, content } = paths['/{path}'].post.requestBody
    expect(required).toBe(true)
    expect(Object.keys(content)).toEqual(['application/octet-stream', 'multipart/form-data'])
    expect(Object.keys(paths['/{path}'].post.responses)).toContain('201')
  })

  it('leave hidden endpoints out', () => {
    expect(Object.keys(paths['/{path}'])).toEqual(['get', 'post'])
  })

  it('describe a tree by a schema that refers to itself', () => {
    const { schemas } = buildDocument(single(files)).components as any
    expect(schemas.Folder.properties.folders.items).toEqual({ $ref: '#/components/schemas/Folder' })
  })
})

describe('the document of all services', () => {
  const document = buildDocument(several([database([]), weather, files], { title: 'Acme' })) as any

  it('puts the service before every path, id and tag', () => {
    expect(document.info.title).toBe('Acme')
    expect(document.servers[0].url).toBe('/api/v2')
    expect(Object.keys(document.paths)).toEqual([
      '/db',
      '/db/_table',
      '/db/_table/{table_name}',
      '/db/_table/{table_name}/{id}',
      '/weather/forecast/{city}',
      '/files',
      '/files/{path}',
    ])
    expect(document.paths['/db/_table'].get).toMatchObject({ operationId: 'db_getTables', tags: ['db'] })
    expect(document.tags.map(({ name }: any) => name)).toEqual(['db', 'weather', 'files'])
  })

  it('keeps schemas of one name apart where they differ, and together where they do not', () => {
    const shape = (name: string, schema: z.ZodType): DocumentService => ({
      ...weather,
      name,
      endpoints: [
        endpoint({
          id: 'get',
          method: 'GET',
          path: '/',
          summary: 'Get',
          response: schema,
          handle: () => null as never,
        }),
      ],
    })
    const item = z.object({ a: z.string() }).meta({ title: 'Item' })
    const other = z.object({ b: z.string() }).meta({ title: 'Item' })
    const { paths, components } = buildDocument(several([shape('x', item), shape('y', item), shape('z', other)])) as any
    const schemaOf = (path: string) => paths[path].get.responses[200].content['application/json'].schema.$ref
    expect(schemaOf('/x')).toBe('#/components/schemas/Item')
    expect(schemaOf('/y')).toBe('#/components/schemas/Item')
    expect(schemaOf('/z')).toBe('#/components/schemas/z_Item')
    expect(components.schemas.z_Item.properties).toEqual({ b: { type: 'string' } })
  })
})

describe('a schema that cannot be described', () => {
  it('costs its own description only', () => {
    const strange: DocumentService = {
      ...weather,
      endpoints: [
        endpoint({
          id: 'get',
          method: 'GET',
          path: '/',
          summary: 'Get',
          response: z.object({ at: z.date() }),
          handle: () => null as never,
        }),
      ],
    }
    const { paths } = buildDocument(single(strange)) as any
    expect(paths['/'].get.responses[200].content['application/json'].schema).toEqual({
      description: expect.stringContaining('Any value'),
    })
  })
})

describe('schemas', () => {
  const strict = z.strictObject({ a: z.string() }).meta({ title: 'Strict' })
  const service: DocumentService = {
    ...weather,
    endpoints: [
      endpoint({
        id: 'put',
        method: 'PUT',
        path: '/{name}',
        summary: 'Put',
        params: z.object({ name: z.string(), extra: z.object({ b: z.string() }).meta({ title: 'Extra' }) }),
        body: strict,
        response: strict,
        handle: () => null as never,
      }),
    ],
  }
  const { paths, components } = buildDocument(single(service)) as any

  it('stay closed to unknown keys where a client writes, and open where it reads: replies may grow', () => {
    const { requestBody, responses } = paths['/{name}'].put
    const schemaOf = ({ content }: any) => components.schemas[content['application/json'].schema.$ref.split('/').at(-1)]
    expect(schemaOf(requestBody).additionalProperties).toBe(false)
    expect(schemaOf(responses[200])).not.toHaveProperty('additionalProperties')
  })

  it('are components only where something refers to them', () => {
    expect(Object.keys(components.schemas)).toEqual(['Error', 'Strict', 'StrictOutput'])
  })
})

describe('filtering', () => {
  it('asks with the component and with the path, and leaves no trace of what is not allowed', () => {
    const asked: string[] = []
    const service = { ...database(['customers', 'orders']), description: '' }
    const document = buildDocument(
      single(service, {
        expand: true,
        allowed: (name, component, method) => {
          asked.push(`${name} ${method} ${component}`)
          return component.startsWith('_table/customers') && method === 'GET'
        },
      }),
    )
    expect(asked).toContain('db GET _table/customers/{id}')
    expect(asked).toContain('db GET ')
    expect(Object.keys(document.paths)).toEqual(['/_table/customers', '/_table/customers/{id}'])
    expect(Object.values(document.paths).map((item) => Object.keys(item))).toEqual([['get'], ['get']])
    expect(JSON.stringify(document)).not.toContain('orders')
    expect(JSON.stringify(document)).not.toContain('Body')
  })

  it('asks with both where the component is another text than the path', () => {
    const service = {
      ...weather,
      endpoints: [{ ...weather.endpoints[0]!, component: 'forecast' }],
    }
    for (const refused of ['forecast', 'forecast/{city}'])
      expect(buildDocument(single(service, { allowed: (_service, component) => component !== refused })).paths).toEqual(
        {},
      )
  })

  it('does not name a service of which nothing is allowed', () => {
    const document = buildDocument(several([weather, files], { allowed: (service) => service === 'files' }))
    expect(document.tags.map(({ name }) => name)).toEqual(['files'])
    expect(JSON.stringify(document)).not.toContain('weather')
  })
})

describe('expansion', () => {
  it('copies each template for each table, with the ids, schemas and headings of the table', () => {
    const { paths, components } = buildDocument(single(database(['customers', 'orders']), { expand: true })) as any
    expect(Object.keys(paths)).toEqual([
      '/',
      '/_table',
      '/_table/customers',
      '/_table/orders',
      '/_table/customers/{id}',
      '/_table/orders/{id}',
    ])
    const { get, post } = paths['/_table/customers']
    expect(get.operationId).toBe('getRecords_customers')
    expect(get.tags).toEqual(['_table/customers', 'db'])
    expect(JSON.stringify(get.parameters)).not.toContain('table_name')
    expect(get.responses[200].content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/customersList',
    })
    expect(post.requestBody.content['text/csv'].schema).toEqual({ $ref: '#/components/schemas/CsvRows' })
    const { items } = components.schemas.customersList.properties.resource
    expect(components.schemas[items.$ref.split('/').at(-1)].properties.kind).toMatchObject({ const: 'customers' })
  })

  it('gives every operation an id of its own', () => {
    const services = [database(['a b', 'a_b', 'c']), database(['c'], 'db_2'), files, weather]
    for (const expand of [true, false]) {
      const document = buildDocument(several(services, { expand }))
      const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((one) => one.operationId))
      expect(ids.length).toBeGreaterThan(10)
      expect(new Set(ids).size).toBe(ids.length)
    }
  })

  it('writes names of tables into paths as addresses have them', () => {
    const { paths } = buildDocument(single(database(['a table', '{odd}']), { expand: true }))
    expect(Object.keys(paths)).toContain('/_table/a%20table')
    expect(Object.keys(paths)).toContain('/_table/%7Bodd%7D/{id}')
  })

  it('leaves out the verbs that a resource does not have', () => {
    const service = {
      ...database([]),
      resources: [{ component: '_table/report', kind: 'view', methods: ['GET'] as const }],
    }
    const { paths } = buildDocument(single(service, { expand: true })) as any
    expect(Object.keys(paths['/_table/report'])).toEqual(['get'])
  })

  it('keeps the template, and says so, where no table is known', () => {
    const document = buildDocument(single(database([]), { expand: true }))
    expect(document['x-warning']).toMatch(/not known/)
    expect(Object.keys(document.paths)).toContain('/_table/{table_name}')
    expect(buildDocument(single(database([])))['x-warning']).toBeUndefined()
  })

  it('does not let a resource take the place of an endpoint that is written down', () => {
    const service = database(['customers'])
    const own = { ...service.endpoints[1]!, id: 'ownCustomers', path: '/_table/customers' as const }
    const document = buildDocument(single({ ...service, endpoints: [...service.endpoints, own] }, { expand: true }))
    expect(document.paths['/_table/customers']!.get!.operationId).toBe('ownCustomers')
  })

  it('keeps the document of a hundred tables reasonable: each record is described at most twice', {
    timeout: 60_000,
  }, () => {
    const hundred = Array.from({ length: 100 }, (_one, index) => `table_${index}`)
    const document = buildDocument(single(database(hundred), { expand: true }))
    const size = JSON.stringify(document).length
    expect(Object.keys(document.paths)).toHaveLength(202)
    expect(size).toBeLessThan(1_500_000)
    const text = JSON.stringify(document.components.schemas)
    expect(text.split('"const":"table_42"').length - 1).toBeLessThanOrEqual(2)
  })
})
