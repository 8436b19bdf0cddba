import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { pipelines, type SharedWire } from '../src/driver/pipelines.ts'

interface Line {
  readonly number: number
  readonly wire: SharedWire & { usable: boolean; waited: number; abandoned: number }
}

const opened = (options: { max?: number; depth?: number; patience?: number } = {}) => {
  const made: Line[] = []
  const released: [number, boolean][] = []
  const cut: number[] = []
  const opening: PromiseWithResolvers<void>[] = []
  const lines = pipelines<Line>({
    max: 2,
    depth: 3,
    patience: 1_000,
    async connect() {
      const ready = Promise.withResolvers<void>()
      opening.push(ready)
      await ready.promise
      const wire = { usable: true, waited: 0, abandoned: 0, patient: false, abandon: () => void wire.abandoned++ }
      const line = { number: made.length, wire: wire as unknown as Line['wire'] }
      made.push(line)
      return line
    },
    release: ({ number }, sound) => void released.push([number, sound]),
    wireOf: ({ wire }) => wire,
    cut: ({ number, wire }) => {
      wire.usable = false
      cut.push(number)
    },
    ...options,
  })
  /** A question that is answered when the test says so. */
  const asking = () => {
    const answer = Promise.withResolvers<string>()
    const on: number[] = []
    const done = lines.ask(({ number }) => {
      on.push(number)
      return answer.promise
    })
    return { on, done, answer: answer.resolve, fail: answer.reject }
  }
  return { lines, made, released, cut, opening, asking }
}
const turn = () => pause(0)

describe('connections that callers share', () => {
  test('are as many as allowed, are opened for those who ask first, and are taken where the least is asked', async () => {
    const { opening, asking, made } = opened()
    const asked = Array.from({ length: 5 }, asking)
    expect(opening).toHaveLength(2)
    for (const { resolve } of opening) resolve()
    await turn()
    expect(made).toHaveLength(2)
    expect(asked.map(({ on }) => on[0])).toEqual([0, 1, 0, 1, 0])
    expect(made.every(({ wire }) => wire.patient)).toBe(true)
    for (const { answer } of asked) answer('done')
    expect(await Promise.all(asked.map(({ done }) => done))).toEqual(Array(5).fill('done'))
  })

  test('are given back once, when the last answer has come', async () => {
    const { opening, asking, released } = opened({ max: 1 })
    const [first, second] = [asking(), asking()]
    opening[0]!.resolve()
    await turn()
    first.answer('one')
    await first.done
    expect(released).toEqual([])
    second.fail(new Error('refused'))
    await expect(second.done).rejects.toThrow('refused')
    expect(released).toEqual([[0, true]])
  })

  test('stay shared where the first fails before the others have begun', async () => {
    const { lines, opening, released } = opened({ max: 1 })
    const first = lines.ask(() => Promise.reject(new Error('at once')))
    const second = lines.ask(async () => 'fine')
    opening[0]!.resolve()
    await expect(first).rejects.toThrow('at once')
    expect(await second).toBe('fine')
    expect(released).toEqual([[0, true]])
  })

  test('are full where each has as much to do as it should', async () => {
    const { lines, opening, asking } = opened({ max: 2, depth: 2 })
    const asked = Array.from({ length: 4 }, () => {
      expect(lines.full).toBe(false)
      return asking()
    })
    expect(lines.full).toBe(true)
    for (const { resolve } of opening) resolve()
    await turn()
    asked[0]!.answer('done')
    await asked[0]!.done
    expect(lines.full).toBe(false)
    for (const { answer } of asked) answer('done')
    await Promise.all(asked.map(({ done }) => done))
  })

  test('that can not be opened fail for all who waited for them, and are tried anew by the next', async () => {
    const { lines, opening, asking } = opened({ max: 1 })
    const waiting = Promise.allSettled([asking().done, asking().done])
    opening[0]!.reject(new Error('away'))
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(lines.full).toBe(false)
    const next = asking()
    expect(opening).toHaveLength(2)
    opening[1]!.resolve()
    next.answer('there')
    expect(await next.done).toBe('there')
  })

  test('that broke are passed over, and not given back as sound', async () => {
    const { made, opening, asking, released } = opened({ max: 1 })
    const first = asking()
    opening[0]!.resolve()
    await turn()
    made[0]!.wire.usable = false
    const second = asking()
    opening[1]!.resolve()
    await turn()
    expect(second.on).toEqual([1])
    first.answer('late')
    second.answer('well')
    await Promise.all([first.done, second.done])
    expect(released).toEqual([
      [0, false],
      [1, true],
    ])
  })

  test('whose answer is late are cut at the second look, and those who left are told', async () => {
    const { made, opening, asking, cut } = opened({ max: 1, patience: 10 })
    const first = asking()
    opening[0]!.resolve()
    await turn()
    made[0]!.wire.waited = 11
    while (cut.length === 0) await pause(5)
    expect(made[0]!.wire.abandoned).toBeGreaterThanOrEqual(2)
    first.answer('over')
    await first.done
  })
})
