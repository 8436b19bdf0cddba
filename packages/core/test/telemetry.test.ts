import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { configurationSchema } from '../src/configuration/index.ts'
import { defineServiceType, endpoint } from '../src/contract.ts'
import { KEY, notesType, type Opened, openGateway, service } from './fixtures/gateway.ts'

const TOKEN = 'a-token-of-some-length'
let opened: Opened | undefined
const open = async (config: object, ...types: Parameters<typeof openGateway>[0]) => {
  const all = [notesType({ started: [], stopped: [] }), ...types]
  opened = await openGateway(all, {
    services: [service('notes', 'notes', { title: 'first' }), ...types.map(({ name }) => service(name, name))],
    config,
  })
  return opened
}
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
})
const scrape = async ({ gateway }: Opened, token?: string, path = '/metrics') => {
  const answer = await gateway.fetch(
    new Request(`http://gateway.test${path}`, { ...(token && { headers: { authorization: `Bearer ${token}` } }) }),
  )
  return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') }
}

describe('metrics', () => {
  const config = { metrics: { enabled: true, token: TOKEN } }

  it('are off unless they are wanted, and have to be kept from callers of the API', async () => {
    expect((await scrape(await open({}))).status).toBe(404)
    expect(configurationSchema.safeParse({ metrics: { enabled: true } }).error?.issues[0]).toMatchObject({
      path: ['metrics', 'enabled'],
      message: expect.stringContaining('metrics.token or metrics.port'),
    })
  })

  it('are for who has the token', async () => {
    const gateway = await open(config)
    expect((await scrape(gateway)).status).toBe(401)
    expect((await scrape(gateway, 'another-token-of-some-length')).status).toBe(401)
    expect(await scrape(gateway, TOKEN)).toMatchObject({ status: 200, type: expect.stringContaining('text/plain') })
  })

  it('count calls by service, endpoint, method and status, and by nothing that a caller writes', async () => {
    const gateway = await open(config)
    for (const id of [1, 2, 99]) await gateway.call(`/notes/note/${id}`)
    for (const name of ['canary-service', 'canary-other']) await gateway.call(`/${name}/canary-path`)
    await gateway.call('/notes/canary-path')
    await gateway.gateway.fetch(new Request('http://gateway.test/api/v2/notes/note/1'))
    const { text } = await scrape(gateway, TOKEN)
    const countOf = (labels: string) =>
      new RegExp(`^gw_request_duration_seconds_count\\{${labels}\\} (\\d+)$`, 'm').exec(text)?.[1]
    expect(countOf('service="notes",endpoint="/note/{id}",method="GET",status="200"')).toBe('2')
    expect(countOf('service="notes",endpoint="/note/{id}",method="GET",status="404"')).toBe('1')
    expect(countOf('service="none",endpoint="none",method="GET",status="404"')).toBe('2')
    expect(countOf('service="notes",endpoint="none",method="GET",status="404"')).toBe('1')
    expect(text).not.toContain('canary')
    expect(text).not.toContain(KEY)
    expect(text).toContain('gw_service_up{service="notes",type="notes",state="serving"} 1')
    expect(text).toContain('gw_calls_in_flight{service="notes"} 0')
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
  })

  it('may have a port of their own, and are on no other then', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => free.once('listening', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    const gateway = await open({ metrics: { enabled: true, port } })
    expect((await scrape(gateway)).status).toBe(404)
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
    expect([answer.status, (await answer.text()).includes('gw_service_up')]).toEqual([200, true])
    expect((await fetch(`http://127.0.0.1:${port}/api/v2/notes`)).status).toBe(404)
    await gateway.gateway.stop()
    opened = undefined
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow()
  })
})

describe('traces', () => {
  const exporter = new InMemorySpanExporter()
  const backend = createServer((request, response) => response.end(String(request.headers.traceparent ?? '')))
  let url = ''

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    propagation.setGlobalPropagator(new W3CTraceContextPropagator())
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/canary-path?secret=canary`
  })
  afterEach(() => exporter.reset())
  afterAll(() => {
    backend.close()
    trace.disable()
    context.disable()
    propagation.disable()
  })

  const caller = defineServiceType({
    contract: 1,
    name: 'caller',
    label: 'Caller',
    description: 'Calls another server.',
    group: 'Test',
    config: z.strictObject({}),
    create: (_, host) => ({
      resources: async () => [],
      endpoints: [
        endpoint({
          id: 'getThere',
          method: 'GET',
          path: '/there/{id}',
          summary: 'Ask there',
          params: z.object({ id: z.string() }),
          async handle() {
            host.span?.('SELECT items', { 'db.system.name': 'sqlite' })(false)
            return { told: await (await host.fetch(url)).text() }
          },
        }),
      ],
    }),
  })
  const egress = { egress: { allow: ['127.0.0.1'] } }

  it('go on from who calls to what is called, by names that have nothing of a caller’s', async () => {
    const gateway = await open({ ...egress, telemetry: { traces: true } }, caller)
    const parent = '4bf92f3577b34da6a3ce929d0e0e4736'
    const { body } = await gateway.json('/caller/there/canary', {
      headers: { traceparent: `00-${parent}-00f067aa0ba902b7-01` },
    })
    const [statement, client, server] = exporter.getFinishedSpans()
    expect(server).toMatchObject({
      name: 'GET /caller/there/{id}',
      attributes: { 'http.route': '/caller/there/{id}', 'http.response.status_code': 200, 'gw.app': 'tests' },
      parentSpanContext: { traceId: parent, spanId: '00f067aa0ba902b7' },
    })
    expect(client).toMatchObject({
      name: 'GET',
      attributes: { 'server.address': '127.0.0.1', 'http.response.status_code': 200 },
      parentSpanContext: { traceId: parent, spanId: server!.spanContext().spanId },
    })
    expect(statement).toMatchObject({
      name: 'SELECT items',
      attributes: { 'db.system.name': 'sqlite' },
      parentSpanContext: { traceId: parent, spanId: server!.spanContext().spanId },
    })
    expect(body.told).toBe(`00-${parent}-${client!.spanContext().spanId}-01`)
    const said = exporter.getFinishedSpans().map(({ name, attributes }) => JSON.stringify({ name, attributes }))
    expect(said.join('')).not.toContain('canary')
    expect(said.join('')).not.toContain(KEY)
  })

  it('are not made unless they are wanted', async () => {
    const gateway = await open(egress, caller)
    expect((await gateway.json('/caller/there/x')).body).toEqual({ told: '' })
    expect(exporter.getFinishedSpans()).toEqual([])
  })
})
