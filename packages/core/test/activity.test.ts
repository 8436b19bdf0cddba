import { afterEach, expect, test, vi } from 'vitest'
import { createActivity } from '../src/telemetry/index.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 5, 23, 58)

afterEach(() => void vi.useRealTimers())

const made = (services = ['db', 'files']) => {
  vi.useFakeTimers({ now: START })
  const known = new Set(services)
  const activity = createActivity({ known: (name) => known.has(name) })
  return {
    ...activity,
    known,
    pass: (minutes: number) => void vi.advanceTimersByTime(minutes * MINUTE),
    of: (name: string | undefined, minutes = 60) =>
      activity.read(minutes).services.find(({ service }) => service === name),
  }
}
const rows = { path: '/_table/{table_name}' } as const

test('counts calls and their errors by service and minute, and leaves out minutes without calls', () => {
  const { record, pass, of } = made()
  for (const status of [200, 200, 404, 429, 500]) record('db', rows, 'GET', status, 5)
  pass(3)
  record('db', rows, 'GET', 503, 5)
  record('files', rows, 'GET', 200, 5)
  expect(of('db')).toMatchObject({ requests: 6, clientErrors: 2, serverErrors: 2, limited: 1 })
  expect(of('db')!.minutes).toMatchObject([
    { time: START, requests: 5, clientErrors: 2, serverErrors: 1, limited: 1 },
    { time: START + 3 * MINUTE, requests: 1, serverErrors: 1 },
  ])
  // The day before is another day, and the present minute is one of those that are asked for.
  expect(of('db', 3)).toMatchObject({ requests: 1 })
  expect(of('db', 4)).toMatchObject({ requests: 6 })
  expect(of('files', 1)).toMatchObject({ requests: 1 })
})

test('says how long calls took, near enough', () => {
  const { record, of } = made()
  for (let at = 1; at <= 1_000; at++) record('db', rows, 'GET', 200, at)
  const { p50, p95, p99 } = of('db')!
  for (const [found, wanted] of [
    [p50!, 500],
    [p95!, 950],
    [p99!, 990],
  ] as const) {
    expect(found / wanted).toBeGreaterThan(1 / 1.6)
    expect(found / wanted).toBeLessThan(1.6)
  }
  expect(p50! <= p95! && p95! <= p99!).toBe(true)
  for (const odd of [0, 1e-9, 1e9, Number.POSITIVE_INFINITY]) record('files', rows, 'GET', 200, odd)
  expect(of('files')).toMatchObject({ requests: 4, p50: expect.any(Number), p99: expect.any(Number) })
})

test('forgets what is older than a day, and begins anew where it lay', () => {
  const { record, pass, of } = made()
  record('db', rows, 'GET', 200, 1)
  pass(1_439)
  expect(of('db', 1_440)).toMatchObject({ requests: 1 })
  pass(1)
  expect(of('db', 1_440)).toBeUndefined()
  // The same place in the ring, a day and an hour later.
  pass(60)
  record('db', rows, 'GET', 500, 1)
  expect(of('db', 1_440)).toMatchObject({ requests: 1, serverErrors: 1 })
  expect(of('db', 99_999)).toMatchObject({ requests: 1 })
})

test('counts what leads to no service together, however many names callers make up', () => {
  const { record, read, of, known, pass } = made([])
  for (let at = 0; at < 1_000; at++) record(`made-up-${at}`, undefined, 'GET', 404, 1)
  record(undefined, undefined, 'GET', 400, 1)
  expect(of(undefined)).toMatchObject({ requests: 1_001, clientErrors: 1_001 })
  expect(read(60).services).toHaveLength(1)
  // Nor do more services than there is room for take more of it.
  for (let at = 0; at < 300; at++) {
    known.add(`s${at}`)
    record(`s${at}`, rows, 'GET', 200, 1)
  }
  expect(read(60).services.length).toBe(257)
  // Those that are gone make room a day later.
  known.clear()
  known.add('new')
  pass(1_600)
  record('new', rows, 'GET', 200, 1)
  expect(of('new')).toMatchObject({ requests: 1 })
})

test('keeps the slowest calls of the last hour, by the paths of their endpoints', () => {
  const { record, read, pass } = made()
  for (let at = 1; at <= 200; at++) record('db', rows, 'GET', 200, at)
  const { slowest } = read(60)
  expect(slowest).toHaveLength(50)
  expect(slowest[0]).toEqual({
    time: START,
    service: 'db',
    method: 'GET',
    path: '/_table/{table_name}',
    status: 200,
    duration: 200,
  })
  expect(slowest.at(-1)!.duration).toBe(151)
  pass(61)
  // An hour later, quicker ones are the slowest.
  record('db', rows, 'GET', 200, 3)
  expect(read(60).slowest.map(({ duration }) => duration)).toEqual([3])
})
