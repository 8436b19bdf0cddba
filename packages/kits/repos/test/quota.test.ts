import { describe, expect, test } from 'vitest'
import { keepQuota } from '../src/quota.ts'

const at = Date.parse('2026-03-01T12:00:00Z')
const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers })
const waitOf = (work: () => void): number | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    return Number((error as { headers: Record<string, string> }).headers['retry-after'])
  }
}

describe('the quota of a host', () => {
  test('is read with the names of GitHub and of GitLab, and only where it is whole', () => {
    for (const prefix of ['x-ratelimit', 'ratelimit']) {
      const quota = keepQuota(() => at)
      expect(quota.headers()).toEqual({})
      quota.learn(answer(200, { [`${prefix}-limit`]: '60', [`${prefix}-remaining`]: '9', [`${prefix}-reset`]: '7' }))
      const told = {
        'x-source-ratelimit-limit': '60',
        'x-source-ratelimit-remaining': '9',
        'x-source-ratelimit-reset': '7',
      }
      expect(quota.headers()).toEqual(told)
      quota.learn(answer(200, { [`${prefix}-limit`]: '61', [`${prefix}-remaining`]: '-1', [`${prefix}-reset`]: 'x' }))
      expect(quota.headers()).toEqual(told)
    }
  })

  test('begins anew by the host’s clock, whatever the gateway’s says', () => {
    let now = at
    const quota = keepQuota(() => now)
    const hostNow = at + 5_000_000
    const headers = {
      date: new Date(hostNow).toUTCString(),
      'x-ratelimit-limit': '60',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(hostNow / 1_000 + 90),
    }
    quota.learn(answer(200, headers))
    expect(waitOf(quota.admit)).toBe(90)
    now += 89_000
    expect(waitOf(quota.admit)).toBe(1)
    now += 1_000
    expect(waitOf(quota.admit)).toBeUndefined()
  })

  test('is believed for an hour at most, and a second at least', () => {
    const long = keepQuota(() => at)
    expect(waitOf(() => long.learn(answer(429, { 'retry-after': '999999999' })))).toBe(3_600)
    const past = keepQuota(() => at)
    expect(waitOf(() => past.learn(answer(429, { 'retry-after': 'Sun, 01 Mar 2020 12:00:00 GMT' })))).toBe(1)
    const date = keepQuota(() => at)
    expect(waitOf(() => date.learn(answer(403, { 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' })))).toBe(30)
  })

  test('a longer pause is not shortened by a later answer', () => {
    const quota = keepQuota(() => at)
    expect(waitOf(() => quota.learn(answer(429, { 'retry-after': '600' })))).toBe(600)
    expect(waitOf(() => quota.learn(answer(429, { 'retry-after': '5' })))).toBe(5)
    expect(waitOf(quota.admit)).toBe(600)
  })

  test('nothing else is a pause', () => {
    const quota = keepQuota(() => at)
    for (const status of [200, 304, 401, 403, 404, 422, 500, 503]) quota.learn(answer(status))
    quota.learn(answer(200, { 'retry-after': '60' }))
    expect(waitOf(quota.admit)).toBeUndefined()
  })
})
