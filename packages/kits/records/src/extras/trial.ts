/** Tries functions on fields in the source before they are kept: a definition must not make a table unreadable. */
import { GwError } from '@gw/core'
import type { Field, Table } from '../catalog.ts'
import type { ReadPlan } from '../plan.ts'
import type { RecordsSource } from '../source.ts'
import type { StoredFunction } from './document.ts'
import { resolveFunctions } from './functions.ts'

/** What the source says of the definition, and not of the moment. */
const OF_THE_FUNCTION: ReadonlySet<string> = new Set([
  'invalid_request',
  'upstream_failed',
  'conflict',
  'unprocessable',
])

/**
 * Reads one record by each function for reading.
 * @throws GwError `invalid_request` where the source does not take one
 */
export const tryFunctions = async (
  source: RecordsSource,
  table: Table,
  changes: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  signal: AbortSignal,
): Promise<void> => {
  const real = table.fields.filter(({ virtual }) => !virtual)
  for (const [native, { functions: stored }] of changes) {
    if (!stored) continue
    const functions = resolveFunctions(stored as readonly StoredFunction[], real, source.capabilities.functions ?? {})
    const expressions = functions ? [functions.select, functions.filter].filter((one) => one !== undefined) : []
    const fields = expressions.map((select): Field => {
      const base = real[0]!
      return {
        ...base,
        ...functions!.result,
        functions: { select, result: functions!.result, told: null },
        virtual: true,
      }
    })
    if (fields.length === 0) continue
    const plan: ReadPlan = { kind: 'read', table, fields, order: [], limit: 0 }
    try {
      await source.read(plan, [1], { signal, fresh: true })
    } catch (error) {
      if (!GwError.is(error) || !OF_THE_FUNCTION.has(error.code)) throw error
      throw new GwError('invalid_request', `The database does not take the function of field '${native}'.`, {
        cause: error,
      })
    }
  }
}
