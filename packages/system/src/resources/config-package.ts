/** `system/config_package`: the whole configuration as one document, out and in (platform.md §3.16). */
import { endpoint } from '@gw/core'
import { z } from 'zod'
import { sectionsIn, writtenDocument } from '../transfer/document.ts'
import { exportConfiguration } from '../transfer/export.ts'
import { checkAdmin, documentSchema, importGiven, importQuery, outcomeShape } from './moving.ts'
import type { SystemResource } from './resource.ts'

const outcome = z
  .object({ success: z.boolean(), ...outcomeShape })
  .meta({ id: 'ConfigPackageOutcome', description: 'What became of each record, by section.' })

export const configPackage: SystemResource = {
  name: 'config_package',
  label: 'Configuration package',
  description: 'The whole configuration as one document.',
  endpoints: ({ transfer }) => [
    endpoint({
      id: 'getConfigPackage',
      method: 'GET',
      path: '/config_package',
      tags: ['Configuration package'],
      summary: 'Export the configuration; secrets are references',
      response: documentSchema,
      async handle(call) {
        checkAdmin(call)
        return writtenDocument(await exportConfiguration(transfer, { signal: call.signal }))
      },
    }),
    endpoint({
      id: 'importConfigPackage',
      method: 'POST',
      path: '/config_package',
      tags: ['Configuration package'],
      summary: 'Import a configuration: all of it, or nothing',
      query: importQuery,
      body: documentSchema,
      response: outcome,
      async handle(call) {
        checkAdmin(call)
        return importGiven({ sections: sectionsIn(call.body), notes: [], foreign: false }, transfer, call)
      },
    }),
  ],
}
