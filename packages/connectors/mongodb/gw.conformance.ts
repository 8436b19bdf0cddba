/** How this connector is proved: `gw conformance`, and its own tests. `MONGODB_URL` names a server that may be written to. */
import { defineConformance } from '@gw/testkit'
import mongodb from './src/index.ts'
import { AGGREGATING } from './test/servers.ts'
import { prepareOn } from './test/standard.ts'

const prepare = prepareOn(AGGREGATING)

export default defineConformance({
  type: mongodb,
  async open() {
    if (AGGREGATING.at === undefined)
      return { missing: 'Set MONGODB_URL to a server whose databases may be made and dropped.' }
    const subject = await prepare()
    const { config } = subject
    return {
      service: {
        config,
        invalid: [
          {},
          { host: 'x' },
          { ...config, port: 0 },
          { ...config, max_records: 'many' },
          { ...config, dsn: 'http://x' },
        ],
        unreachable: { ...config, port: 9, connect_timeout: 1 },
        resources: ['_table/customers', '_table/Odd Names'],
      },
      records: {
        prepare,
        lacks: [
          'transactions',
          'foreignKeys',
          'binary',
          'dateTypes',
          'answers',
          'counters',
          'defaults',
          'keys',
          'views',
        ],
      },
      close: () => subject.close?.(),
    }
  },
})
