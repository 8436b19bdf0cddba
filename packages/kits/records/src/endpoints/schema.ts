/** Changes of `/_schema` and `/_schema/{table_name}`. */
import { type Endpoint, endpoint, type Method } from '@gw/core'
import { changeTable, changeTables, dropTable, dropTables } from '../execute/schema.ts'
import type { Kit } from '../execute/work.ts'
import { schemaShapes } from './definitions.ts'
import { queries, tablePath } from './parameters.ts'

const DOING = {
  POST: { list: 'createSchemas', one: 'extendSchema', summary: 'Create tables' },
  PUT: { list: 'replaceSchemas', one: 'replaceSchema', summary: 'Change tables' },
  PATCH: { list: 'updateSchemas', one: 'updateSchema', summary: 'Change tables' },
} as const satisfies Partial<Record<Method, unknown>>
const HOW =
  'Fields that are not there yet are added, those that are get what differs; a description that is sent back changes nothing.'

export const schemaEndpoints = (kit: Kit): readonly Endpoint[] => {
  // Refused by name where the source can't, and not offered.
  const common = { tags: ['Schema'], ...(kit.source.schema ? {} : { hidden: true }) } as const
  const list = { ...common, path: '/_schema' } as const
  const one = {
    ...common,
    path: '/_schema/{table_name}',
    component: '_schema/{table_name}',
    params: tablePath,
  } as const
  return [
    ...(['POST', 'PUT', 'PATCH'] as const).flatMap((method) => [
      endpoint({
        ...list,
        id: DOING[method].list,
        method,
        summary: DOING[method].summary,
        description:
          method === 'POST'
            ? `Creates tables. One that exists is changed instead, unless check_exist=true. ${HOW} Where there are several, all of them are made or none; a database that can not undo changes of tables says what it has done.`
            : `Changes tables that exist. ${HOW}${method === 'PUT' ? ' Fields that are not in the list are dropped.' : ''}`,
        query: queries.define,
        body: schemaShapes.tablesBody,
        response: schemaShapes.tables,
        errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
        handle: (call) => changeTables(kit, call as never),
      }),
      endpoint({
        ...one,
        id: DOING[method].one,
        method,
        summary: 'Change a table',
        description: `${HOW}${method === 'PUT' ? ' Fields that are not in the list are dropped, where there is a list.' : ''}`,
        query: queries.define,
        body: schemaShapes.tableBody,
        response: schemaShapes.one,
        errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
        handle: (call) => changeTable(kit, call as never),
      }),
    ]),
    endpoint({
      ...list,
      id: 'deleteSchemas',
      method: 'DELETE',
      summary: 'Drop tables',
      description: 'Drops the tables that ids, or the body, names, with all their records.',
      query: queries.drop,
      body: schemaShapes.selection,
      bodyOptional: true,
      response: schemaShapes.tables,
      errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
      handle: (call) => dropTables(kit, call as never),
    }),
    endpoint({
      ...one,
      id: 'deleteSchema',
      method: 'DELETE',
      summary: 'Drop a table',
      description: 'Drops the table with all its records.',
      response: schemaShapes.success,
      errors: ['forbidden', 'not_found', 'conflict', 'not_supported'],
      query: queries.drop,
      handle: (call) => dropTable(kit, call as never),
    }),
  ]
}
