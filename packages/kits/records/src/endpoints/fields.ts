/** `/_schema/{table_name}/_field` and what is below it; `/_schema/{table_name}/{field_name}` is its older name. */
import { type Endpoint, endpoint, type Method, type Reply, rows } from '@gw/core'
import { fieldOf } from '../catalog.ts'
import type { SchemaCall } from '../execute/schema.ts'
import { changeField, changeFields, dropField, dropFields, fieldNamed, fieldsOf } from '../execute/schema-fields.ts'
import { type Kit, tableNamed } from '../execute/work.ts'
import { namesIn, trimmedItems } from '../params/names.ts'
import { schemaShapes } from './definitions.ts'
import { fieldPath, queries, tablePath } from './parameters.ts'

const CHANGES = { POST: 'create', PUT: 'replace', PATCH: 'update' } as const satisfies Partial<Record<Method, string>>

const HOW = 'A field that is there gets what differs; one that is not is added by POST only.'

/** Both names of a field are one component, so that a denial of it holds under either. */
const checkField = (kit: Kit, call: SchemaCall, name: string): void => {
  const table = tableNamed(kit.source.catalog(), call.params.table_name!)
  call.access(`_schema/${table.name}/_field/${fieldOf(table, name)?.name ?? name}`, 'GET')
}

const refreshed = async (kit: Kit, { query, signal }: SchemaCall): Promise<void> => {
  if (query.refresh) await kit.source.refresh(signal)
}

const listFields = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  await refreshed(kit, call)
  const names = namesIn(call)
  for (const name of names ?? []) checkField(kit, call, name)
  const items = names ? names.map((name) => fieldNamed(kit, call, name)) : fieldsOf(kit, call)
  return rows({ items: trimmedItems(items, call.query), identifier: ['name'] })
}

const oneField = async (kit: Kit, call: SchemaCall): Promise<Reply> => {
  await refreshed(kit, call)
  checkField(kit, call, call.params.field_name!)
  return fieldNamed(kit, call, call.params.field_name!)
}

/** The operations on one field, under one of its two names. */
const fieldEndpointsAt = (kit: Kit, path: `/${string}`, suffix: string): readonly Endpoint[] => {
  const common = {
    path,
    component: '_schema/{table_name}',
    tags: ['Schema'],
    params: fieldPath,
    ...(suffix === '' ? {} : { hidden: true }),
  } as const
  const changing = kit.source.schema ? common : { ...common, hidden: true }
  return [
    endpoint({
      ...common,
      id: `getField${suffix}`,
      method: 'GET',
      summary: 'Describe a field',
      description: "The field as it stands in its table's description.",
      query: queries.described,
      response: schemaShapes.field,
      errors: ['forbidden', 'not_found'],
      handle: (call) => oneField(kit, call as never),
    }),
    ...(['POST', 'PUT', 'PATCH'] as const).map((method) =>
      endpoint({
        ...changing,
        id: `${CHANGES[method]}Field${suffix}`,
        method,
        summary: method === 'POST' ? 'Create a field' : 'Change a field',
        description: HOW,
        query: queries.define,
        body: schemaShapes.fieldBody,
        response: schemaShapes.field,
        errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
        handle: (call) => changeField(kit, call as never),
      }),
    ),
    endpoint({
      ...changing,
      id: `deleteField${suffix}`,
      method: 'DELETE',
      summary: 'Drop a field',
      description: 'Drops the field with its values.',
      query: queries.drop,
      response: schemaShapes.success,
      errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
      handle: (call) => dropField(kit, call as never),
    }),
  ]
}

export const fieldEndpoints = (kit: Kit): readonly Endpoint[] => {
  const common = {
    path: '/_schema/{table_name}/_field',
    component: '_schema/{table_name}',
    tags: ['Schema'],
    params: tablePath,
  } as const
  const changing = kit.source.schema ? common : { ...common, hidden: true }
  return [
    endpoint({
      ...common,
      id: 'getFields',
      method: 'GET',
      summary: 'Describe fields',
      description: 'The fields of the table, or those that ids names.',
      query: queries.fieldList,
      body: schemaShapes.selection,
      bodyOptional: true,
      response: schemaShapes.fields,
      errors: ['not_found'],
      handle: (call) => listFields(kit, call as never),
    }),
    ...(['POST', 'PUT', 'PATCH'] as const).map((method) =>
      endpoint({
        ...changing,
        id: `${CHANGES[method]}Fields`,
        method,
        summary: method === 'POST' ? 'Create fields' : 'Change fields',
        description: HOW,
        query: queries.define,
        body: schemaShapes.fieldsBody,
        response: schemaShapes.fields,
        errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
        handle: (call) => changeFields(kit, call as never),
      }),
    ),
    endpoint({
      ...changing,
      id: 'deleteFields',
      method: 'DELETE',
      summary: 'Drop fields',
      description: 'Drops the fields that ids, or the body, names, with their values.',
      query: queries.drop,
      body: schemaShapes.selection,
      bodyOptional: true,
      response: schemaShapes.success,
      errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
      handle: (call) => dropFields(kit, call as never),
    }),
    ...fieldEndpointsAt(kit, '/_schema/{table_name}/_field/{field_name}', ''),
    ...fieldEndpointsAt(kit, '/_schema/{table_name}/{field_name}', 'ByName'),
  ]
}
