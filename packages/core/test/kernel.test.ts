import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineServiceType, endpoint, rows } from '../src/contract.ts'
import type { Interceptor } from '../src/governance.ts'
import { KEY, type NotesProbe, notesType, type Opened, openGateway, row, service } from './fixtures/gateway.ts'

let opened: Opened | undefined
const open = async (...args: Parameters<typeof openGateway>) => {
  opened = await openGateway(...args)
  return opened
}
afterEach(async () => {
  await opened?.gateway.stop()
  opened = undefined
})
const probe = (): NotesProbe => ({ started: [], stopped: [] })
const notes = (name = 'notes', title = 'first') => service(name, 'notes', { title })
const bare = (gateway: Opened, path: string, headers: Record<string, string> = {}) =>
  gateway.gateway.fetch(new Request(`http://gateway.test${path}`, { headers }))

describe('a call', () => {
  it('is answered: lists wrapped, single objects bare', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()] })
    expect((await json('/notes/note')).body).toEqual({
      resource: [
        { id: 1, text: 'one' },
        { id: 2, text: 'two' },
      ],
    })
    expect((await json('/notes/note/2')).body).toEqual({ id: 2, text: 'two' })
    expect((await json('/notes/')).body).toEqual({ title: 'first' })
  })
  it('needs no version in its path, and service names have no case', async () => {
    const gateway = await open([notesType(probe())], { services: [notes()] })
    const answer = await bare(gateway, '/api/NOTES/note/1', { 'x-dreamfactory-api-key': KEY })
    expect(await answer.json()).toEqual({ id: 1, text: 'one' })
  })
  it.each(['/apis/v2/notes/note/1', '/%61pi/v2/notes/note/1', '//api/v2/notes/note/1', '/API/v2/notes/note/1'])(
    'is none outside the API: %s',
    async (path) => {
      const gateway = await open([notesType(probe())], { services: [notes()] })
      expect((await bare(gateway, path, { 'x-dreamfactory-api-key': KEY })).status).toBe(404)
    },
  )
  it('has its query and its body validated, with the field in the context', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()] })
    const query = await json('/notes/note?limit=0')
    expect([query.status, Object.keys(query.body.error.context)]).toEqual([400, ['limit']])
    const body = await json('/notes/note', {
      method: 'POST',
      body: '{"text":""}',
      headers: { 'content-type': 'application/json' },
    })
    expect([body.status, Object.keys(body.body.error.context)]).toEqual([400, ['text']])
  })
  it('is refused before it writes where no answer would be acceptable', async () => {
    const watched = probe()
    const { json } = await open([notesType(watched)], { services: [notes()] })
    const post = (accept: string) =>
      json('/notes/note', {
        method: 'POST',
        body: '{"text":"x"}',
        headers: { 'content-type': 'application/json', accept },
      })
    expect([(await post('image/png')).status, watched.added]).toEqual([400, undefined])
    expect([(await post('application/json')).status, watched.added]).toEqual([200, 1])
  })
  it('may be tunnelled through POST', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()] })
    const answer = await json('/notes/note/1', { method: 'POST', headers: { 'x-http-method': 'GET' } })
    expect(answer.body).toEqual({ id: 1, text: 'one' })
  })
  it('may be HEAD, answered like GET without a body', async () => {
    const { call } = await open([notesType(probe())], { services: [notes()] })
    const answer = await call('/notes/note', { method: 'HEAD' })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })
  it('carries a request id back, its own where it is harmless', async () => {
    const { call } = await open([notesType(probe())], { services: [notes()] })
    expect((await call('/notes/note', { headers: { 'x-request-id': 'abc-1' } })).headers.get('x-request-id')).toBe(
      'abc-1',
    )
    expect((await call('/notes/note', { headers: { 'x-request-id': 'a b"c' } })).headers.get('x-request-id')).toMatch(
      /^[0-9a-f-]{36}$/,
    )
  })
  it('cannot leave the service by dots in any spelling', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()] })
    for (const path of ['/notes/other/..%2fnote', '/notes/other/x%5c..%5cnote', '/notes/%2e%2e%2fnote']) {
      expect((await json(path)).body.error.message, path).toMatch(/must not have/)
    }
  })
  it('is audited with its caller and status', async () => {
    const { json, stage } = await open([notesType(probe())], { services: [notes()] })
    await json('/notes/note/9')
    expect(stage.audits).toMatchObject([
      { service: 'notes', component: 'note/9', method: 'GET', status: 404, caller: { app: 'tests' } },
    ])
  })
})

describe('what a caller hears', () => {
  const errorOf = async (answer: Response) => {
    const { error } = (await answer.json()) as { error: { code: number; message: string; status_code: number } }
    return [answer.status, error.code, error.message] as const
  }
  it('without a key: 400', async () => {
    const gateway = await open([notesType(probe())], { services: [notes()] })
    const [status, code, message] = await errorOf(await bare(gateway, '/api/v2/notes/note'))
    expect([status, code]).toEqual([400, 400])
    expect(message).toMatch(/^No session token \(JWT\) or API Key detected in request\./)
  })
  it('with an unknown key: 400 that asks for a session token', async () => {
    const gateway = await open([notesType(probe())], { services: [notes()] })
    const [status, , message] = await errorOf(
      await bare(gateway, '/api/v2/notes/note', { 'x-dreamfactory-api-key': 'no' }),
    )
    expect([status, message.startsWith('No session token (JWT) provided.')]).toEqual([400, true])
  })
  it('with a key whose role may not: 401, before it learns whether the service exists', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()], access: [row('else', '*', 31)] })
    const known = await json('/notes/note')
    const unknown = await json('/nowhere/note')
    expect([known.status, unknown.status]).toEqual([401, 401])
    expect(known.body).toEqual(unknown.body)
    expect(known.body.error.message).toBe('Unauthorized. User is not authenticated.')
  })
  it('on an unknown service, path and verb', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()] })
    expect((await json('/nowhere')).body.error).toEqual({
      code: 404,
      context: null,
      message: 'Could not find a service for nowhere',
      status_code: 404,
    })
    expect((await json('/notes/_foo')).body.error.message).toBe("Resource '_foo' not found for service 'notes'.")
    const verb = await json('/notes/note', { method: 'DELETE' })
    expect([verb.status, verb.body.error.message]).toEqual([
      400,
      "DELETE requests without a resource are not currently supported by the 'note' service.",
    ])
    const root = await json('/notes', { method: 'DELETE' })
    expect([root.status, root.body.error.message]).toEqual([
      400,
      "DELETE requests without a resource are not currently supported by the 'notes' service.",
    ])
  })
  it('on a deactivated service: 403', async () => {
    const { json } = await open([notesType(probe())], { services: [{ ...notes(), active: false }] })
    const answer = await json('/notes/note')
    expect([answer.status, answer.body.error.message]).toEqual([403, 'Service notes is deactivated.'])
  })
  it('when a handler throws something else: 500 without a word of it', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()] })
    const answer = await json('/notes/raw')
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|postgres|db\.internal/)
  })
  it('when a role has obligations that the service does not know: refused', async () => {
    const filter = { op: 'AND' as const, conditions: [{ name: 'id', operator: '=', value: 1 }] }
    const { json } = await open([notesType(probe())], {
      services: [notes()],
      access: [row('notes', '*', 1, { filter })],
    })
    expect((await json('/notes/note')).status).toBe(403)
  })
  it('when another spelling of a component is denied: the denial holds', async () => {
    const { json } = await open([notesType(probe())], {
      services: [notes()],
      access: [row('notes', '*', 1), row('notes', 'note', 0)],
    })
    expect((await json('/notes/note')).status).toBe(401)
    expect((await json('/notes/NOTE')).status).toBe(401)
  })
})

describe('the root of a service that has none of its own', () => {
  const rootless = () => {
    const type = notesType(probe())
    const create: typeof type.create = (config, host) => {
      const made = type.create(config, host)
      return { ...made, endpoints: made.endpoints.filter(({ path }) => path !== '/') }
    }
    return { ...type, create }
  }
  it('lists what the caller may use, and what a role can be granted', async () => {
    const access = [row('notes', '', 1), row('notes', 'note/*', 1)]
    const { json } = await open([rootless()], { services: [notes()], access })
    expect((await json('/notes')).body).toEqual({ resource: [{ name: 'note' }] })
    expect((await json('/notes?include_access=true')).body).toEqual({ resource: [{ name: 'note', access: ['GET'] }] })
    expect((await json('/notes?as_access_list=true')).body).toEqual({ resource: ['', '*', 'note/', 'note/*'] })
  })
  it('is refused without a right on it', async () => {
    const { json } = await open([rootless()], { services: [notes()], access: [row('notes', 'note/*', 1)] })
    expect((await json('/notes')).status).toBe(401)
  })
})

describe('the listing', () => {
  it('shows the services that the role touches, and nothing without a role', async () => {
    const gateway = await open([notesType(probe())], { services: [notes('a'), notes('b')], access: [row('a', '*', 1)] })
    const { body } = await gateway.json('')
    expect(body.services.map((one: { name: string }) => one.name)).toEqual(['a'])
    expect(body.service_types).toEqual([
      { name: 'notes', label: 'Notes', group: 'Test', description: 'Notes in memory.' },
    ])
    expect((await bare(gateway, '/api/v2')).status).toBe(400)
  })
})

describe('time', () => {
  it('ends a call whose handler ignores its signal, with 504', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()], server: { requestTimeout: 50 } })
    expect((await json('/notes/deaf')).status).toBe(504)
  })
  it('starts a changed service beside the running one and lets the old finish its calls', async () => {
    let openGate = () => {}
    const watched = probe()
    watched.gate = new Promise((resolve) => {
      openGate = resolve
    })
    const { gateway, json, stage } = await open([notesType(watched)], { services: [notes()] })
    const under = json('/notes/gate')
    await new Promise((resolve) => setTimeout(resolve, 10))
    stage.services = [notes('notes', 'second')]
    const report = await gateway.reload()
    expect(report.started).toEqual(['notes'])
    expect((await json('/notes/')).body).toEqual({ title: 'second' })
    expect(watched.stopped).toEqual([])
    openGate()
    expect((await under).body).toEqual({ title: 'first' })
    await expect.poll(() => watched.stopped).toEqual(['first'])
  })
  it('gives a call whose limits are still looked up to the service that has replaced the one it came for', async () => {
    const watched = probe()
    const counted = Promise.withResolvers<undefined>()
    const { gateway, json, stage } = await open([notesType(watched)], {
      services: [notes()],
      limit: () => counted.promise,
    })
    const waiting = json('/notes/')
    await new Promise((resolve) => setTimeout(resolve, 10))
    stage.services = [notes('notes', 'second')]
    await gateway.reload()
    await expect.poll(() => watched.stopped).toEqual(['first'])
    counted.resolve(undefined)
    expect((await waiting).body).toEqual({ title: 'second' })
  })
  it('leaves an unchanged service untouched', async () => {
    const watched = probe()
    const { gateway, stage } = await open([notesType(watched)], { services: [notes()] })
    stage.services = [notes(), notes('more', 'other')]
    const report = await gateway.reload()
    expect([report.unchanged, report.started, watched.started]).toEqual([['notes'], ['more'], ['first', 'other']])
  })
  it('keeps the old configuration where the new one fails, and says so', async () => {
    const watched = probe()
    const { gateway, json, stage } = await open([notesType(watched)], { services: [notes()] })
    watched.fail = 'The database refused the credentials.'
    stage.services = [notes('notes', 'second')]
    const report = await gateway.reload()
    expect(report.failed).toEqual([{ name: 'notes', reason: 'The database refused the credentials.' }])
    expect((await json('/notes/')).body).toEqual({ title: 'first' })
    expect(gateway.services()).toMatchObject([{ state: 'degraded', reason: 'The database refused the credentials.' }])
  })
  it('stops what failed to start', async () => {
    const watched = { ...probe(), fail: 'no' }
    await open([notesType(watched)], { services: [notes()] })
    expect(watched.stopped).toEqual(['first'])
  })
  it('brings a service up by itself once its source is back', async () => {
    const watched: NotesProbe = { ...probe(), fail: 'away' }
    const { json } = await open([notesType(watched)], { services: [notes()] })
    expect((await json('/notes/')).status).toBe(503)
    watched.fail = undefined
    await expect.poll(async () => (await json('/notes/')).status, { timeout: 4000 }).toBe(200)
  })
  it('removes a service that is no longer wanted', async () => {
    const watched = probe()
    const { gateway, json, stage } = await open([notesType(watched)], { services: [notes()] })
    stage.services = []
    expect((await gateway.reload()).removed).toEqual(['notes'])
    expect((await json('/notes/')).status).toBe(404)
  })
  it('gives a service that hangs in start a reason, while the others answer', async () => {
    const hanging = { ...probe(), hang: true }
    const healthy = notesType(probe())
    const { gateway, json } = await open([notesType(hanging), { ...healthy, name: 'fine' }], {
      services: [notes(), service('fine', 'fine', { title: 'ok' })],
    })
    expect((await json('/fine/')).body).toEqual({ title: 'ok' })
    await expect.poll(() => gateway.services()[0]?.state).toBe('down')
    const answer = await json('/notes/')
    expect([answer.status, answer.body.error.message]).toEqual([
      503,
      "Service 'notes' is down. It did not start within 0 seconds.",
    ])
  })
  it('says what is wrong with a configuration and with a missing type', async () => {
    const { gateway } = await open([notesType(probe())], {
      services: [service('a', 'notes', { titel: 'x' }), service('b', 'nothing')],
    })
    const [a, b] = gateway.services()
    expect(a?.reason).toMatch(/config\.title/)
    expect(b?.reason).toMatch(/No installed package offers/)
  })
})

describe('services that call each other', () => {
  it('do so under the rights of their caller', async () => {
    const { json } = await open([notesType(probe())], {
      services: [notes('a'), notes('b'), notes('c')],
      access: [row('a', '*', 1), row('b', '*', 1)],
    })
    expect((await json('/a/other/b/note/1')).body).toEqual({ status: 200, body: { id: 1, text: 'one' } })
    expect((await json('/a/other/c/note/1')).body.status).toBe(401)
  })
  it('cannot do so forever', async () => {
    const { json } = await open([notesType(probe())], { services: [notes('a')] })
    const { body } = await json(`/a/${'other/a/'.repeat(12)}note/1`)
    expect(JSON.stringify(body)).toMatch(/more than 10 times in a row/)
  })
})

describe('interceptors', () => {
  const matching = (part: object) => [
    { matches: (_: string, template: string) => template === 'notes.note.{id}.get', ...part },
  ]
  it('see templated and concrete names', async () => {
    const seen: string[] = []
    const interceptors = [{ matches: (...names: string[]) => seen.push(...names) < 0 }]
    const { json } = await open([notesType(probe())], { services: [notes()], interceptors })
    await json('/notes/note/1')
    expect(seen).toEqual(['notes.note.1.get', 'notes.note.{id}.get', 'notes.note.{id}.get'])
    await json('/notes/note')
    expect(seen.slice(3)).toEqual(['notes.note.get', 'notes.note.get', 'notes.note.get'])
  })
  it('see a thing by its name also where the path goes on to a record', async () => {
    const seen: unknown[] = []
    const path = '/_table/{table_name}/{id}'
    const one = endpoint({ id: 'getRecord', method: 'GET', path, summary: 'One.', handle: () => ({ id: 5 }) })
    const type = defineServiceType({
      ...{ contract: 1, name: 'lists', label: 'Lists', description: 'Lists.', group: 'Other', config: z.object({}) },
      create: () => ({ endpoints: [one], canonical: (path: string) => path.toLowerCase() }),
    } as const)
    const wanted = 'lists._table.people.{id}.get'
    const interceptors: Interceptor[] = [
      {
        matches: (_event, _template, named) => named === wanted,
        pre: ({ event, template, named }) => void seen.push([event, template, named]),
      },
    ]
    const { json } = await open([type], { services: [service('lists', 'lists')], interceptors })
    for (const table of ['People', 'others']) expect((await json(`/lists/_table/${table}/5`)).status).toBe(200)
    expect(seen).toEqual([['lists._table.people.5.get', 'lists._table.{table_name}.{id}.get', wanted]])
  })
  it('may answer in the place of the handler', async () => {
    const interceptors = matching({
      pre(exchange: { response?: object }) {
        exchange.response = { status: 202, headers: { 'x-by': 'script' }, content: { queued: true } }
      },
    })
    const { json } = await open([notesType(probe())], { services: [notes()], interceptors })
    const answer = await json('/notes/note/1')
    expect([answer.status, answer.body, answer.headers.get('x-by')]).toEqual([202, { queued: true }, 'script'])
  })
  it('see one name for all spellings of a thing', async () => {
    const seen: string[] = []
    const interceptors = [{ matches: (event: string) => seen.push(event) < 0 }]
    const one = endpoint({ id: 'getOne', method: 'GET', path: '/_proc/{name}', summary: 'One.', handle: () => 1 })
    const type = defineServiceType({
      ...{ contract: 1, name: 'lists', label: 'Lists', description: 'Lists.', group: 'Other', config: z.object({}) },
      create: () => ({ endpoints: [one], canonical: (path: string) => path.toLowerCase().replace(/\(.*/, '') }),
    } as const)
    const { json } = await open([type], { services: [service('lists', 'lists')], interceptors })
    for (const spelling of ['total', 'TOTAL', 'total(1,2)', 'Total(1.5)/']) await json(`/lists/_proc/${spelling}`)
    expect(new Set(seen)).toEqual(new Set(['lists._proc.total.get']))
  })
  it('see a bare list as it is sent, and may change it', async () => {
    const seen: unknown[] = []
    const interceptors = [
      {
        matches: () => true,
        post(exchange: { response?: { content: any } | undefined }) {
          seen.push(exchange.response!.content)
          exchange.response!.content = [...exchange.response!.content, { id: 2 }]
        },
      },
    ]
    const list = endpoint({
      id: 'bareList',
      method: 'GET',
      path: '/bare',
      summary: 'A bare list.',
      handle: () => rows({ items: [{ id: 1 }], bare: true }),
    })
    const type = defineServiceType({
      ...{ contract: 1, name: 'lists', label: 'Lists', description: 'Lists.', group: 'Other', config: z.object({}) },
      create: () => ({ endpoints: [list] }),
    } as const)
    const { json } = await open([type], { services: [service('lists', 'lists')], interceptors })
    expect((await json('/lists/bare')).body).toEqual([{ id: 1 }, { id: 2 }])
    expect(seen).toEqual([[{ id: 1 }]])
  })
  it('may change the answer, an error too', async () => {
    const interceptors = matching({
      post(exchange: { response?: { status: number; content: any } }) {
        if (exchange.response!.status === 404)
          Object.assign(exchange.response!, { status: 200, content: { id: 0, text: 'none' } })
        else exchange.response!.content.text = 'changed'
      },
    })
    const { json } = await open([notesType(probe())], { services: [notes()], interceptors })
    expect((await json('/notes/note/1')).body.text).toBe('changed')
    expect((await json('/notes/note/9')).body).toEqual({ id: 0, text: 'none' })
  })
})

describe('the server', () => {
  it('is alive and ready, and serves a document for the caller', async () => {
    const gateway = await open([notesType(probe())], { services: [notes()] })
    expect((await bare(gateway, '/healthz')).status).toBe(200)
    expect(await (await bare(gateway, '/readyz')).json()).toMatchObject({ status: 'ready', services: { serving: 1 } })
    const { body } = await gateway.json('/notes/_spec')
    expect(Object.keys(body.paths)).toContain('/note/{id}')
  })
  it('refuses a body over the limit and reads one on any verb', async () => {
    const { json } = await open([notesType(probe())], { services: [notes()], server: { bodyLimit: 64 } })
    const send = (text: string) =>
      json('/notes/echo', {
        method: 'PUT',
        body: JSON.stringify({ text }),
        headers: { 'content-type': 'application/json' },
      })
    expect((await send('x')).body).toEqual({ text: 'x' })
    expect((await send('x'.repeat(100))).status).toBe(413)
  })
  it('answers over a socket, notices a client that goes away, and drains', async () => {
    let aborted: unknown
    const type = defineServiceType({
      contract: 1,
      name: 'slow',
      label: 'Slow',
      description: 'Waits.',
      group: 'Test',
      config: z.strictObject({}),
      create: () => ({
        endpoints: [
          endpoint({
            id: 'wait',
            method: 'GET',
            path: '/wait',
            summary: 'Waits for its signal',
            handle: ({ signal }) =>
              new Promise<object>((resolve) =>
                signal.addEventListener('abort', () => {
                  aborted = signal.reason
                  resolve({})
                }),
              ),
          }),
        ],
      }),
    })
    const { gateway } = await open([type], { services: [service('slow', 'slow')] })
    const { url } = await gateway.listen({ port: 0 })
    const controller = new AbortController()
    const pending = fetch(`${url}/api/v2/slow/wait?api_key=${KEY}`, { signal: controller.signal })
    await new Promise((resolve) => setTimeout(resolve, 50))
    controller.abort()
    await expect(pending).rejects.toThrow()
    await expect.poll(() => String(aborted)).toMatch(/client closed/)
  })
})
