import { conformance } from '@gw/testkit'
import { RECORDS_PROVEN } from '@gw/testkit/records'
import { test } from 'vitest'
import mongodb from '../src/index.ts'
import { AGGREGATING } from './servers.ts'
import { prepareOn } from './standard.ts'

if (AGGREGATING.at) {
  const { config } = await prepareOn(AGGREGATING)()
  conformance({
    type: mongodb,
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
    proven: RECORDS_PROVEN,
  })
}

test.runIf(AGGREGATING.missing)('where the service suite can not run, the reason is given', ({ skip }) =>
  skip(AGGREGATING.missing),
)
