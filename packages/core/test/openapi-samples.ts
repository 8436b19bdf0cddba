/** Services as connectors would write them: tables, files, and the weather connector of the contract's guide. */
import { z } from 'zod'
import { type Endpoint, endpoint, GwError } from '../src/contract.ts'
import type { DocumentInput, DocumentService } from '../src/openapi/index.ts'

const unused = (): never => {
  throw new GwError('internal', 'A sample endpoint was called.')
}

const AnyRecord = z.record(z.string(), z.unknown())
const AnyList = z.object({ resource: z.array(AnyRecord) }).meta({ title: 'Records' })

/** A table's record, as a kit derives it from the catalogue. */
const record = (table: string) => {
  const fields = Array.from({ length: 9 }, (_one, index) => [`field_${index}`, z.string().max(80).nullable()] as const)
  return z
    .object({
      id: z.int().meta({ readOnly: true }),
      status: z.enum(['new', 'done']).default('new'),
      price: z.number().gt(0).optional(),
      photo: z.base64().optional(),
      kind: z.literal(table),
      ...Object.fromEntries(fields),
    })
    .meta({ title: table })
}

const listQuery = z.object({
  fields: z.string().default('*').describe('The fields to return, separated by commas.'),
  filter: z.string().optional().describe('Which records: `(status = new) and (price > 3)`.'),
  limit: z.coerce.number().int().min(1).max(1000).optional().describe('The size of a page.'),
  offset: z.coerce.number().int().min(0).default(0).describe('How many records to skip.'),
  order: z.string().optional().describe('Fields to sort by.'),
  include_count: z.stringbool().default(false).describe('Adds `meta.count`.'),
  schema: z.string().optional().describe('A parameter whose name is a keyword of OpenAPI.'),
})
const recordQuery = listQuery.pick({ fields: true })

const tableEndpoints = (): Endpoint[] => {
  const table = z.object({ table_name: z.string().describe('The name of the table.') })
  const one = table.extend({ id: z.string().describe('The value of the primary key.') })
  const bare = (component: string): string => component.slice('_table/'.length)
  const list = (component: string) => {
    const one = record(bare(component))
    return z
      .object({ resource: z.array(one), meta: z.object({ count: z.int() }).optional() })
      .meta({ title: `${bare(component)}List` })
  }
  const verb = <M extends Endpoint['method']>(method: M, id: string, summary: string) => [
    endpoint({
      id: `${id}Records`,
      method,
      path: '/_table/{table_name}',
      summary: `${summary} records`,
      tags: ['Records'],
      params: table,
      query: listQuery,
      ...(method === 'GET' ? {} : { body: z.union([AnyList, AnyRecord]) }),
      bodyOptional: method === 'DELETE',
      response: AnyList,
      errors: ['not_found', 'conflict'],
      refine: ({ component }) => ({
        response: list(component),
        ...(method === 'GET'
          ? {}
          : {
              body: list(component)
                .omit({ meta: true })
                .meta({ title: `${bare(component)}Body` }),
            }),
      }),
      handle: unused,
    }),
    ...(method === 'POST'
      ? []
      : [
          endpoint({
            id: `${id}Record`,
            method,
            path: '/_table/{table_name}/{id}',
            summary: `${summary} one record`,
            tags: ['Records'],
            params: one,
            query: recordQuery,
            ...(method === 'GET' || method === 'DELETE' ? {} : { body: AnyRecord }),
            response: AnyRecord,
            errors: ['not_found', 'conflict'],
            refine: ({ component }) => ({
              response: record(bare(component)),
              ...(method === 'GET' || method === 'DELETE' ? {} : { body: record(bare(component)) }),
            }),
            handle: unused,
          }),
        ]),
  ]
  return [
    endpoint({
      id: 'getResources',
      method: 'GET',
      path: '/',
      summary: 'List resources',
      response: AnyList,
      handle: unused,
    }),
    endpoint({
      id: 'getTables',
      method: 'GET',
      path: '/_table',
      summary: 'List tables',
      response: AnyList,
      handle: unused,
    }),
    ...verb('GET', 'get', 'Read'),
    ...verb('POST', 'create', 'Create'),
    ...verb('PUT', 'replace', 'Replace'),
    ...verb('PATCH', 'update', 'Update'),
    ...verb('DELETE', 'delete', 'Delete'),
  ]
}

export const database = (tables: readonly string[], name = 'db'): DocumentService => ({
  name,
  label: 'Shop',
  description: 'Tables of the shop.',
  group: 'Database',
  endpoints: tableEndpoints(),
  resources: tables.map((table) => ({ component: `_table/${table}`, kind: 'table', label: table })),
})

interface Folder {
  readonly name: string
  readonly folders?: readonly Folder[] | undefined
}
const Folder: z.ZodType<Folder> = z
  .object({
    name: z.string(),
    get folders() {
      return z.array(Folder).optional()
    },
  })
  .meta({ id: 'Folder' })

export const files: DocumentService = {
  name: 'files',
  label: 'Files',
  description: 'Uploaded files.',
  group: 'File',
  resources: [{ component: 'docs', kind: 'folder' }],
  endpoints: [
    endpoint({ id: 'getRoot', method: 'GET', path: '/', summary: 'List the root', response: Folder, handle: unused }),
    endpoint({
      id: 'getFile',
      method: 'GET',
      path: '/{path*}',
      summary: 'Read a file',
      params: z.object({ path: z.string().describe('The file.') }),
      query: z.object({ download: z.stringbool().optional() }),
      response: { bytes: ['*/*'] },
      errors: ['not_found'],
      handle: unused,
    }),
    endpoint({
      id: 'createFile',
      method: 'POST',
      path: '/{path*}',
      summary: 'Write a file',
      body: { bytes: ['application/octet-stream', 'multipart/form-data'] },
      response: z.object({ name: z.string(), path: z.string(), type: z.literal('file') }).meta({ title: 'NewFile' }),
      status: 201,
      errors: ['too_large'],
      handle: unused,
    }),
    endpoint({ id: 'secret', method: 'DELETE', path: '/{path*}', summary: 'Hidden', hidden: true, handle: unused }),
  ],
}

const Forecast = z.array(z.object({ date: z.iso.date(), max: z.number() }))
export const weather: DocumentService = {
  name: 'weather',
  label: 'Weather',
  description: 'Daily forecasts by city.',
  group: 'Remote Service',
  resources: [],
  endpoints: [
    endpoint({
      id: 'getForecast',
      method: 'GET',
      path: '/forecast/{city}',
      component: 'forecast/{city}',
      summary: 'Forecast for one city',
      params: z.object({ city: z.string().min(2) }),
      query: z.object({ days: z.coerce.number().int().min(1).max(16).default(3) }),
      response: Forecast,
      errors: ['not_found', 'upstream_failed'],
      handle: unused,
    }),
  ],
}

/** The input for one service. */
export const single = (service: DocumentService, input: Partial<DocumentInput> = {}): DocumentInput => ({
  serverUrl: '/api/v2',
  services: [service],
  single: true,
  expand: false,
  version: '3.1',
  ...input,
})

/** The input for several services. */
export const several = (services: readonly DocumentService[], input: Partial<DocumentInput> = {}): DocumentInput => ({
  ...single(weather, input),
  services,
  single: false,
})
