/** `/_table/{table_name}/{id}`: one record, bare. */
import { type Endpoint, endpoint, GwError } from '@gw/core'
import { changeOne } from '../execute/change.ts'
import { readOne } from '../execute/read.ts'
import { removeOne } from '../execute/remove.ts'
import { type Kit, openWork } from '../execute/work.ts'
import { queries, recordPath } from './parameters.ts'
import { anyTable } from './shapes.ts'
import { refineWith } from './table.ts'

export const recordEndpoints = (kit: Kit): readonly Endpoint[] => {
  const common = {
    path: '/_table/{table_name}/{id}',
    component: '_table/{table_name}',
    tags: ['Records'],
    params: recordPath,
    query: queries.record,
    response: anyTable.record,
    refine: refineWith(kit, ({ record }) => ({ response: record })),
  } as const
  const changing = {
    ...common,
    summary: 'Change a record',
    description: 'Changes the fields that are given and leaves the others. PUT and PATCH are the same.',
    query: queries.recordWrite,
    body: anyTable.recordBody,
    errors: ['invalid_request', 'forbidden', 'not_found', 'conflict'],
    refine: refineWith(kit, ({ record, recordBody }) => ({ body: recordBody, response: record })),
    handle: (call: Parameters<typeof openWork>[1]) => changeOne(openWork(kit, call), call.params.id!),
  } as const
  return [
    endpoint({
      ...common,
      id: 'getRecord',
      method: 'GET',
      summary: 'Read a record',
      description: 'Reads the record with this key.',
      errors: ['invalid_request', 'not_found'],
      handle: (call) => readOne(openWork(kit, call), call.params.id!),
    }),
    endpoint({ ...changing, id: 'replaceRecord', method: 'PUT' }),
    endpoint({ ...changing, id: 'updateRecord', method: 'PATCH' }),
    endpoint({
      ...common,
      id: 'deleteRecord',
      method: 'DELETE',
      query: queries.recordRemove,
      summary: 'Delete a record',
      description:
        'Deletes the record with this key, and answers its identifier, or the fields asked for as they were.',
      errors: ['invalid_request', 'not_found', 'conflict'],
      handle: (call) => removeOne(openWork(kit, call), call.params.id!),
    }),
    endpoint({
      path: common.path,
      component: common.component,
      params: recordPath,
      id: 'createRecord',
      method: 'POST',
      summary: 'Not supported',
      hidden: true,
      handle: (): never => {
        throw new GwError('invalid_request', 'Create record by identifier not currently supported.')
      },
    }),
  ]
}
