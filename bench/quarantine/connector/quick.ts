/** A service that has nothing to wait for: what others notice of its neighbours is measured on it. */
import { defineServiceType, endpoint } from '@gw/core'
import { nothing } from './schema.ts'

const RECORD = { id: 1, name: 'one' }

export default defineServiceType({
  contract: 1,
  name: 'bench-quick',
  label: 'Quick',
  description: 'Answers at once.',
  group: 'Test',
  config: nothing,
  create: () => ({
    endpoints: [endpoint({ id: 'getOne', method: 'GET', path: '/one', summary: 'One record', handle: () => RECORD })],
  }),
})
