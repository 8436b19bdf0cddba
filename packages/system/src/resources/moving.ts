/** What both ways to move configuration over the API share: who may, what is asked, and what is told of it. */
import { type Call, GwError, isTrue } from '@gw/core'
import { z } from 'zod'
import type { Given } from '../dreamfactory/given.ts'
import { importConfiguration } from '../transfer/import.ts'
import type { Outcome } from '../transfer/outcome.ts'
import type { TransferParts } from '../transfer/parts.ts'

/** It tells and changes everything, so that no role is enough for it. */
export const checkAdmin = ({ caller }: Pick<Call, 'caller'>): void => {
  if (!caller.admin)
    throw new GwError(
      'forbidden',
      'Only administrators without a role of their own may read or write the whole configuration.',
    )
}

const flag = (description: string) => z.string().optional().meta({ description })

export const importQuery = z.object({
  overwrite: flag('Records that are there already are changed; otherwise they stay.'),
  continue: flag('Records that are not valid are left out; otherwise nothing is stored where one is not.'),
  dry_run: flag('Say what would happen; nothing is stored.'),
})

const names = z.record(z.string(), z.array(z.string()).readonly()).readonly()
const remarks = z.array(z.object({ section: z.string(), name: z.string(), message: z.string() })).readonly()
/** What became of each record, by section. */
export const outcomeShape = {
  dry_run: z.boolean(),
  created: names,
  updated: names,
  skipped: names,
  errors: remarks,
  notes: remarks,
}

export const documentSchema = z
  .looseObject({ format: z.string().optional() })
  .meta({ id: 'ConfigPackage', description: 'The configuration, by names; also as `manifest` of an object.' })

type Importing = Pick<Call, 'caller' | 'signal'> & { readonly query: z.infer<typeof importQuery> }

/** @throws GwError `invalid_request` with the outcome, where nothing was stored */
export const importGiven = async (
  { sections, notes, foreign }: Given,
  transfer: TransferParts,
  { query, caller, signal }: Importing,
): Promise<Outcome> => {
  const outcome = await importConfiguration(sections, transfer, {
    overwrite: isTrue(query.overwrite),
    lenient: isTrue(query.continue) || foreign,
    dryRun: isTrue(query.dry_run),
    // What another gateway exported holds its secrets as they are; a text that looks like a reference is itself.
    keepsReferences: !foreign,
    caller,
    signal,
  })
  const told = { ...outcome, notes: [...notes, ...outcome.notes] }
  if (told.success) return told
  throw new GwError('invalid_request', 'Nothing was imported: some records are not valid.', { details: told })
}
