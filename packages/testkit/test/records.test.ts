import { describe, expect, test } from 'vitest'
import { runSuite } from '../src/index.ts'
import { modelCheck, recordsConformance, recordsSuite, referenceSubject } from '../src/records/index.ts'
import { SOURCES } from './seeded/records.ts'

const lacks = ['dateTypes', 'answers'] as const
recordsConformance({ ...referenceSubject(), lacks })

// Other checks would notice, too: here it is alone.
const model = modelCheck({ runs: 300, seed: 7 })

describe('the model notices a source that', () => {
  const subtle = ['takes < for <=', 'takes NOT as if null were a value', 'commits what it should roll back']
  test.each(subtle)('%s', { timeout: 60_000 }, async (name) => {
    const suite = recordsSuite({ ...referenceSubject(SOURCES[name]), lacks })
    expect(await runSuite({ ...suite, checks: [model] })).toMatchObject([{ state: 'failed' }])
  })
})
