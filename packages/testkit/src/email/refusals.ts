/** What must not be sent, and how that is said. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { EmailContext } from './context.ts'

const GOOD = { to: 'a@mail.example', subject: 's', body_text: 'b' }

/** Nothing arrives, and the answer says why. */
const refused = async (context: EmailContext, body: unknown, status: number, message: RegExp, more?: object) => {
  const messages = await context.arrived(async () => {
    const answer = await context.post(body, more)
    assert.equal(answer.status, status, `${JSON.stringify(body)}: ${answer.text}`)
    assert.match(answer.body.error.message, message)
  })
  assert.equal(messages.length, 0, `${JSON.stringify(body)} was sent`)
}

const BREAKS = ['\r\nBcc: evil@mail.example', '\nBcc: evil@mail.example', '\rX: y', '\u2028X: y', '\0', '\u0085X: y']

export const refusalChecks: readonly Check<EmailContext>[] = [
  {
    name: 'what is no address is refused with its text, and one string is one address',
    async run(context) {
      const wrong = ['nobody', 'a@', '@b.example', 'a@b.example, c@d.example', 'A <a@b.example>', 'a b@c.example']
      for (const to of wrong) await refused(context, { ...GOOD, to }, 400, /^Invalid email - '/)
      for (const to of [undefined, null, '', [], {}, [''], 5]) {
        await refused(context, { ...GOOD, to }, 400, /Invalid email - ''|to|body/)
      }
      for (const key of ['cc', 'bcc', 'from_email', 'reply_to_email'])
        await refused(context, { ...GOOD, [key]: 'nobody' }, 400, /^Invalid email - 'nobody'\.$/)
    },
  },
  {
    name: 'no header can be added by a line break in any value',
    async run(context) {
      for (const text of BREAKS) {
        const bodies = [
          { ...GOOD, subject: `s${text}` },
          { ...GOOD, subject: 's {x}', x: text },
          { ...GOOD, to: `a@mail.example${text}` },
          { ...GOOD, to: { email: 'a@mail.example', name: `Ann${text}` } },
          { ...GOOD, from_email: 'a@mail.example', from_name: `Ann${text}` },
          { ...GOOD, reply_to_email: 'a@mail.example', reply_to_name: `Ann${text}` },
          { ...GOOD, attachments: [{ name: `a${text}.txt`, content: 'aGk=' }] },
          { ...GOOD, attachments: [{ name: 'a.txt', content: 'aGk=', content_type: `text/plain${text}` }] },
        ]
        for (const body of bodies) await refused(context, body, 400, /line breaks|Invalid email|attachments/)
      }
    },
  },
  {
    name: 'an empty request, an empty message and a message without a sender are refused',
    async run(context) {
      await refused(context, {}, 400, /No valid data in request/)
      await refused(context, { to: 'a@mail.example', subject: 's' }, 400, /empty/)
      await refused(context, GOOD, 400, /sender/, { service: 'anonymous' })
    },
  },
  {
    name: 'only POST sends, and only for who may',
    async run(context) {
      for (const method of ['PUT', 'PATCH', 'DELETE'])
        assert.equal((await context.post(GOOD, { method })).status, 400, method)
      await refused(context, GOOD, 400, /API Key/, { as: null })
      const as = { access: [{ component: '', verbs: ['GET'] }] }
      await refused(context, GOOD, 401, /not authenticated/, { as })
    },
  },
]
