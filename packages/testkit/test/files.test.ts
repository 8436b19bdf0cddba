import { expect, test } from 'vitest'
import { filesConformance, hostileNames } from '../src/files/index.ts'
import { storeSubject } from './seeded/files.ts'

filesConformance(storeSubject(() => ({})))

test('hostile names are as many as are asked for, all different, and the same for the same seed', () => {
  const names = hostileNames(2_000)
  expect(new Set(names).size).toBe(2_000)
  expect(hostileNames(2_000)).toEqual(names)
})
