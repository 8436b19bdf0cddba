import { describe, expect, it } from 'vitest'
import { requestsOf } from '../growth/callers.ts'
import { callersText, schemaText } from '../growth/report.ts'

describe('requests of a gateway that has grown', () => {
  const population = { services: 3, callers: 5 }

  it('are those of one caller, or of everybody, each with a key of its own, in its service', () => {
    expect(requestsOf(population, false)).toHaveLength(1)
    const paths = requestsOf(population, true).map(({ path }) => path)
    expect(paths.map((path) => path.split('/')[3])).toEqual(['s0', 's1', 's2', 's0', 's1'])
    expect(new Set(paths.map((path) => path.split('api_key=')[1])).size).toBe(5)
  })
})

describe('what growth costs', () => {
  it('is told beside what a small one costs', () => {
    const small = { tables: 0, startup: 100, another: 1, list: 2, peak: 90 }
    const large = { tables: 10_000, startup: 150, another: 5, list: 40, peak: 120 }
    const text = schemaText([{ database: 'Abacus', small, large }])
    expect(text).toContain('with 10,000 further tables of 20 columns each')
    expect(text).toContain('| Abacus | 100 / 150 | 1 / 5 | 2 / 40 | 90 / 120 |')
  })

  it('is a ratio of pairs, with its spread', () => {
    const cpu = { small: [100, 200, 100], large: [100, 220, 110], everybody: [150, 200, 110] }
    const grown = { place: 'a store', cpu, startup: { small: 90, large: 95 }, peak: { small: 1, large: 2 } } as const
    expect(callersText([grown], { services: 1_000, callers: 10_000 })).toContain(
      '| a store | **1.10** (1.00–1.10) | **1.10** (1.00–1.50) | 90 / 95 | 1 / 2 |',
    )
  })
})
