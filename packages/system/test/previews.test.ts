import nodejs from '@gw/script-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Opened, opened } from './opened.ts'

let gw: Opened
beforeAll(async () => {
  gw = await opened({ types: [nodejs], config: { system: { name: 'The Shop' } } })
})
afterAll(() => gw[Symbol.asyncDispose]())

const preview = (template: object) => gw.ask('POST', 'system/email_template/_preview', template)
const run = (script: object, headers?: Record<string, string>) =>
  gw.ask('POST', 'system/event_script/_test', { type: 'nodejs', config: { sandbox: 'preferred' }, ...script }, headers)

/** The key of an app that may do anything on `system`, and is no administrator. */
const key = async () => {
  const access = [{ service_id: 1, component: '*', verb_mask: 31, requestor_mask: 3 }]
  const role = await gw.ask('POST', 'system/role', {
    resource: [{ name: 'system', is_active: true, role_service_access_by_role_id: access }],
  })
  const app = await gw.ask('POST', 'system/app?fields=*', {
    resource: [{ name: 'system', is_active: true, role_id: role.body.resource[0].id }],
  })
  return { 'x-dreamfactory-api-key': app.body.resource[0].api_key }
}

test('a template is shown as a message of it would read, with samples, and values are escaped', async () => {
  const template = {
    subject: 'Hello {first_name} & {company}',
    body_text: '{first_name}: {code} of {instance_name}, {nobody.knows}',
    body_html: '<p>{first_name} {company}</p>',
    defaults: { company: 'A & B <i>' },
  }
  expect(await preview({ ...template, values: { first_name: '<script>alert(1)</script>' } })).toEqual({
    status: 200,
    body: {
      subject: 'Hello <script>alert(1)</script> & A & B <i>',
      text: '<script>alert(1)</script>: SAMPLE-CODE of The Shop, {nobody.knows}',
      html: '<p>&lt;script&gt;alert(1)&lt;/script&gt; A &amp; B &lt;i&gt;</p>',
      unknown: ['nobody.knows'],
    },
  })
  expect((await preview({ subject: 'Dear {name}' })).body).toEqual({
    subject: 'Dear Ann Example',
    text: null,
    html: null,
    unknown: [],
  })
  // No header line of its own, and nothing that is no text.
  expect((await preview({ subject: 'one\r\nBcc: evil@mail.example' })).status).toBe(400)
  expect((await preview({ subject: { $: 1 } })).status).toBe(400)
})

test('of a template that there is, what is not sent is as stored', async () => {
  const [stored] = (await gw.ask('GET', 'system/email_template')).body.resource
  const { status, body } = await preview({ id: stored.id, subject: 'Another' })
  expect([status, body.subject]).toEqual([200, 'Another'])
  expect(body.html ?? body.text).not.toContain('{')
  expect((await preview({ id: 9_999 })).status).toBe(404)
  expect((await gw.ask('GET', `system/email_template/${stored.id}`)).body.subject).toBe(stored.subject)
})

test('a script is run once on a sample event, and answers its output and its log', async () => {
  const { status, body } = await run({
    content: `console.log('seen', event.request.method)
      event.request.parameters.limit = 5
      return { got: event.request.payload.name, config: platform.config?.color ?? null }`,
    config: { sandbox: 'preferred', color: 'red' },
    event: { request: { method: 'POST', payload: { name: 'Ann' } }, resource: '_table/items' },
  })
  expect([status, body.ok, body.error]).toEqual([200, true, undefined])
  expect(body.output).toMatchObject({ got: 'Ann' })
  expect(body.event.request).toMatchObject({ method: 'POST', parameters: { limit: 5 } })
  expect(body.event.resource).toBe('_table/items')
  expect(body.log).toEqual([{ level: 'info', text: 'seen POST' }])
  expect(body.duration_ms).toBeGreaterThan(0)
  expect((await gw.ask('GET', 'system/event_script')).body.resource).toEqual([])
})

test('a script that fails says where, and keeps what it wrote', async () => {
  const failed = (await run({ content: "console.log('before')\n\nnull.nothing" })).body
  expect(failed).toMatchObject({ ok: false, log: [{ text: 'before' }], error: { line: 3 } })
  expect(failed.error.message).toContain('at line 3')
  expect((await run({ content: 'return (' })).body).toMatchObject({ ok: false, error: { message: expect.any(String) } })
  const slow = await run({ content: 'for (;;);', config: { sandbox: 'preferred', timeout: 1 } })
  expect(slow.body).toMatchObject({ ok: false, error: { message: expect.stringContaining('1 second') } })
  expect((await run({ content: '1', config: { timeout: -1 } })).body).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('timeout') },
  })
  expect((await run({ type: 'sqlite', content: '1' })).status).toBe(400)
  expect((await run({ content: 5 })).status).toBe(400)
})

test('what a script calls is called as who tries it out, and only administrators do', async () => {
  const { body } = await run({ content: "return (await platform.api.get('system/role')).status_code ?? 'called'" })
  expect(body.ok).toBe(true)
  const headers = await key()
  expect((await gw.ask('GET', 'system/event_script', undefined, headers)).status).toBe(200)
  expect((await run({ content: '1' }, headers)).status).toBe(403)
  expect((await run({ content: '1' }, {})).status).toBe(400)
})
