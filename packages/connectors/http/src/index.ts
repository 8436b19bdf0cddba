/** Any HTTP service as a service of the gateway; its API description, where there is one, says what it can do. */
import { defineServiceType } from '@gw/core'
import { httpConfig } from './config.ts'
import { createHttpService } from './service.ts'

export default defineServiceType({
  contract: 1,
  name: 'rws',
  aliases: ['http'],
  label: 'HTTP Service',
  description: 'Passes calls on to an HTTP service.',
  group: 'Remote Service',
  config: httpConfig,
  create: createHttpService,
})
