import { describe, expect, it } from 'vitest'
import { count, type ReportedModule, skippedSuites } from './outcome.ts'

const moduleWith = (
  tests: readonly (readonly [name: string, state: string, note?: string])[],
  errors: readonly unknown[] = [],
  suiteErrors: readonly unknown[] = [],
): ReportedModule => ({
  moduleId: '/repo/packages/x/test/a.test.ts',
  errors: () => errors,
  children: {
    allTests: () =>
      tests.map(([fullName, state, note]) => ({ name: fullName, fullName, result: () => ({ state, note }) })),
    allSuites: () => [{ errors: () => suiteErrors }],
  },
})

describe('the outcome of a test run', () => {
  it('counts tests by state', () => {
    const modules = [
      moduleWith([
        ['a', 'passed'],
        ['b', 'failed'],
        ['c', 'skipped'],
        ['d', 'passed'],
      ]),
    ]
    expect(count(modules, 0)).toEqual({ passed: 2, failed: 1, skipped: 1 })
  })

  it('counts a file that does not load, a failing hook and an uncaught error as failures', () => {
    expect(count([moduleWith([], [new Error('syntax')], [new Error('beforeAll')])], 1)).toEqual({
      passed: 0,
      failed: 3,
      skipped: 0,
    })
  })

  it('counts a test that never finished as failed', () => {
    expect(count([moduleWith([['a', 'pending']])], 0).failed).toBe(1)
  })

  it('names skipped suites once, with the reasons given', () => {
    const modules = [
      moduleWith([
        ['Chinook > reads', 'skipped', '../shared is missing'],
        ['Chinook > writes', 'skipped', '../shared is missing'],
        ['other > x', 'passed'],
        ['browser > opens', 'skipped'],
      ]),
    ]
    expect(skippedSuites(modules, '/repo')).toEqual([
      'packages/x/test/a.test.ts  Chinook (2): ../shared is missing',
      'packages/x/test/a.test.ts  browser (1)',
    ])
  })
})
