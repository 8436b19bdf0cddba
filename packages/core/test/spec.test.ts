import { afterEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { defineServiceType, type Explanation, endpoint, GwError, type Host, type Reader } from '../src/contract.ts'
import { type Opened, openGateway, row, service } from './fixtures/gateway.ts'
import { danglingReferences, problemsOf, unusedComponents } from './openapi-valid.ts'

const opened: Opened[] = []
afterEach(async () => {
  for (const { gateway } of opened.splice(0)) await gateway.stop()
})

/** A service of tables, and what was asked of it. */
const shelves = (tables: string[] = ['books', 'films', 'book loans']) => {
  const asked = { refined: 0, extensions: 0, refreshed: 0, models: [] as unknown[] }
  const seen: { host?: Host; fail?: boolean; reader?: Reader } = {}
  const explanation: Explanation = {
    extensions(reader) {
      asked.extensions++
      const may = (name: string) => {
        try {
          return reader.access(`_table/${name}`, 'GET')
        } catch {
          return undefined
        }
      }
      return {
        'x-dreamfactory-resources': tables.filter(may),
        'x-dreamfactory-usage': { records: 'GET /_table/{table_name}' },
      }
    },
    async model(reader, request) {
      seen.reader = reader
      asked.models.push(request)
      return { tables: {} }
    },
  }
  const Item = z.object({ id: z.int(), secret: z.string().optional(), kind: z.enum(['a', 'b']).optional() })
  const type = defineServiceType({
    contract: 1,
    name: 'shelves',
    label: 'Shelves',
    description: 'What stands on them.',
    group: 'Test',
    config: z.strictObject({ explained: z.boolean().default(true) }),
    create({ explained }, host) {
      seen.host = host
      const common = { params: z.object({ table_name: z.string() }), handle: () => ({ resource: [] }) }
      return {
        ...(explained && { explanation }),
        async flush() {
          asked.refreshed++
          tables.push('new ones')
        },
        resources: async () => {
          if (seen.fail) throw new GwError('unavailable', 'not now')
          return tables.map((name) => ({ component: `_table/${name}`, kind: 'table' }))
        },
        endpoints: [
          endpoint({ id: 'getTables', method: 'GET', path: '/_table', summary: 'List', handle: () => [] }),
          endpoint({
            ...common,
            id: 'getRecords',
            method: 'GET',
            path: '/_table/{table_name}',
            component: '_table/{table_name}',
            summary: 'Read',
            query: z.object({ limit: z.int().optional(), order: z.enum(['up', 'down']).optional() }),
            response: z.object({ resource: z.array(Item) }),
            refine({ component }, reader) {
              asked.refined++
              const denied = reader?.access(component, 'GET').deny ?? []
              const item = denied.includes('secret') ? Item.omit({ secret: true }) : Item
              return { response: z.object({ resource: z.array(item.meta({ title: component.slice(7) })) }) }
            },
          }),
          endpoint({
            ...common,
            id: 'createRecords',
            method: 'POST',
            path: '/_table/{table_name}',
            component: '_table/{table_name}',
            summary: 'Write',
            body: z.object({
              resource: z.array(Item.omit({ id: true }).extend({ id: z.int().meta({ readOnly: true }) })),
            }),
            response: z.object({ resource: z.array(Item) }),
          }),
        ],
      }
    },
  })
  return { type, asked, seen }
}

const open = async (made: ReturnType<typeof shelves>, setup: object = {}): Promise<Opened> => {
  const gateway = await openGateway([made.type], { services: [service('shop', 'shelves')], ...setup })
  opened.push(gateway)
  return gateway
}

describe('_spec', () => {
  it('shows each table by name where tables differ, and one template where they do not', async () => {
    const { json } = await open(shelves())
    const { status, body, headers } = await json('/shop/_spec')
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(Object.keys(body.paths)).toEqual([
      '/_table',
      '/_table/books',
      '/_table/films',
      '/_table/book%20loans',
      '/_table/{table_name}',
    ])
    expect(Object.keys(body.paths['/_table/{table_name}'])).toEqual(['post'])
    expect(await problemsOf(body)).toEqual([])
    expect(danglingReferences(body)).toEqual([])
    expect(unusedComponents(body).filter((one) => !one.endsWith('/Error'))).toEqual([])
    // Everything is copied where that is asked for.
    const all = (await json('/api_docs/shop?expand_schema=true')).body
    expect(Object.keys(all.paths)).not.toContain('/_table/{table_name}')
    expect(Object.keys((await json('/api_docs/shop')).body.paths)).toEqual(['/_table', '/_table/{table_name}'])
  })

  it('offers the two headers, and says how calls are made', async () => {
    const { body } = await (await open(shelves())).json('/shop/_spec')
    expect(Object.keys(body.components.securitySchemes).toSorted()).toEqual(['ApiKeyHeader', 'SessionTokenHeader'])
    expect(body.security).toEqual([{ SessionTokenHeader: [] }, { ApiKeyHeader: [] }])
    expect(body['x-dreamfactory-resources']).toEqual(['books', 'films', 'book loans'])
    expect(Object.keys(body['x-dreamfactory-usage'])).toEqual(['authentication', 'discovery', 'errors', 'records'])
  })

  it('has an example of each request and each answer', async () => {
    const { paths } = (await (await open(shelves())).json('/shop/_spec')).body
    const { post } = paths['/_table/{table_name}']
    expect(post['x-dreamfactory-example-request']).toEqual({ resource: [{ secret: 'text', kind: 'a' }] })
    expect(post['x-dreamfactory-example-response']).toEqual({ resource: [{ id: 1, secret: 'text', kind: 'a' }] })
    const document = (await (await open(shelves())).json('/api_docs/shop')).body
    expect(JSON.stringify(document)).not.toContain('x-dreamfactory-example')
  })

  it('comes in short: a line for each operation, and tables where they are asked for', async () => {
    const { json } = await open(shelves())
    const short = (await json('/shop/_spec?compact=true')).body
    expect(Object.keys(short)).toEqual([
      'openapi',
      'info',
      'servers',
      'security',
      'x-dreamfactory-usage',
      'endpoints',
      'endpoint_count',
    ])
    expect(short.endpoint_count).toBe(3)
    expect(short.endpoints[1]).toEqual({
      path: '/_table/{table_name}',
      method: 'get',
      summary: 'Read',
      operationId: 'getRecords',
      parameters: ['table_name (path, required, string)', 'limit (query, integer)', 'order (query, string: up|down)'],
      has_request_body: false,
    })
    expect(short.endpoints[2].has_request_body).toBe(true)
    const withTables = (await json('/shop/_spec?compact=1&tables=true')).body
    expect(withTables['x-dreamfactory-resources']).toHaveLength(3)
    expect(withTables.endpoints.map(({ path }: any) => path)).toContain('/_table/films')
    expect((await json('/shop/_spec?compact=true&openapi=3.0')).body.openapi).toBe('3.0.3')
  })

  it('is about what a name is in, or about some tables only, with no schema of the others', async () => {
    const { json } = await open(shelves())
    const pathsOf = async (query: string) => Object.keys((await json(`/shop/_spec?${query}`)).body.paths)
    expect(await pathsOf('resource_name=BOOK')).toEqual(['/_table/books', '/_table/book%20loans'])
    expect(await pathsOf('resource_name=_table/book%20loans')).toEqual(['/_table/book%20loans'])
    expect(await pathsOf('tables=films,none')).toEqual(['/_table', '/_table/films', '/_table/{table_name}'])
    const { schemas } = (await json('/shop/_spec?resource_name=films')).body.components
    expect(Object.keys(schemas)).toContain('films')
    expect(Object.keys(schemas)).not.toContain('books')
    expect((await json('/shop/_spec?compact=true&resource_name=films&tables=films')).body.endpoint_count).toBe(1)
  })

  it('is YAML, 3.0 or an attachment on request, and refused in other forms', async () => {
    const { call } = await open(shelves())
    const yaml = await call('/shop/_spec?format=yml&compact=true')
    expect(yaml.headers.get('content-type')).toBe('application/x-yaml; charset=utf-8')
    expect(parse(await yaml.text()).endpoint_count).toBe(3)
    expect((await call('/shop/_spec?format=toml')).status).toBe(400)
    expect((await call('/shop/_spec?file=shop.json')).headers.get('content-disposition')).toContain('shop.json')
  })

  it('shows what its reader may use: no table, no field and no path besides', async () => {
    const made = shelves()
    const access = [row('shop', '_spec', 1), row('shop', '_table/books', 1, { deny: ['secret'] })]
    const { json, call } = await open(made, { access })
    const { body } = await json('/shop/_spec')
    expect(Object.keys(body.paths)).toEqual(['/_table/books'])
    expect(body['x-dreamfactory-resources']).toEqual(['books'])
    expect(JSON.stringify(body)).not.toMatch(/secret|films/)
    expect((await call('/shop/_spec', { method: 'POST' })).status).toBe(401)
  })
})

describe('a description', () => {
  const counted = async (setup: object = {}) => {
    const made = shelves()
    const gateway = await open(made, setup)
    const get = async (query = '') => (await gateway.json(`/shop/_spec${query}`)).body
    return { ...made, gateway, get }
  }

  it('is made once for all readers of a role, and for each form of it', async () => {
    const { asked, get, gateway } = await counted()
    const first = await get()
    expect(await get()).toEqual(first)
    expect([asked.refined, asked.extensions]).toEqual([3, 1])
    await get('?compact=true')
    await get('?format=yaml').catch(() => undefined)
    expect(asked.extensions).toBe(3)
    gateway.stage.role = { ...gateway.stage.role, access: [row('shop', '_spec', 1), row('shop', '_table/films', 1)] }
    expect(Object.keys((await get()).paths)).toEqual(['/_table/films'])
    expect(await get()).not.toEqual(first)
  })

  it('is made anew when the structure has changed, or is to be read anew', async () => {
    const { asked, seen, get } = await counted()
    await get()
    seen.host!.emit('catalog.changed', {})
    await get()
    expect(asked.extensions).toBe(2)
    expect(Object.keys((await get('?refresh=true')).paths)).toContain('/_table/new%20ones')
    expect([asked.refreshed, asked.extensions]).toEqual([1, 3])
    await get()
    expect(asked.extensions).toBe(3)
  })

  it('is not kept where the source could not say what there is', async () => {
    const { seen, asked, get } = await counted()
    seen.fail = true
    expect((await get())['x-warning']).toMatch(/not known/)
    seen.fail = false
    expect(Object.keys((await get()).paths)).toContain('/_table/books')
    expect(asked.extensions).toBe(2)
  })
})

describe('_spec?model=true', () => {
  it('is what the service says of its data, to this reader, made for each request', async () => {
    const { asked, seen, type } = shelves()
    const gateway = await open({ asked, seen, type })
    const { body, headers } = await gateway.json('/shop/_spec?model=true&tables=books,%20films&stock=yes')
    expect(body).toEqual({ service: 'shop', description: 'What stands on them.', tables: {} })
    expect(headers.get('cache-control')).toBe('no-store')
    await gateway.json('/shop/_spec?model=true')
    expect(asked.models).toEqual([
      { tables: ['books', 'films'], stock: true },
      { tables: undefined, stock: false },
    ])
    expect(seen.reader!.caller.role?.name).toBe('tester')
  })

  it('is refused where there is none', async () => {
    const { type } = shelves()
    const gateway = await openGateway([type], { services: [service('shop', 'shelves', { explained: false })] })
    opened.push(gateway)
    expect((await gateway.json('/shop/_spec?model=true')).status).toBe(501)
    expect((await gateway.json('/shop/_spec?refresh=true')).status).toBe(200)
  })
})
