/** Templates and attachments. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Check } from '../check.ts'
import type { EmailContext } from './context.ts'
import { sendOne } from './messages.ts'

const template = {
  id: 4,
  name: 'welcome',
  description: 'For new people.',
  to: 'one@mail.example, two@mail.example',
  subject: 'Welcome, {first_name}',
  body_text: 'Hello {first_name}, this is {place}.',
  body_html: null,
  from_email: null,
  defaults: { place: 'the shop', first_name: 'friend' },
}

const withTemplate = ({ gateway }: EmailContext) => {
  gateway.governance.documents.email_template = { welcome: template, 4: template }
}

const withPage = async (answer: { status: number; body: string }, use: (url: string) => Promise<void>) => {
  const server = createServer((_request, response) => {
    response.writeHead(answer.status, { 'content-type': 'text/csv' }).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/reports/May%20sales.csv`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const GOOD = { to: 'a@mail.example', subject: 's', body_text: 'b' }

export const templateChecks: readonly Check<EmailContext>[] = [
  {
    name: 'a template is used by name or id; its defaults go before it, the request before both, and its nulls hide nothing',
    async run(context) {
      withTemplate(context)
      const byName = await sendOne(context, { template: 'welcome' })
      assert.deepEqual(byName.recipients, ['one@mail.example', 'two@mail.example'])
      assert.equal(byName.from, 'shop@mail.example')
      assert.equal(byName.mail.subject, 'Welcome, friend')
      assert.equal(byName.mail.text?.trim(), 'Hello friend, this is the shop.')
      const byId = await sendOne(context, { to: 'a@mail.example', first_name: 'Ann' }, { query: { template_id: '4' } })
      assert.deepEqual(byId.recipients, ['a@mail.example'])
      assert.equal(byId.mail.subject, 'Welcome, Ann')
    },
  },
  {
    name: 'an unknown template is 404 and says which',
    async run(context) {
      withTemplate(context)
      const named = await context.post({ ...GOOD, template: 'nope' })
      assert.deepEqual([named.status, named.body.error.message], [404, "Email Template 'nope' not found"])
      const numbered = await context.post({ ...GOOD, template_id: 9 })
      assert.deepEqual([numbered.status, numbered.body.error.message], [404, "Email Template id '9' not found"])
    },
  },
  {
    name: 'attachments come inline, uploaded, by URL and from a file service, byte by byte',
    async run(context) {
      const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256))
      const inline = await sendOne(context, {
        ...GOOD,
        attachments: [{ name: '../é.bin', content: bytes.toString('base64'), content_type: 'application/x-odd' }],
      })
      const [one] = inline.mail.attachments
      assert.deepEqual([one?.filename, one?.contentType, one?.content], ['é.bin', 'application/x-odd', bytes])

      const form = new FormData()
      for (const [key, value] of Object.entries(GOOD)) form.append(key, value)
      form.append('file', new File([bytes], 'up.bin', { type: 'application/octet-stream' }))
      const request = new Request('http://x/', { method: 'POST', body: form })
      const headers = { 'content-type': request.headers.get('content-type')! }
      const raw = Buffer.from(await request.arrayBuffer()).toString('latin1')
      // The harness sends text: only ASCII may be in it.
      const ascii = raw.replace(bytes.toString('latin1'), 'plain')
      const uploaded = await sendOne(context, ascii, { headers })
      assert.deepEqual(
        uploaded.mail.attachments.map(({ filename, content }) => [filename, content.toString()]),
        [['up.bin', 'plain']],
      )

      await withPage({ status: 200, body: 'a,b' }, async (url) => {
        const fetched = await sendOne(context, {
          ...GOOD,
          import_url: url,
          attachment: { service: 'files', path: 'docs/a.txt' },
        })
        assert.deepEqual(
          fetched.mail.attachments.map(({ filename, contentType, content }) => [
            filename,
            contentType,
            content.toString(),
          ]),
          [
            ['May sales.csv', 'text/csv', 'a,b'],
            ['a.txt', 'text/plain', 'the file'],
          ],
        )
      })
    },
  },
  {
    name: 'an attachment that can not be had is said so, and nothing is sent without it',
    async run(context) {
      const messages = await context.arrived(async () => {
        const wrong: readonly (readonly [object, number])[] = [
          [{ attachment: { service: 'files', path: 'docs/none.txt' } }, 404],
          [{ attachment: { service: 'files' } }, 400],
          [{ import_url: 'file:///etc/passwd' }, 400],
          [{ attachment: '/etc/passwd' }, 400],
          [{ attachments: [{ name: 'a', content: 'not base64!' }] }, 400],
          [{ attachments: [{ content: 'aGk=' }] }, 400],
          [{ attachments: [{ name: 'a', content: Buffer.alloc(100_001).toString('base64') }] }, 413],
        ]
        for (const [more, status] of wrong) {
          const answer = await context.post({ ...GOOD, ...more })
          assert.equal(answer.status, status, `${JSON.stringify(more).slice(0, 80)}: ${answer.text}`)
        }
        await withPage({ status: 500, body: 'x' }, async (url) => {
          assert.equal((await context.post({ ...GOOD, import_url: url })).status, 502)
        })
        await withPage({ status: 200, body: 'x'.repeat(100_001) }, async (url) => {
          assert.equal((await context.post({ ...GOOD, import_url: url })).status, 413)
        })
      })
      assert.equal(messages.length, 0)
    },
  },
  {
    name: 'a file is attached only for who may read it',
    async run(context) {
      const as = {
        access: [
          { service: 'mail', component: '*' },
          { service: 'mail', component: '' },
        ],
      }
      const answer = await context.post({ ...GOOD, attachment: { service: 'files', path: 'docs/a.txt' } }, { as })
      assert.equal(answer.status, 403, answer.text)
    },
  },
]
