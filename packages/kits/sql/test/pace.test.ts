import { describe, expect, test } from 'vitest'
import { type Pace, pace } from '../src/driver/pace.ts'

const [SHORT, LONG] = [1, 20]
const run = (statement: Pace, count: number, duration: number): boolean => {
  for (let times = 0; times < count; times++) statement.ran(duration)
  return statement.quick
}

describe('a statement that may take long', () => {
  test('is quick after four short runs in a row', () => {
    const statement = pace()
    expect(run(statement, 3, SHORT)).toBe(false)
    expect(run(statement, 1, LONG)).toBe(false)
    expect(run(statement, 3, SHORT)).toBe(false)
    expect(run(statement, 1, SHORT)).toBe(true)
  })

  test('that was long when it was taken to be quick has to prove itself for twice as long, up to a bound', () => {
    const statement = pace()
    run(statement, 4, SHORT)
    for (const wanted of [8, 16, 32, 64, 128, 256, 512, 1024, 1024]) {
      expect(run(statement, 1, LONG)).toBe(false)
      expect(run(statement, wanted - 1, SHORT)).toBe(false)
      expect(run(statement, 1, SHORT)).toBe(true)
    }
  })

  test('is forgiven by short runs', () => {
    const statement = pace()
    run(statement, 4, SHORT)
    run(statement, 1, LONG)
    run(statement, 8 + 4, SHORT)
    run(statement, 1, LONG)
    expect(run(statement, 7, SHORT)).toBe(false)
    expect(run(statement, 1, SHORT)).toBe(true)
  })
})
