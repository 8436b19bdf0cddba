import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineServiceType, endpoint } from '../src/contract.ts'
import { KEY, type Opened, openGateway, service } from './fixtures/gateway.ts'

let opened: Opened | undefined
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
})

interface Seen {
  records: number
  body?: unknown
  failure?: unknown
}

/** Counts what is sent to it; slowly where told so. */
const countingType = (seen: Seen, delay: number) =>
  defineServiceType({
    contract: 1,
    name: 'counting',
    label: 'Counting',
    description: 'Counts records.',
    group: 'Test',
    config: z.strictObject({}),
    create: () => ({
      endpoints: [
        endpoint({
          id: 'countRecords',
          method: 'POST',
          path: '/records',
          summary: 'Counts records',
          takesRecords: true,
          async handle({ records, body }) {
            seen.body = body
            try {
              if (records)
                for await (const batch of records.records) {
                  seen.records += batch.length
                  if (delay > 0) await pause(delay)
                }
            } catch (error) {
              seen.failure = error
              throw error
            }
            return { count: seen.records }
          },
        }),
      ],
    }),
  })

const start = async (server: object = {}, { delay = 0, interceptors = [] as never[] } = {}) => {
  const seen: Seen = { records: 0 }
  opened = await openGateway([countingType(seen, delay)], {
    services: [service('counting', 'counting')],
    server: { host: '127.0.0.1', port: 0, ...server },
    interceptors,
  })
  const { url } = await opened.gateway.listen()
  return { seen, url: `${url}/api/v2/counting/records` }
}

/** A request whose body is written by hand. */
const uploading = (url: string, query = '?stream=true', type = 'application/x-ndjson') => {
  const headers = { 'x-dreamfactory-api-key': KEY, 'content-type': type }
  const sending = request(`${url}${query}`, { method: 'POST', headers })
  const answer = new Promise<{ status: number; body: any }>((resolve, reject) => {
    sending.on('error', reject)
    sending.on('response', async (incoming) => {
      let text = ''
      for await (const chunk of incoming) text += chunk
      resolve({ status: incoming.statusCode!, body: JSON.parse(text) })
    })
  })
  answer.catch(() => undefined)
  return { sending, answer }
}
const until = async (condition: () => boolean) => {
  for (let at = 0; at < 6_000 && !condition(); at++) await pause(10)
  expect(condition()).toBe(true)
}

describe('records of a request body', () => {
  test('come while the client still sends, and may take longer than a call without them', async () => {
    const { seen, url } = await start({ requestTimeout: 400 })
    const { sending, answer } = uploading(url)
    for (let at = 1; at <= 8; at++) {
      sending.write('{"a":1}\n')
      await until(() => seen.records === at)
      await pause(100)
    }
    sending.end()
    expect(await answer).toEqual({ status: 200, body: { count: 8 } })
  })

  test('a client that sends nothing more runs out of time', async () => {
    const { seen, url } = await start({ requestTimeout: 200 })
    const { sending, answer } = uploading(url)
    sending.write('{"a":1}\n')
    expect((await answer).status).toBe(504)
    await until(() => seen.failure !== undefined)
    sending.destroy()
  })

  test('a client that leaves is a failure, not the end of the records', async () => {
    const { seen, url } = await start()
    const { sending } = uploading(url)
    sending.write('{"a":1}\n{"a":2}\n')
    await until(() => seen.records === 2)
    sending.destroy()
    await until(() => seen.failure !== undefined)
  })

  test('a client that sends faster than the records are used is made to wait', async () => {
    const { url } = await start({ bodyLimit: 2_000 }, { delay: 5 })
    const { sending, answer } = uploading(url)
    const line = `${JSON.stringify({ a: 'x'.repeat(1_000) })}\n`.repeat(64)
    let waited = 0
    for (let at = 0; at < 300; at++) {
      if (sending.write(line)) continue
      waited += 1
      await new Promise((resolve) => sending.once('drain', resolve))
    }
    sending.end()
    expect(await answer).toEqual({ status: 200, body: { count: 300 * 64 } })
    expect(waited).toBeGreaterThan(10)
  })

  test('are a body like any other where they are not streamed', async () => {
    const { seen, url } = await start({ bodyLimit: 100 })
    const plain = uploading(url, '')
    plain.sending.end('{"a":1}\n')
    expect((await plain.answer).status).toBe(200)
    expect(seen).toMatchObject({ records: 0, body: { resource: [{ a: 1 }] } })
    const large = uploading(url, '')
    large.sending.end('{"a":1}\n'.repeat(100))
    expect((await large.answer).status).toBe(413)
    const json = uploading(url, '?stream=true', 'application/json')
    json.sending.end('{"a":1}')
    await json.answer
    expect(seen).toMatchObject({ records: 0, body: { a: 1 } })
  })

  test('are refused where a script would have to look at them', async () => {
    const link = { name: 'script', matches: () => true } as never
    const { seen, url } = await start({}, { interceptors: [link] })
    const { sending, answer } = uploading(url)
    sending.end('{"a":1}\n')
    expect((await answer).status).toBe(501)
    expect(seen.records).toBe(0)
  })
})
