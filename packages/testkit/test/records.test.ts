import { describe, expect, test } from 'vitest'
import type { Check } from '../src/check.ts'
import { runCheck } from '../src/index.ts'
import {
  closeRecords,
  openRecords,
  type RecordsConformanceOptions,
  type RecordsContext,
  recordsChecks,
  recordsConformance,
  referenceSubject,
} from '../src/records/index.ts'
import { modelChecks } from '../src/records/model.ts'
import { BROKEN_SOURCES, BROKEN_TYPES } from './fixtures/broken.ts'

const lacks = ['dateTypes'] as const
recordsConformance({ ...referenceSubject(), lacks })

/** The checks that fail, up to the first few: one is enough to be caught. */
const failures = async (options: RecordsConformanceOptions, checks: readonly Check<RecordsContext>[]) => {
  const context = await openRecords({ ...options, lacks })
  try {
    const failed: string[] = []
    for (const check of checks) {
      const { state, name } = await runCheck(check, context)
      if (state === 'failed' && failed.push(name) >= 3) break
    }
    return failed
  } finally {
    await closeRecords(context)
  }
}
// The model would catch them all: each is to be caught by a check that says what is wrong.
const named = recordsChecks.filter((check) => !modelChecks.includes(check))

describe('the records suite notices a source that', () => {
  test.each(Object.entries(BROKEN_SOURCES))('%s', async (_name, change) => {
    expect(await failures(referenceSubject(change), named)).not.toEqual([])
  })
  test.each(Object.entries(BROKEN_TYPES))('%s', async (_name, change) => {
    const { type, prepare } = referenceSubject()
    expect(await failures({ type: change(type), prepare }, named)).not.toEqual([])
  })
})

describe('the model notices a source that', () => {
  const subtle = ['takes < for <=', 'takes NOT as if null were a value', 'commits what it should roll back']
  test.each(subtle)('%s', { timeout: 60_000 }, async (name) => {
    expect(await failures(referenceSubject(BROKEN_SOURCES[name]), modelChecks)).not.toEqual([])
  })
})
