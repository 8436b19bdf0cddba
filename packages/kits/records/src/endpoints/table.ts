/** `/_table/{table_name}`: lists of records. */
import { after, type Endpoint, endpoint, type Ready, type Reply } from '@gw/core'
import { changeRecords } from '../execute/change.ts'
import { createRecords } from '../execute/create.ts'
import { readGroups } from '../execute/group.ts'
import { fromIds, fromRecords, readIdentified } from '../execute/identified.ts'
import { importRecords } from '../execute/import.ts'
import { readBehind } from '../execute/keyset.ts'
import { readList } from '../execute/read.ts'
import { removeRecords } from '../execute/remove.ts'
import { streamList } from '../execute/stream.ts'
import type { Kit, Work } from '../execute/work.ts'
import { queries } from './parameters.ts'
import { type Place, TABLES } from './place.ts'
import { preferred } from './preferred.ts'
import { anyTable } from './shapes.ts'
import { changeTold } from './told.ts'

const read = (work: Work): Ready<Reply> => {
  if (work.params.stream) return streamList(work)
  if (work.params.ids !== undefined) return readIdentified(work, fromIds(work))
  if (work.records) return readIdentified(work, fromRecords(work))
  const { group, cursor, countOnly } = work.params
  if (cursor !== undefined && !countOnly) return readBehind(work, cursor)
  return group && !countOnly ? readGroups(work, group) : readList(work)
}

export const tableEndpoints = (kit: Kit, place: Place = TABLES): readonly Endpoint[] => {
  const { idOf, openWork } = place
  const refineWith = place.refineWith(kit)
  const common = place.list
  const restrained = place.keeping(['tx', 'max-affected', 'idempotency-key'])
  const changing = (method: 'PUT' | 'PATCH') => ({
    ...common,
    method,
    ...changeTold(kit, method, 'records'),
    query: queries.change,
    body: anyTable.listBody,
    response: anyTable.list,
    ...restrained,
    errors: ['invalid_request', 'forbidden', 'not_found', 'conflict'] as const,
    refine: refineWith(method, ({ list, listBody }) => ({ body: listBody, response: list })),
    handle: (call: Parameters<typeof openWork>[1]) => preferred(kit, call, (own) => changeRecords(openWork(kit, own))),
  })
  return [
    endpoint({
      ...common,
      id: idOf('getRecords'),
      method: 'GET',
      summary: 'Read records',
      description:
        'Reads a page of the records that the filter selects, or those that ids names, in the order asked for. A body may carry options that are too long for the query string: send it as POST with the header X-HTTP-Method: GET.',
      query: queries.list,
      tagged: 'asked',
      body: anyTable.selection,
      bodyOptional: true,
      response: anyTable.page,
      errors: ['invalid_request', 'not_found'],
      refine: refineWith('GET', ({ page, selection }) => ({ body: selection, response: page })),
      handle: (call) =>
        after(call.query.refresh ? kit.source.refresh(call.signal) : undefined, () => read(openWork(kit, call))),
    }),
    endpoint({
      ...common,
      id: idOf('createRecords'),
      method: 'POST',
      status: place.created,
      summary: 'Create records',
      description:
        'Creates one record or many, and answers their identifiers, or the fields asked for. With stream=true, a body of NDJSON or CSV may be of any size: its records are written as they arrive, and their number is answered.',
      query: queries.create,
      body: anyTable.listBody,
      response: anyTable.created,
      takesRecords: true,
      ...restrained,
      errors: ['invalid_request', 'forbidden', 'conflict'],
      refine: refineWith('POST', ({ created, listBody }) => ({ body: listBody, response: created })),
      handle: (call) =>
        preferred(kit, call, (own) => {
          const work = openWork(kit, own)
          return work.params.stream ? importRecords(work, own.records) : createRecords(work)
        }),
    }),
    endpoint({ ...changing('PUT'), id: idOf('replaceRecords') }),
    endpoint({ ...changing('PATCH'), id: idOf('updateRecords') }),
    endpoint({
      ...common,
      id: idOf('deleteRecords'),
      method: 'DELETE',
      summary: 'Delete records',
      description:
        'Deletes the records that ids, the body or the filter selects, and answers their identifiers, or the fields asked for as they were. Every record is deleted only with force=true.',
      query: queries.remove,
      body: anyTable.selection,
      bodyOptional: true,
      response: anyTable.removed,
      ...restrained,
      errors: ['invalid_request', 'not_found', 'conflict'],
      refine: refineWith('DELETE', ({ removed, selection }) => ({ body: selection, response: removed })),
      handle: (call) => preferred(kit, call, (own) => removeRecords(openWork(kit, own))),
    }),
  ]
}
