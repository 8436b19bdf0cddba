import { describe, expect, test } from 'vitest'
import type { Check } from '../src/check.ts'
import { runCheck } from '../src/index.ts'
import {
  closeRecords,
  modelCheck,
  openRecords,
  type RecordsConformanceOptions,
  type RecordsContext,
  recordsChecks,
  recordsConformance,
  referenceSubject,
} from '../src/records/index.ts'
import { BROKEN_SOURCES, BROKEN_TYPES } from './fixtures/broken.ts'

const lacks = ['dateTypes', 'answers'] as const
recordsConformance({ ...referenceSubject(), lacks })

const failures = async (options: RecordsConformanceOptions, checks: readonly Check<RecordsContext>[]) => {
  const context = await openRecords({ ...options, lacks })
  try {
    const failed: string[] = []
    for (const check of checks) {
      const { state, name } = await runCheck(check, context)
      if (state === 'failed') failed.push(name)
    }
    return failed
  } finally {
    await closeRecords(context)
  }
}
// The model would catch them all: each is to be caught by a check that says what is wrong.
const model = modelCheck({ runs: 300, seed: 7 })
const named = recordsChecks.filter(({ name }) => name !== model.name)

/** By which check each is caught: one that says what is wrong, not one that happens to stumble. */
const CAUGHT: Readonly<Record<string, RegExp>> = {
  'leaves LIKE out of filters': /^LIKE takes wildcards/,
  'takes < for <=': /^order comparisons/,
  'takes NOT as if null were a value': /^AND, OR, NOT/,
  'forgets the last value of IN': /^IN and NOT IN/,
  'takes the ends of BETWEEN for outside': /^BETWEEN includes both ends/,
  'takes "matches nothing" for "matches all"': /lookups are resolved for the caller/,
  'joins OR as AND': /^AND, OR, NOT/,
  'truncates lists without a word': /^a table list returns every row/,
  'shows every field of a row': /^fields come in the order asked for/,
  'sends numbers as text': /^a table list returns every row/,
  'begins a page one row late': /^limit and offset page/,
  'forgets where nulls belong': /^order sorts by several fields/,
  'counts without the filter': /^count_only/,
  'updates without the predicate': /^PATCH by id changes/,
  'removes everything where a part was meant': /^a delete by filter or by force/,
  'swallows the failure of an insert': /^records created up to a failure stay/,
  'commits what it should roll back': /^with rollback, no record is created/,
  'shows its SQL in errors': /^a single record that fails/,
  'lets others change what it has locked': /^100 editors of one record/,
  'takes any tag for the right one': /^a write that depends on what a record is/,
  'does what it was to undo': /^a write that is to be undone answers/,
  'ignores denied fields': /^a denied field is in no answer/,
  'ignores row filters': /^a record outside the row filter does not exist/,
  'documents another answer than it gives': /every answer is what is documented/,
}

describe('the records suite notices a source that', () => {
  const variants: readonly [string, () => RecordsConformanceOptions][] = [
    ...Object.entries(BROKEN_SOURCES).map(([name, change]) => [name, () => referenceSubject(change)] as const),
    ...Object.entries(BROKEN_TYPES).map(([name, change]) => {
      const { type, prepare } = referenceSubject()
      return [name, () => ({ type: change(type), prepare })] as const
    }),
  ].map(([name, make]) => [name, make])
  test.each(variants)('%s', async (name, make) => {
    expect(CAUGHT[name], 'the check that is to catch it is not named').toBeDefined()
    expect(await failures(make(), named)).toContainEqual(expect.stringMatching(CAUGHT[name]!))
  })
})

describe('the model notices a source that', () => {
  const subtle = ['takes < for <=', 'takes NOT as if null were a value', 'commits what it should roll back']
  test.each(subtle)('%s', { timeout: 60_000 }, async (name) => {
    expect(await failures(referenceSubject(BROKEN_SOURCES[name]), [model])).toEqual([model.name])
  })
})
