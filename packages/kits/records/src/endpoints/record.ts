/** `/_table/{table_name}/{id}`: one record, bare. */
import { type Endpoint, endpoint, GwError } from '@gw/core'
import { changeOne } from '../execute/change.ts'
import { readOne } from '../execute/read.ts'
import { removeOne } from '../execute/remove.ts'
import type { Kit } from '../execute/work.ts'
import { queries } from './parameters.ts'
import { type Place, TABLES } from './place.ts'
import { preferred } from './preferred.ts'
import { anyTable } from './shapes.ts'
import { changeTold } from './told.ts'

export const recordEndpoints = (kit: Kit, place: Place = TABLES): readonly Endpoint[] => {
  const { idOf, openWork } = place
  const refineWith = place.refineWith(kit)
  const common = {
    ...place.one,
    query: queries.record,
    response: anyTable.record,
  } as const
  const answering = (method: 'GET' | 'DELETE') =>
    ({ ...common, method, refine: refineWith(method, ({ record }) => ({ response: record })) }) as const
  const changing = (method: 'PUT' | 'PATCH') => ({
    ...common,
    method,
    ...changeTold(kit, method, 'a record'),
    query: queries.recordWrite,
    body: anyTable.recordBody,
    ...place.keeping(['if-match', 'if-none-match', 'tx', 'max-affected', 'idempotency-key']),
    errors: ['invalid_request', 'forbidden', 'not_found', 'conflict', 'precondition_failed'] as const,
    refine: refineWith(method, ({ record, recordBody }) => ({ body: recordBody, response: record })),
    handle: (call: Parameters<typeof openWork>[1]) =>
      preferred(kit, call, (own) => changeOne(openWork(kit, own), own.params.id!)),
  })
  return [
    endpoint({
      ...answering('GET'),
      id: idOf('getRecord'),
      summary: 'Read a record',
      description: 'Reads the record with this key.',
      tagged: 'always',
      errors: ['invalid_request', 'not_found'],
      handle: (call) => readOne(openWork(kit, call), call.params.id!),
    }),
    endpoint({ ...changing('PUT'), id: idOf('replaceRecord') }),
    endpoint({ ...changing('PATCH'), id: idOf('updateRecord') }),
    endpoint({
      ...answering('DELETE'),
      id: idOf('deleteRecord'),
      query: queries.recordRemove,
      summary: 'Delete a record',
      description:
        'Deletes the record with this key, and answers its identifier, or the fields asked for as they were.',
      ...place.keeping(['if-match', 'tx', 'max-affected', 'idempotency-key']),
      errors: ['invalid_request', 'not_found', 'conflict', 'precondition_failed'],
      handle: (call) => preferred(kit, call, (own) => removeOne(openWork(kit, own), own.params.id!)),
    }),
    endpoint({
      ...place.one,
      id: idOf('createRecord'),
      method: 'POST',
      summary: 'Not supported',
      hidden: true,
      handle: (): never => {
        throw new GwError('invalid_request', 'Create record by identifier not currently supported.')
      },
    }),
  ]
}
