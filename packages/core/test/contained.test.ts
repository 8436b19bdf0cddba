/** Connectors that answer, start and stop as no connector should: each costs its own callers, over a real socket. */
import { request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { defineServiceType, type Endpoint, endpoint, GwError, type Host, rows, type Service } from '../src/contract.ts'
import { KEY, type NotesProbe, notesType, type Opened, openGateway, service } from './fixtures/gateway.ts'

const forever = () => new Promise<never>(() => {})
const cyclic = () => {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}
const listOf = (items: AsyncIterable<never>, headers?: Record<string, string>) =>
  rows({ items, ...(headers && { headers }) })
const gwErrorLike = (more: object) => Object.assign(new GwError('conflict', 'No.'), more)

/** What a handler does, and the statuses that its caller may see; `broken`: the answer begins and breaks off. */
// biome-ignore format: reads as a table
const HANDLERS: Readonly<Record<string, readonly [() => unknown, number | 'broken']>> = {
  'throws an error': [() => { throw new Error('x') }, 500],
  'throws a string': [() => { throw 'x' }, 500],
  'throws nothing at all': [() => { throw undefined }, 500],
  'throws an error that can not be read': [() => { throw new Proxy(new Error('x'), { get: () => { throw new Error('y') } }) }, 500],
  'throws an error with a header of two lines': [() => { throw gwErrorLike({ headers: { 'x-a': 'b\r\nset-cookie: c=d' } }) }, 500],
  'throws an error with a status that there is not': [() => { throw gwErrorLike({ wire: { status: 42 } }) }, 500],
  'throws an error whose details refer to themselves': [() => { throw new GwError('conflict', 'No.', { details: cyclic() }) }, 500],
  'throws an error whose message is no text': [() => { throw gwErrorLike({ message: cyclic() }) }, 500],
  'rejects': [async () => { throw new Error('x') }, 500],
  'answers undefined': [() => undefined, 200],
  'answers a function': [() => () => {}, 200],
  'answers what refers to itself': [cyclic, 500],
  'answers a list that refers to itself': [() => [cyclic()], 500],
  'answers what throws as it is written': [() => ({ toJSON() { throw new Error('x') } }), 500],
  'answers rows that are none': [() => rows({ items: undefined as never }), 500],
  'answers with a header of two lines': [() => rows({ items: [], headers: { 'x-a': 'b\r\nset-cookie: c=d' } }), 500],
  'answers with the name of a header that is none': [() => rows({ items: [], headers: { 'a b': 'c' } }), 500],
  'answers with a header that is no text': [() => rows({ items: [], headers: { 'x-a': 5 as never } }), 500],
  'answers with the response of a network error': [() => Response.error(), 500],
  'answers with what only says that it is a response': [() => ({ [Symbol.toStringTag]: 'Response', status: 200 }), 500],
  'answers with a response that was read already': [async () => { const one = new Response('x'); await one.text(); return one }, 500],
  'answers with a stream that is no bytes': [() => new Response(new ReadableStream({ start(to) { to.enqueue({ a: 1 } as never); to.close() } })), 'broken'],
  'answers with a stream that fails': [() => new Response(new ReadableStream({ pull(to) { to.error(new Error('x')) } })), 'broken'],
  'answers with rows that fail at once': [() => listOf((async function* () { yield await Promise.reject(new Error('x')) })()), 500],
  'answers with rows that fail later': [() => listOf((async function* () { yield { a: 1 } as never; throw 'x' })()), 'broken'],
  'answers with rows that refer to themselves': [() => listOf((async function* () { yield {} as never; yield cyclic() as never })()), 'broken'],
  'answers with rows in a list of no iterator': [() => listOf({ [Symbol.asyncIterator]: () => ({}) as never }), 500],
  'answers JSON that is none of a text': [() => ({ [Symbol.for('gw.reply.encoded')]: true, bytes: {}, json: undefined }), 'broken'],
  'never answers': [forever, 504],
  'answers with rows that never come': [() => listOf((async function* () { yield await forever() })()), 504],
}

const slug = (name: string) => name.replaceAll(' ', '-')

const wrong = defineServiceType({
  contract: 1,
  name: 'wrong',
  label: 'Wrong',
  description: 'Answers what it should not.',
  group: 'Test',
  config: z.strictObject({}),
  create: () => ({
    endpoints: [
      ...Object.entries(HANDLERS).map(([name, [handle]]) =>
        endpoint({
          id: slug(name),
          method: 'GET',
          path: `/${slug(name)}`,
          summary: name,
          handle: handle as Endpoint['handle'],
        }),
      ),
      endpoint({
        id: 'head',
        method: 'GET',
        path: '/head',
        summary: 'Sends a bad header',
        handle: ({ sendHeader }) => sendHeader!('x-a', 'b\nc'),
      }),
      endpoint({
        id: 'endless',
        method: 'GET',
        path: '/endless',
        summary: 'Rows without end, none of which is written',
        handle: () =>
          rows({
            items: (async function* () {
              for (;;) yield undefined as never
            })(),
          }),
      }),
      endpoint({
        id: 'slowlyValid',
        method: 'GET',
        path: '/valid',
        summary: 'Never says whether the query is valid',
        query: { '~standard': { ...z.object({})['~standard'], validate: forever } } as never,
        handle: () => 'x',
      }),
      endpoint({
        id: 'refined',
        method: 'GET',
        path: '/refined/{name}',
        component: 'refined/{name}',
        summary: 'Can not be described',
        refine: () => {
          throw new Error('x')
        },
        handle: () => 'x',
      }),
    ],
    resources: async () => [{ component: 'refined/a', kind: 'thing' }],
  }),
})

describe('a handler', () => {
  let opened: Opened
  let url: string
  const notes: NotesProbe = { started: [], stopped: [] }

  beforeAll(async () => {
    opened = await openGateway([wrong, notesType(notes)], {
      services: [service('wrong', 'wrong'), service('notes', 'notes', { title: 'x' })],
      server: { requestTimeout: 400 },
    })
    url = (await opened.gateway.listen({ host: '127.0.0.1', port: 0 })).url
  })
  afterAll(() => opened.gateway.stop())

  /** What becomes of a call: its status, or that its answer broke off. */
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number | 'broken'; body: string; headers: object }>((settle) => {
      let body = ''
      const broken = () => settle({ status: 'broken', body, headers: {} })
      const call = httpRequest(
        `${url}/api/v2/${path}`,
        { agent: false, headers: { 'x-dreamfactory-api-key': KEY, ...headers } },
        (answer) => {
          answer.on('data', (chunk) => {
            body += chunk
          })
          answer.on('end', () =>
            settle({ status: answer.complete ? answer.statusCode! : 'broken', body, headers: answer.headers }),
          )
          answer.on('error', broken)
        },
      )
      call.on('error', broken)
      call.end()
    })

  it.each(
    Object.entries(HANDLERS).flatMap(([name, [, status]]) => [
      [name, status, 'gzip'] as const,
      [name, status, 'identity'] as const,
    ]),
  )('that %s is answered %s, and the next call is served (%s)', async (name, status, encoding) => {
    const answer = await ask(`wrong/${slug(name)}`, { 'accept-encoding': encoding })
    // Whether its head has left when it breaks off, is a matter of moments.
    if (status === 'broken') expect(['broken', 500]).toContain(answer.status)
    else expect(answer.status).toBe(status)
    expect(answer.headers).not.toHaveProperty('set-cookie')
    if (typeof status === 'number' && status >= 500) expect(JSON.parse(answer.body).error.code).toBe(status)
    expect(JSON.parse((await ask('notes/note/1')).body)).toEqual({ id: 1, text: 'one' })
  })
  it('can not send a header of two lines', async () => {
    expect((await ask('wrong/head')).status).toBe(500)
  })
  it('whose schema never decides holds up nobody for longer than a call may take', async () => {
    expect((await ask('wrong/valid')).status).toBe(504)
  })
  it('that gives rows without end lets others have their turn, and ends with its client', async () => {
    const call = httpRequest(`${url}/api/v2/wrong/endless`, { headers: { 'x-dreamfactory-api-key': KEY } })
    call.on('error', () => undefined)
    call.end()
    await sleep(50)
    expect((await ask('notes/note/1')).status).toBe(200)
    call.destroy()
    await expect.poll(async () => (await ask('notes/note/1')).status).toBe(200)
  })
  it('keeps no call on the books when all is over', async () => {
    const hung = ask('wrong/never-answers')
    await hung
    await expect.poll(async () => (await ask(`wrong/${slug('answers undefined')}`)).status).toBe(200)
  })
  it('that can not be described is left out of a description, not the others', async () => {
    const document = (await opened.gateway.document()) as { paths: object }
    expect(Object.keys(document.paths)).toContain('/notes/note')
    expect(Object.keys(document.paths).some((path) => path.startsWith('/wrong'))).toBe(false)
  })
})

const made = (create: (host: Host) => unknown) =>
  defineServiceType({
    contract: 1,
    name: 'odd',
    label: 'Odd',
    description: 'As a test says.',
    group: 'Test',
    config: z.strictObject({}),
    create: (_, host) => create(host) as Service,
  })

describe('a service', () => {
  let opened: Opened | undefined
  const open = async (create: (host: Host) => unknown, server: object = {}) => {
    opened = await openGateway([made(create), notesType({ started: [], stopped: [] })], {
      services: [service('odd', 'odd'), service('notes', 'notes', { title: 'x' })],
      server,
    })
    return opened
  }
  const fine = endpoint({ id: 'x', method: 'GET', path: '/x', summary: 'x', handle: () => 'x' })

  // biome-ignore format: reads as a table
  const CREATED: Readonly<Record<string, readonly [() => unknown, RegExp]>> = {
    'throws': [() => { throw new Error('secret') }, /failed to start/],
    'throws a string': [() => { throw 'secret' }, /failed to start/],
    'returns nothing': [() => undefined, /returns no service/],
    'returns a promise': [async () => ({ endpoints: [] }), /returns a promise/],
    'returns no endpoints': [() => ({}), /endpoints are no list/],
    'returns an endpoint without a method': [() => ({ endpoints: [{ ...fine, method: 'STEAL' }] }), /"x" has no method/],
    'returns an endpoint without a path': [() => ({ endpoints: [{ ...fine, path: 5 }] }), /path of its endpoint "x"/],
    'returns an endpoint without a handler': [() => ({ endpoints: [{ ...fine, handle: 'x' }] }), /no handle function/],
    'returns an endpoint with a wrong status': [() => ({ endpoints: [{ ...fine, status: 700 }] }), /status of its endpoint "x"/],
    'has a start that throws at once': [() => ({ endpoints: [], start() { throw 'x' } }), /failed to start/],
    'has a start that hangs': [() => ({ endpoints: [], start: forever }), /did not start within/],
  }
  it.each(Object.entries(CREATED))('whose create %s is down with a reason', async (_, [create, reason]) => {
    const { gateway, json } = await open(create)
    await expect.poll(async () => (await json('/odd/x')).body.error?.message).toMatch(reason)
    expect((await json('/odd/x')).body.error.message).not.toMatch(/secret/)
    expect((await json('/notes/note/1')).status).toBe(200)
    await gateway.stop()
  })

  it('whose health hangs is said to be so, in time', async () => {
    const { gateway } = await open(() => ({ endpoints: [], health: forever }))
    const health = await gateway.health()
    expect(health.find(({ name }) => name === 'odd')?.health).toMatch(/did not answer in time/)
    await gateway.stop()
  }, 30_000)
  it('whose catalogue hangs or is none does not hold up the description of the others', async () => {
    for (const resources of [forever, async () => 'x', () => undefined]) {
      const { gateway } = await open(() => ({ endpoints: [fine], resources }))
      const document = (await gateway.document()) as { paths: object }
      expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/odd/x', '/notes/note']))
      await gateway.stop()
    }
  }, 60_000)
  it('that does not stop does not keep the gateway from stopping', async () => {
    const { gateway } = await open(() => ({ endpoints: [fine], stop: forever }))
    await gateway.stop()
  }, 60_000)
  it('whose names are no texts permits nothing', async () => {
    const { json } = await open(() => ({ endpoints: [fine], canonical: () => undefined }))
    expect((await json('/odd/x')).status).toBe(500)
    await opened?.gateway.stop()
  })
  it('that says all the time that its catalogue has changed is heard once a second', async () => {
    let reads = 0
    let host!: Host
    const { gateway, json } = await open((given) => {
      host = given
      return {
        get endpoints() {
          reads++
          return [fine]
        },
      }
    })
    reads = 0
    for (let times = 0; times < 10_000; times++) host.emit('catalog.changed', {})
    expect(reads).toBeLessThan(50)
    expect((await json('/odd/x')).status).toBe(200)
    await expect.poll(() => reads, { timeout: 10_000 }).toBeGreaterThan(10)
    await gateway.stop()
  })
  it('whose code fails by itself is quarantined with a reason, and comes back', async () => {
    let fail!: () => void
    let started = 0
    let stopped = 0
    const { gateway, json } = await open(() => ({
      endpoints: [fine, endpoint({ id: 'hang', method: 'GET', path: '/hang', summary: 'x', handle: forever })],
      async start() {
        started++
        const { AsyncResource } = await import('node:async_hooks')
        fail = AsyncResource.bind(() => gateway.contain('threw an error outside of any call', new Error('secret')))
      },
      async stop() {
        stopped++
      },
    }))
    const underWay = json('/odd/hang')
    await sleep(20)
    fail()
    expect((await underWay).body.error).toMatchObject({ code: 503, message: expect.stringMatching(/quarantined/) })
    const { status, body, headers } = await json('/odd/x')
    expect([status, body.error.message]).toEqual([503, expect.stringMatching(/threw an error outside of any call/)])
    expect(body.error.message).not.toMatch(/secret/)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(stopped).toBe(1)
    // What is left of the one before says nothing about the one that serves now.
    const old = fail
    await gateway.reload()
    expect((await json('/odd/x')).status).toBe(503)
    await vi.waitFor(async () => expect((await json('/odd/x')).status).toBe(200), { timeout: 60_000, interval: 200 })
    expect(started).toBe(2)
    old()
    expect((await json('/odd/x')).status).toBe(200)
    await gateway.stop()
  }, 90_000)
  it('is not blamed for what the gateway itself does', async () => {
    const { gateway, json } = await open(() => ({ endpoints: [fine] }))
    expect(gateway.contain('threw an error outside of any call', new Error('x'))).toEqual([])
    expect((await json('/odd/x')).status).toBe(200)
    await gateway.stop()
  })
})
