/** How this connector is proved: `gw conformance`, and its own tests. */
import { defineConformance } from '@gw/testkit'
import connector from './src/index.ts'
import { contentsOf } from './src/store.ts'

let containers = 0

export default defineConformance({
  type: connector,
  open: () => ({
    service: {
      config: { container: 'service' },
      invalid: [{}, { container: '' }, { container: 'a', unknown: true }],
    },
    files: {
      async prepare() {
        const container = `test-${++containers}`
        return {
          config: { container },
          raw: async () => [...contentsOf(container).keys()].sort(),
          close: async () => {},
        }
      },
    },
  }),
})
