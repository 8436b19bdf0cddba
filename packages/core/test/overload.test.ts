import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { GwError, Logger } from '../src/contract.ts'
import { readBytes } from '../src/formats/index.ts'
import { createFailureLog } from '../src/log/index.ts'
import { type Abortable, createCallSet } from '../src/services/active-call.ts'
import { type NotesProbe, notesType, openGateway, service } from './fixtures/gateway.ts'

describe('calls of one service', () => {
  it('are so many at most, whatever they wait for, and another service does not notice', async () => {
    const gate = Promise.withResolvers<void>()
    const probe: NotesProbe = { started: [], stopped: [], gate: gate.promise }
    const limited: string[] = []
    const { call, json, gateway } = await openGateway([notesType(probe)], {
      services: [service('slow', 'notes', { title: 'slow' }), service('well', 'notes', { title: 'well' })],
      server: { maxCalls: 2 },
      limit: async ({ service: name }) => void limited.push(name),
    })
    const waiting = [call('/slow/gate'), call('/slow/gate')]
    const burst = await call('/slow/note')
    expect([burst.status, limited.length]).toEqual([503, 3])
    const body = { method: 'POST', body: '{"text":"x"}', headers: { 'content-type': 'application/json' } }
    const refused = await json('/slow/note', body)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
    expect(refused.body.error.message).toMatch(/more calls under way/)
    // Refused before anything was counted or done.
    expect([limited.length, probe.added]).toEqual([3, undefined])
    expect((await json('/well/note')).status).toBe(200)
    gate.resolve()
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200])
    expect((await json('/slow/note')).status).toBe(200)
    await gateway.stop()
  })
})

describe('with a clock of its own', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('one timer looks at the calls of all services, and none is left when they have stopped', () => {
    const sets = [createCallSet(), createCallSet(), createCallSet()]
    expect(vi.getTimerCount()).toBe(1)
    const aborted: GwError[] = []
    const late = (): Abortable => ({
      deadline: performance.now() + 1_000,
      abort: (reason) => void aborted.push(reason),
    })
    for (const set of sets) set.add(late())
    vi.advanceTimersByTime(900)
    expect(aborted).toHaveLength(0)
    vi.advanceTimersByTime(100)
    expect(aborted.map(({ code }) => code)).toEqual(Array(3).fill('upstream_timeout'))
    for (const set of sets) set.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('the time to come back follows from how quickly calls end', () => {
    const set = createCallSet()
    const calls = Array.from({ length: 40 }, (): Abortable => ({ deadline: Number.POSITIVE_INFINITY, abort() {} }))
    for (const one of calls) set.add(one)
    expect(set.retryAfter).toBe(30)
    for (const one of calls.slice(0, 10)) set.remove(one)
    expect(set.retryAfter).toBe(3)
    vi.advanceTimersByTime(1_000)
    expect(set.retryAfter).toBe(3)
    vi.advanceTimersByTime(1_000)
    expect(set.retryAfter).toBe(30)
    set.close()
  })

  it('of failures of a service the first of a second are written in full, and the others are counted', () => {
    const lines: [string, any][] = []
    const log = { error: (text: string, fields: object) => lines.push([text, fields]) } as unknown as Logger
    const failures = createFailureLog(log)
    const fail = (name: string, code: string) =>
      failures.write({ request: 'r', service: name, code, error: new Error('down') })
    for (let turn = 0; turn < 20; turn++) fail('sick', turn < 8 ? 'unavailable' : 'upstream_timeout')
    fail('other', 'internal')
    expect(lines.map(([text, { service: name }]) => [text, name])).toEqual([
      ...Array(5).fill(['call failed', 'sick']),
      ['call failed', 'other'],
    ])
    vi.advanceTimersByTime(1_000)
    expect(lines.slice(6)).toEqual([
      ['more calls failed', { service: 'sick', count: 15, codes: { unavailable: 3, upstream_timeout: 12 } }],
    ])
    for (let turn = 0; turn < 6; turn++) fail('sick', 'unavailable')
    expect(lines).toHaveLength(12)
    failures.close()
    expect(lines.at(-1)).toEqual(['more calls failed', { service: 'sick', count: 1, codes: { unavailable: 1 } }])
    expect(vi.getTimerCount()).toBe(0)
  })

  /** A body that comes piece by piece, one of `size` bytes each second. */
  const trickled = async (size: number, seconds: number) => {
    const incoming = Object.assign(new PassThrough(), {
      headers: { 'transfer-encoding': 'chunked' },
      httpVersionMajor: 1,
    })
    const read = readBytes({ incoming: incoming as never, request: undefined as never }, 1_000_000)
    const outcome = read.then(
      (bytes) => bytes.length,
      (error: unknown) => error,
    )
    let settled: unknown
    void outcome.then((value) => {
      settled = value
    })
    let second = 0
    for (; second < seconds && settled === undefined; second++) {
      if (size > 0) incoming.write(Buffer.alloc(size))
      await vi.advanceTimersByTimeAsync(1_000)
    }
    incoming.end()
    await vi.advanceTimersByTimeAsync(0)
    return { outcome: await outcome, second }
  }

  it('a body that stops or trickles is given up, and one that only takes long is read', async () => {
    const slow = expect.objectContaining({ code: 'invalid_request', headers: { connection: 'close' } })
    expect(await trickled(0, 60)).toEqual({ outcome: slow, second: 20 })
    expect(await trickled(1, 60)).toEqual({ outcome: slow, second: 21 })
    expect((await trickled(100, 120)).outcome).toEqual(slow)
    expect(await trickled(600, 120)).toEqual({ outcome: 72_000, second: 120 })
    expect(await trickled(600, 400)).toEqual({ outcome: slow, second: 300 })
  })
})
