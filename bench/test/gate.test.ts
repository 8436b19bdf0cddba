import { describe, expect, it } from 'vitest'
import { decide, describe as inWords, suspects, TOLERANCE } from '../gate/decide.ts'

const RECORDED = { 'sqlite W1 gateway': 1.2, 'postgres W1 database': 1 }
const limit = 1.2 * (1 + TOLERANCE.gateway)
const outcome = (ratios: readonly number[], key = 'sqlite W1 gateway') => decide(RECORDED, { key, ratios }).outcome

describe('the regression gate', () => {
  it('keeps what is as it was recorded', () => {
    expect(outcome([1.19, 1.21, 1.2, 1.18, 1.22])).toBe('kept')
  })

  it('keeps what has become faster', () => {
    expect(outcome([0.6, 0.7, 0.65])).toBe('kept')
  })

  it('keeps what is slower by less than its tolerance', () => {
    expect(outcome([limit - 0.01, limit - 0.02, limit - 0.03])).toBe('kept')
  })

  it('tells what is slower by more than its tolerance', () => {
    expect(outcome([limit + 0.01, limit + 0.02, limit + 0.05, limit + 0.03])).toBe('slower')
  })

  it('does not cry wolf over one disturbed round, nor over two of five', () => {
    expect(outcome([1.2, 1.21, 9, 1.19, 1.2])).toBe('kept')
    expect(outcome([1.2, 1.21, 9, 1.19, 9])).toBe('kept')
  })

  it('is not fooled by one round that happened to be fast', () => {
    const slow = limit + 0.2
    expect(outcome([slow, slow, 0.5, slow, slow])).toBe('slower')
  })

  it('looks at what the database has to do, too', () => {
    expect(outcome([1.4, 1.4, 1.4], 'postgres W1 database')).toBe('slower')
    expect(outcome([1.1, 1.1, 1.1], 'postgres W1 database')).toBe('kept')
  })

  it('does not pass what was never recorded', () => {
    expect(outcome([1, 1, 1], 'sqlite W9 gateway')).toBe('unknown')
  })

  it('does not pass what was not measured', () => {
    expect(outcome([Number.NaN, Number.NaN])).toBe('slower')
    expect(outcome([])).toBe('slower')
  })

  it('looks again only at what seems slower', () => {
    const verdicts = [
      decide(RECORDED, { key: 'sqlite W1 gateway', ratios: [9, 9] }),
      decide(RECORDED, { key: 'postgres W1 database', ratios: [1, 1] }),
      decide(RECORDED, { key: 'sqlite W9 gateway', ratios: [1, 1] }),
    ]
    expect(suspects(verdicts)).toEqual(['sqlite W1 gateway'])
  })

  it('says in words what it found and what would have been good', () => {
    expect(inWords(decide(RECORDED, { key: 'sqlite W1 gateway', ratios: [2, 2] }))).toBe(
      'SLOWER   sqlite W1 gateway: 2.00 times the CPU of b (recorded 1.20, limit 1.50)',
    )
    expect(inWords(decide(RECORDED, { key: 'sqlite W9 gateway', ratios: [2, 2] }))).toContain('nothing recorded')
  })
})
