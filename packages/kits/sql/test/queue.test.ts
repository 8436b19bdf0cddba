import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { gate } from '../src/driver/gate.ts'
import { boundedQueue, places } from '../src/driver/queue.ts'

const refused = (text: RegExp) => ({
  code: 'unavailable',
  retryable: true,
  message: expect.stringMatching(text),
  headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
})
const { signal } = new AbortController()

describe('a queue', () => {
  test('lets in by the order of coming', async () => {
    const queue = boundedQueue<number>({ limit: 10, patience: 60_000 })
    const order: string[] = []
    const waiting = ['a', 'b', 'c'].map((name) => queue.join().then((value) => void order.push(`${name}${value}`)))
    for (const value of [1, 2, 3]) queue.next()!.resolve(value)
    await Promise.all(waiting)
    expect(order).toEqual(['a1', 'b2', 'c3'])
    expect(queue.next()).toBeUndefined()
  })

  test('takes so many and no more, and takes again when one has left', async () => {
    const queue = boundedQueue<void>({ limit: 2, patience: 60_000 })
    const leaving = new AbortController()
    const first = queue.join(leaving.signal)
    const second = queue.join()
    await expect(queue.join()).rejects.toMatchObject(refused(/as many as may wait/))
    leaving.abort(new Error('left'))
    await expect(first).rejects.toThrow('left')
    expect(queue.length).toBe(1)
    const third = queue.join()
    queue.next()!.resolve()
    await second
    queue.next()!.resolve()
    await third
  })

  test('nobody waits where nobody may, and a caller that has left already does not begin to', async () => {
    await expect(boundedQueue({ limit: 0, patience: 1 }).join()).rejects.toMatchObject(refused(/more calls/))
    const queue = boundedQueue({ limit: 1, patience: 1 })
    await expect(queue.join(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    expect(queue.length).toBe(0)
  })

  test('says when a caller left between its turn and what it waited for', async () => {
    const queue = boundedQueue<string>({ limit: 1, patience: 60_000 })
    const leaving = new AbortController()
    const left = queue.join(leaving.signal)
    const turn = queue.next()!
    leaving.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    expect(turn.resolve('connection')).toBe(false)
  })

  test('says later the longer it has not moved', async () => {
    const queue = boundedQueue<void>({ limit: 30, patience: 60_000 })
    const waiting = Array.from({ length: 30 }, () => queue.join())
    await pause(300)
    const error = await queue.join().catch((thrown: { headers: Record<string, string> }) => thrown)
    expect(Number((error as { headers: Record<string, string> }).headers['retry-after'])).toBeGreaterThanOrEqual(9)
    queue.end(() => new Error('ended'))
    expect((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected')).toBe(true)
  })

  test('a long wait ends, and not before its time', async () => {
    const queue = boundedQueue<void>({ limit: 2, patience: 40 })
    const began = performance.now()
    await expect(queue.join()).rejects.toMatchObject(refused(/too long/))
    expect(performance.now() - began).toBeGreaterThanOrEqual(39)
  })
})

describe('a gate', () => {
  test('is held by one at a time, by the order of coming, and opens also when its holder fails', async () => {
    const only = gate({ limit: 10, patience: 60_000 })
    const order: number[] = []
    let inside = 0
    let most = 0
    const enter = (number: number) => async () => {
      order.push(number)
      most = Math.max(most, ++inside)
      await pause(1)
      inside--
      throw new Error('failed')
    }
    const results = await Promise.allSettled([1, 2, 3, 4].map((number) => only.hold(enter(number), signal)))
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
    expect([most, order, only.closed]).toEqual([1, [1, 2, 3, 4], false])
  })

  test('is passed on past those who have left, and wakes nobody but the next', async () => {
    const only = gate({ limit: 10, patience: 60_000 })
    const { promise, resolve } = Promise.withResolvers<void>()
    const holding = only.hold(() => promise, signal)
    const leaving = new AbortController()
    const left = only.hold(async () => 'left', leaving.signal)
    const order: string[] = []
    const next = only.hold(async () => void order.push('next'), signal)
    leaving.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    resolve()
    await holding
    // Whoever comes now finds it closed: it has been handed over.
    const last = only.hold(async () => void order.push('last'), signal)
    await Promise.all([next, last])
    expect(order).toEqual(['next', 'last'])
    expect(only.closed).toBe(false)
  })

  test('refuses where too many wait', async () => {
    const only = gate({ limit: 0, patience: 60_000 })
    const { promise, resolve } = Promise.withResolvers<void>()
    const holding = only.hold(() => promise, signal)
    await expect(only.hold(async () => 1, signal)).rejects.toMatchObject(refused(/more calls/))
    resolve()
    await holding
    expect(await only.hold(async () => 2, signal)).toBe(2)
  })
})

test('places are as many as there are, and one is given back once', () => {
  const all = places(2)
  const first = all.take()
  all.take()
  expect(() => all.take()).toThrow(expect.objectContaining(refused(/streams/)))
  first()
  first()
  all.take()
  expect(() => all.take()).toThrow(expect.objectContaining(refused(/streams/)))
})
