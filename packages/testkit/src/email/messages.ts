/** What arrives is what was asked for. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { Delivered, EmailContext } from './context.ts'

const addresses = (value: Delivered['mail']['to']) =>
  [value ?? []]
    .flat()
    .flatMap((list) => list.value.map(({ address, name }) => (name ? `${name} <${address}>` : address)))

const only = (messages: readonly Delivered[]): Delivered => {
  assert.equal(messages.length, 1, 'exactly one message arrives')
  return messages[0]!
}

/** Sends one message that has to be taken. */
export const sendOne = async (context: EmailContext, body: unknown, more?: object): Promise<Delivered> =>
  only(
    await context.arrived(async () => {
      const answer = await context.post(body, more)
      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(answer.body, { count: 1 })
    }),
  )

export const messageChecks: readonly Check<EmailContext>[] = [
  {
    name: 'a text arrives, from the service’s sender, and the answer counts one message',
    async run(context) {
      const { mail, from, recipients } = await sendOne(context, {
        to: 'ann@mail.example',
        subject: 'Grüße, 世界',
        body_text: 'Hello\nthere – 🙂',
      })
      assert.deepEqual([from, recipients], ['shop@mail.example', ['ann@mail.example']])
      assert.equal(mail.subject, 'Grüße, 世界')
      assert.equal(mail.text?.trim(), 'Hello\nthere – 🙂')
      assert.deepEqual(addresses(mail.from), ['Shop <shop@mail.example>'])
      assert.ok(mail.messageId && mail.date, 'it has an id and a date')
    },
  },
  {
    name: 'addresses may be a text, an object, or a list of both',
    async run(context) {
      const forms: readonly (readonly [unknown, readonly string[]])[] = [
        ['a@mail.example', ['a@mail.example']],
        [{ email: 'a@mail.example', name: 'Ann, "A"' }, ['Ann, "A" <a@mail.example>']],
        [
          ['a@mail.example', { email: 'b@mail.example' }, { email: 'c@mail.example', name: 'Čen' }],
          ['a@mail.example', 'b@mail.example', 'Čen <c@mail.example>'],
        ],
      ]
      for (const [to, expected] of forms) {
        const { mail } = await sendOne(context, { to, subject: 's', body_text: 'b' })
        assert.deepEqual(addresses(mail.to), expected)
      }
    },
  },
  {
    name: 'cc is named, bcc gets the message without being named anywhere in it',
    async run(context) {
      const { raw, mail, recipients } = await sendOne(context, {
        to: 'a@mail.example',
        cc: 'c@mail.example',
        bcc: [{ email: 'hidden@mail.example', name: 'Hidden One' }, 'a@mail.example'],
        subject: 's',
        body_text: 'b',
      })
      assert.deepEqual([...recipients].sort(), ['a@mail.example', 'c@mail.example', 'hidden@mail.example'])
      assert.deepEqual(addresses(mail.cc), ['c@mail.example'])
      assert.doesNotMatch(raw, /hidden/i)
    },
  },
  {
    name: 'text and HTML are two forms of one message, and the request’s sender and reply address go first',
    async run(context) {
      const { mail } = await sendOne(context, {
        to: 'a@mail.example',
        subject: 's',
        body_text: 'plain',
        body_html: '<p>rich</p>',
        from_email: 'other@mail.example',
        from_name: 'Other',
        reply_to_email: 'answers@mail.example',
        reply_to_name: 'Answers',
      })
      assert.deepEqual([mail.text?.trim(), (mail.html || '').trim()], ['plain', '<p>rich</p>'])
      assert.deepEqual(addresses(mail.from), ['Other <other@mail.example>'])
      assert.deepEqual(addresses(mail.replyTo), ['Answers <answers@mail.example>'])
    },
  },
  {
    name: 'a domain in Unicode travels in ASCII',
    async run(context) {
      const { raw } = await sendOne(context, { to: 'ann@bücher.example', subject: 's', body_text: 'b' })
      assert.match(raw, /^To: ann@xn--bcher-kva\.example\r?$/m)
    },
  },
  {
    name: 'placeholders stand for parameters, for the request’s texts and for public lookups, and unknown ones stay',
    async run(context) {
      const as = { access: [{ component: '*' }, { component: '' }], lookups: { 'app.motto': 'fair <trade>' } }
      const { mail } = await sendOne(
        context,
        {
          to: 'a@mail.example',
          subject: 'Order {order_no}',
          order_no: 'A-7 <b>&"',
          nested: '{order_no}',
          body_text: '{order_no} {signature} {unused} {ORDER_NO} {nested} {app.motto}',
          body_html: '<p>{order_no}|{app.motto}|{nested}</p>',
        },
        { as },
      )
      assert.equal(mail.subject, 'Order A-7 <b>&"')
      assert.equal(mail.text?.trim(), 'A-7 <b>&" The shop {unused} {ORDER_NO} {order_no} fair <trade>')
      assert.equal((mail.html || '').trim(), '<p>A-7 &lt;b&gt;&amp;&quot;|fair &lt;trade&gt;|{order_no}</p>')
    },
  },
  {
    name: 'a request may come in the query alone, as a form, and below any path',
    async run(context) {
      const query = { to: 'q@mail.example', subject: 'q', body_text: 'from the query' }
      const fromQuery = await sendOne(context, undefined, { query })
      assert.equal(fromQuery.mail.text?.trim(), 'from the query')
      const form = new URLSearchParams({ to: 'f@mail.example', subject: 'f', body_text: 'from a form' }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const fromForm = await sendOne(context, form, { headers, path: 'any/where' })
      assert.equal(fromForm.mail.text?.trim(), 'from a form')
    },
  },
  {
    name: 'a dry run answers the message and sends nothing',
    async run(context) {
      const messages = await context.arrived(async () => {
        const body = { to: 'a@mail.example', bcc: 'hidden@mail.example', subject: 'dry', body_text: 'as it would be' }
        const { status, body: answer } = await context.post(body, { query: { dry_run: 'true' } })
        assert.equal(status, 200)
        assert.equal(answer.count, 0)
        assert.match(answer.message, /^Subject: dry\r$/m)
        assert.match(answer.message, /as it would be/)
        assert.doesNotMatch(answer.message, /hidden/)
      })
      assert.equal(messages.length, 0)
    },
  },
]
