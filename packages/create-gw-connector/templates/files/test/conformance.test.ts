import { conformance } from '@gw/testkit'
import { FILES_PROVEN, filesConformance } from '@gw/testkit/files'
import connector from '../src/index.ts'
import { contentsOf } from '../src/store.ts'

conformance({
  type: connector,
  config: { container: 'service' },
  invalid: [{}, { container: '' }, { container: 'a', unknown: true }],
  proven: FILES_PROVEN,
})

let containers = 0

filesConformance({
  type: connector,
  async prepare() {
    const container = `test-${++containers}`
    return {
      config: { container },
      raw: async () => [...contentsOf(container).keys()].sort(),
      close: async () => {},
    }
  },
})
