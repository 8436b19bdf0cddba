/** `/_schema/{table_name}/_related` and what is below it. */
import { type Endpoint, endpoint, type Method } from '@gw/core'
import { answerRelations, dropRelations, listRelations, oneRelation } from '../execute/relations.ts'
import type { Kit } from '../execute/work.ts'
import { schemaShapes } from './definitions.ts'
import { queries, relationPath, tablePath } from './parameters.ts'

const CHANGES = { POST: 'create', PUT: 'replace', PATCH: 'update' } as const satisfies Partial<Record<Method, string>>
const HOW =
  'A relation that follows from a reference can get alias, label, description and always_fetch. One that no reference says is made of type, field, ref_table and ref_field (ref_service for a table of another service; junction_table, junction_field and junction_ref_field for many_many).'

export const relationEndpoints = (kit: Kit): readonly Endpoint[] => {
  const shared = { component: '_schema/{table_name}', tags: ['Schema'] } as const
  const list = { ...shared, path: '/_schema/{table_name}/_related', params: tablePath } as const
  const one = { ...shared, path: '/_schema/{table_name}/_related/{related_name}', params: relationPath } as const
  const hidden = kit.extras ? {} : { hidden: true }
  const changing = {
    ...hidden,
    summary: 'Change relations',
    description: HOW,
    query: queries.define,
    body: schemaShapes.relationsBody,
    errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'not_supported'],
    handle: (call: unknown) => answerRelations(kit, call as never),
  } as const
  const dropping = {
    ...hidden,
    method: 'DELETE',
    summary: 'Remove relations',
    description: 'Removes relations that no reference says.',
    query: queries.drop,
    response: schemaShapes.success,
    errors: ['invalid_request', 'forbidden', 'not_found', 'not_supported'],
    handle: (call: unknown) => dropRelations(kit, call as never),
  } as const
  return [
    endpoint({
      ...list,
      id: 'getRelationships',
      method: 'GET',
      summary: 'Describe relations',
      description: 'The relations of the table, or those that ids names, as they stand in its description.',
      query: queries.fieldList,
      body: schemaShapes.selection,
      bodyOptional: true,
      response: schemaShapes.fields,
      errors: ['not_found'],
      handle: (call) => listRelations(kit, call as never),
    }),
    endpoint({
      ...one,
      id: 'getRelationship',
      method: 'GET',
      summary: 'Describe a relation',
      description: "The relation as it stands in its table's description.",
      query: queries.described,
      response: schemaShapes.field,
      errors: ['not_found'],
      handle: (call) => oneRelation(kit, call as never),
    }),
    ...(['POST', 'PUT', 'PATCH'] as const).flatMap((method) => [
      endpoint({ ...list, ...changing, id: `${CHANGES[method]}Relationships`, method, response: schemaShapes.fields }),
      endpoint({ ...one, ...changing, id: `${CHANGES[method]}Relationship`, method, response: schemaShapes.field }),
    ]),
    endpoint({ ...list, ...dropping, id: 'deleteRelationships', body: schemaShapes.selection, bodyOptional: true }),
    endpoint({ ...one, ...dropping, id: 'deleteRelationship' }),
  ]
}
