/** `system/config_package`: the whole configuration as one document, out and in (platform.md §3.16). */
import { type Call, endpoint, GwError } from '@gw/core'
import { z } from 'zod'
import { sectionsIn, writtenDocument } from '../transfer/document.ts'
import { exportConfiguration } from '../transfer/export.ts'
import { importConfiguration } from '../transfer/import.ts'
import type { SystemResource } from './resource.ts'

/** It tells and changes everything, so that no role is enough for it. */
const checkAdmin = ({ caller }: Pick<Call, 'caller'>): void => {
  if (!caller.admin)
    throw new GwError(
      'forbidden',
      'Only administrators without a role of their own may read or write the whole configuration.',
    )
}

const flag = (description: string) => z.string().optional().meta({ description })
const isYes = (value: string | undefined): boolean => /^(true|1|yes|on|y|t)$/i.test(value ?? '')

const names = z.record(z.string(), z.array(z.string()).readonly()).readonly()
const remarks = z.array(z.object({ section: z.string(), name: z.string(), message: z.string() })).readonly()
const outcome = z
  .object({
    success: z.boolean(),
    dry_run: z.boolean(),
    created: names,
    updated: names,
    skipped: names,
    errors: remarks,
    notes: remarks,
  })
  .meta({ id: 'ConfigPackageOutcome', description: 'What became of each record, by section.' })
const document = z
  .looseObject({ format: z.string().optional() })
  .meta({ id: 'ConfigPackage', description: 'The configuration, by names; also as `manifest` of an object.' })

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
      response: document,
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
      query: z.object({
        overwrite: flag('Records that are there already are changed; otherwise they stay.'),
        continue: flag('Records that are not valid are left out; otherwise nothing is stored where one is not.'),
        dry_run: flag('Say what would happen; nothing is stored.'),
      }),
      body: document,
      response: outcome,
      async handle(call) {
        checkAdmin(call)
        const { query, caller, signal } = call
        const result = await importConfiguration(sectionsIn(call.body), transfer, {
          overwrite: isYes(query.overwrite),
          lenient: isYes(query.continue),
          dryRun: isYes(query.dry_run),
          keepsReferences: true,
          caller,
          signal,
        })
        if (result.success) return result
        throw new GwError('invalid_request', 'Nothing was imported: some records are not valid.', { details: result })
      },
    }),
  ],
}
