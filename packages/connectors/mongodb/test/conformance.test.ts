import { recordsConformance } from '@gw/testkit/records'
import { test } from 'vitest'
import mongodb from '../src/index.ts'
import { AGGREGATING } from './servers.ts'
import { prepareOn } from './standard.ts'

if (AGGREGATING.at)
  recordsConformance({
    type: mongodb,
    prepare: prepareOn(AGGREGATING),
    lacks: ['transactions', 'foreignKeys', 'binary', 'dateTypes', 'answers', 'counters', 'defaults', 'keys', 'views'],
  })

test.runIf(AGGREGATING.missing)('where the records suite can not run, the reason is given', ({ skip }) =>
  skip(AGGREGATING.missing),
)
