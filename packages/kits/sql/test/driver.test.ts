import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { preparedNames } from '../src/driver/prepared.ts'
import { tlsOptions } from '../src/driver/tls.ts'
import { acquire, cancellable, retrying } from '../src/driver/waiting.ts'

describe('waiting', () => {
  test('what comes after its caller has gone goes back', async () => {
    const release = vi.fn()
    const leaving = new AbortController()
    const { promise, resolve } = Promise.withResolvers<string>()
    const taking = acquire(promise, release, leaving.signal)
    leaving.abort()
    await expect(taking).rejects.toBe(leaving.signal.reason)
    resolve('connection')
    await pause(0)
    expect(release).toHaveBeenCalledExactlyOnceWith('connection')
  })

  test('a retry ends with its patience, on another failure, or with its caller', async () => {
    const { signal } = new AbortController()
    const work = vi.fn(() => {
      throw new Error('busy')
    })
    const options = { when: () => true, patience: 20, pause: 1, signal }
    await expect(retrying(work, options)).rejects.toThrow('busy')
    expect(work.mock.calls.length).toBeGreaterThan(1)
    work.mockClear()
    await expect(retrying(work, { ...options, when: () => false })).rejects.toThrow('busy')
    expect(work).toHaveBeenCalledTimes(1)
    const leaving = AbortSignal.timeout(5)
    await expect(retrying(work, { ...options, patience: 60_000, signal: leaving })).rejects.toThrow(/abort/i)
  })

  test('where cancelling fails or does not help, the connection is cut', async () => {
    const stopped = async (cancel: () => Promise<void>) => {
      const leaving = new AbortController()
      const { promise, reject } = Promise.withResolvers<never>()
      const cut = vi.fn(() => reject(new Error('cut')))
      const running = cancellable(() => promise, { signal: leaving.signal, cancel, cut, patience: 5 })
      leaving.abort()
      await expect(running).rejects.toThrow('cut')
      expect(cut).toHaveBeenCalledTimes(1)
    }
    await stopped(async () => undefined)
    await stopped(() => Promise.reject(new Error('no connection left')))
  })

  test('a server that had nothing to stop yet is asked again, until the work has ended', async () => {
    const leaving = new AbortController()
    const { promise, reject } = Promise.withResolvers<never>()
    const cancel = vi.fn(async () => {
      if (cancel.mock.calls.length === 3) reject(new Error('stopped'))
    })
    const cut = vi.fn()
    const running = cancellable(() => promise, { signal: leaving.signal, cancel, cut, patience: 60_000 })
    leaving.abort()
    await expect(running).rejects.toThrow('stopped')
    await pause(250)
    expect(cancel).toHaveBeenCalledTimes(3)
    expect(cut).not.toHaveBeenCalled()
  })
})

test('the statement that was not used for the longest time goes first', async () => {
  const forgotten: string[] = []
  const names = preparedNames(2, async (name) => void forgotten.push(name))
  expect(names.keep('a')).toBeUndefined()
  expect(names.keep('b')).toBeUndefined()
  expect(names.keep('a')).toBeUndefined()
  await names.keep('c')
  expect(forgotten).toEqual(['b'])
})

test('TLS is checked as its mode says', () => {
  expect(tlsOptions('verify-full', undefined)).toEqual({ rejectUnauthorized: true })
  expect(tlsOptions('verify-ca', undefined)).toMatchObject({ rejectUnauthorized: true })
  expect(tlsOptions('require', undefined)).toMatchObject({ rejectUnauthorized: false })
  expect(tlsOptions('require', import.meta.filename)).toMatchObject({ rejectUnauthorized: true })
  expect(() => tlsOptions('require', '/nowhere/ca.pem')).toThrow(expect.objectContaining({ code: 'unavailable' }))
})
