import { expect, it } from 'vitest'
import { interleave, orderOf } from '../measure/rounds.ts'
import type { Target } from '../systems/target.ts'

const target = (name: string) => ({ name }) as Target

it('turns every other round round', () => {
  const order = [0, 1, 2].map((round) =>
    orderOf([target('a'), target('b'), target('c')], round).map(({ name }) => name),
  )
  expect(order).toEqual([
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['a', 'b', 'c'],
  ])
})

it('keeps what belongs to one round at one place', async () => {
  const seen: string[] = []
  const runs = await interleave([target('a'), target('b')], 3, async ({ name }) => {
    seen.push(name)
    return `${name}${seen.length}`
  })
  expect(seen.join('')).toBe('abbaab')
  expect(runs).toEqual({ a: ['a1', 'a4', 'a5'], b: ['b2', 'b3', 'b6'] })
})
