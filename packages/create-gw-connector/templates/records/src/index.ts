import { defineServiceType } from '@gw/core'
import { recordsService } from '@gw/records'
import { config } from './config.ts'
import { openSource } from './source.ts'

/** Filters, fields, order, pages, batches, relations, roles and `_schema` are the kit's: a source runs plans. */
export default defineServiceType({
  contract: 1,
  name: 'placeholder',
  label: 'Placeholder',
  description: 'Tables in memory, until you give them another place.',
  group: 'Database',
  config,
  // Said only by who runs the conditions of a plan: the suite proves it.
  capabilities: { rowFilters: true, fieldRules: true },
  create: (settings, host) => recordsService(settings, host, () => openSource(settings, host)),
})
