import { expect, it } from 'vitest'
import { median, pairedRatios, quantile, spread } from '../statistics.ts'

it('takes the middle of an odd list, and the mean of the two middle ones of an even list', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([7])).toBe(7)
})

it('sorts numbers as numbers', () => {
  expect(median([9, 10, 11])).toBe(10)
})

it('finds quantiles between neighbours', () => {
  expect(quantile([0, 10, 20, 30, 40], 0.25)).toBe(10)
  expect(quantile([0, 10], 0.25)).toBe(2.5)
  expect(quantile([1, 2, 3], 1)).toBe(3)
})

it('says nothing about an empty list', () => {
  expect(median([])).toBeNaN()
})

it('knows the least and the greatest', () => {
  expect(spread([2, 9, 4])).toEqual([2, 9])
})

it('divides pair by pair', () => {
  expect(pairedRatios([10, 30], [20, 20])).toEqual([0.5, 1.5])
})

it('refuses lists that are not pairs', () => {
  expect(() => pairedRatios([1, 2], [1])).toThrow('2 values beside 1')
  expect(() => pairedRatios([], [])).toThrow('0 values')
})
