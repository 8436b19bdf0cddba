/** MongoDB databases as services. */
import { defineServiceType } from '@gw/core'
import { recordsService } from '@gw/records'
import { config } from './config.ts'
import { mongoSource } from './source.ts'

export default defineServiceType({
  contract: 1,
  name: 'mongodb',
  label: 'MongoDB',
  description: 'Collections and views of a MongoDB database.',
  group: 'Database',
  config,
  capabilities: { rowFilters: true, fieldRules: true, documents: true },
  create: (settings, host) => recordsService(settings, host, (named) => mongoSource(settings, host, named)),
})
