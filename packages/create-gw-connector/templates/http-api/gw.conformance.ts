/** How this connector is proved: `gw conformance`, and its own tests. */
import { defineConformance } from '@gw/testkit'
import connector from './src/index.ts'
import { KEY, openSource } from './test/source.ts'

export default defineConformance({
  type: connector,
  async open() {
    const { url, server } = await openSource()
    // Nobody listens there any more.
    const away = await openSource()
    away.server.close()
    const config = { base_url: url, api_key: KEY }
    return {
      // What every connector promises: configuration, endpoints, lifecycle, refusals, documents, secrets.
      service: {
        config,
        invalid: [{}, { ...config, base_url: 'nowhere' }, { ...config, api_key: '' }, { ...config, unknown: true }],
        unreachable: { ...config, base_url: away.url },
      },
      close: () => void server.close(),
    }
  },
})
