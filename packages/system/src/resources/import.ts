/** `system/import`: a table made from a file (platform.md §3.15), by calls in the caller's own name. */
import { type Call, endpoint } from '@gw/core'
import { z } from 'zod'
import { givenIn } from '../table-import/given.ts'
import { loadTable } from '../table-import/load.ts'
import { type Target, targetOf } from '../table-import/target.ts'
import type { SystemParts, SystemResource } from './resource.ts'

const text = (description: string) => z.string().optional().meta({ description })

const query = z.object({
  service: text('The database service that the table is made in. Default: db.'),
  resource: text("The table's name. Default: that of the file, without its end."),
  import_url: text('Where the file is, instead of sending it: an http or https address that the egress rules allow.'),
  append: text('Add the records to a table that is there, instead of making one.'),
})

const outcome = z
  .object({ resource: z.string().meta({ description: 'The path of the table.' }) })
  .meta({ id: 'TableImport', description: 'Where the records are.' })

/** How long a table may take to be dropped, in ms. */
const PATIENCE = 60_000

/** Of a caller who may have gone: no table may stay that is filled by halves. */
const targetFor =
  ({ gateway, identityOf }: SystemParts, { fetch, caller }: Pick<Call, 'fetch' | 'caller'>) =>
  (service: string): Target =>
    targetOf(service, fetch, async (path, init) => {
      const identity = identityOf(caller)
      if (!identity) return fetch(path, init)
      return gateway()!.fetch(path, { ...init, signal: AbortSignal.timeout(PATIENCE) }, identity)
    })

/** The API's own path, as it was called: what a client says about hosts is not believed. */
const basePath = ({ url }: Request): string =>
  new URL(url).pathname.replace(/\/+$/, '').split('/').slice(0, -2).join('/')

export const tableImport: SystemResource = {
  name: 'import',
  label: 'Import',
  description: 'Makes tables from files.',
  endpoints: (parts, _settings, host) => [
    endpoint({
      id: 'importTable',
      method: 'POST',
      path: '/import',
      tags: ['Import'],
      summary: 'Make a table from a CSV, JSON, NDJSON or XLSX file, and load it',
      description:
        "The file is `file` of a multipart form, of any size; service, resource and append may be fields of the form, too. JSON bodies hold `import_url`. Types are found from the first records. Where a record does not fit, the table is dropped again. It takes the caller's right to make tables in that service.",
      query,
      body: { bytes: ['multipart/form-data', 'application/json'], anySize: true },
      bodyOptional: true,
      response: outcome,
      status: 201,
      errors: ['invalid_request', 'forbidden', 'conflict', 'too_large', 'not_supported', 'upstream_failed'],
      async handle(call) {
        const given = await givenIn(call, host)
        try {
          const { service, table } = await loadTable(given, call.query, targetFor(parts, call), call.signal)
          return { resource: `${basePath(call.request)}/${service}/_table/${encodeURIComponent(table)}` }
        } finally {
          given.close()
        }
      },
    }),
  ],
}
