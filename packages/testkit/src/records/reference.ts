/** The reference: the records kit over tables in memory. What others are held against, and made broken from. */
import { defineServiceType, type ServiceType } from '@gw/core'
import {
  type RecordsSource,
  recordsCanonical,
  recordsConfigShape,
  recordsEndpoints,
  recordsExplanation,
  recordsOptions,
  recordsResources,
} from '@gw/records'
import { memorySource } from '@gw/records/memory'
import { z } from 'zod'
import type { RecordsSubject } from './context.ts'
import { STANDARD, standardTables } from './standard.ts'

const config = z.strictObject(recordsConfigShape)

/** A type whose services all share the source that `current` returns. */
export const referenceType = (current: () => RecordsSource): ServiceType<typeof config> =>
  defineServiceType({
    contract: 1,
    name: 'reference',
    label: 'Reference',
    description: 'Tables in memory.',
    group: 'Database',
    config,
    capabilities: { rowFilters: true, fieldRules: true },
    create(settings) {
      // Asked anew for each member, so that a reset needs no restart.
      const source: RecordsSource = new Proxy({} as RecordsSource, { get: (_target, name) => current()[name as never] })
      return {
        endpoints: recordsEndpoints(source, recordsOptions(settings)),
        start: async (signal) => {
          signal.throwIfAborted()
          await source.refresh(signal)
        },
        health: async () => {},
        resources: async () => recordsResources(source),
        canonical: recordsCanonical(source),
        explanation: recordsExplanation(source, recordsOptions(settings)),
      }
    },
  })

/** The standard schema in memory. */
const standardSource = (): RecordsSource =>
  memorySource({
    tables: standardTables(),
    rows: Object.fromEntries(STANDARD.map(({ name, rows }) => [name, rows.map((row) => ({ ...row }))])),
  })

/**
 * The reference over the standard schema.
 * @param change turns the source into what is served: for variants that are broken on purpose
 * @param filled makes the source anew, for each reset
 */
export const referenceSubject = (
  change: (source: RecordsSource) => RecordsSource = (source) => source,
  filled: () => RecordsSource = standardSource,
): { readonly type: ServiceType<any>; prepare(): Promise<RecordsSubject> } => {
  let source = change(filled())
  return {
    type: referenceType(() => source),
    prepare: async () => ({
      config: {},
      reset: async () => {
        source = change(filled())
      },
    }),
  }
}
