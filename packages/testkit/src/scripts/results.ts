/** What a script is told, what becomes of what it gives, and how its failures are said. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { ScriptsContext } from './context.ts'

export const resultChecks: readonly Check<ScriptsContext>[] = [
  {
    name: 'a returned value is the body, a list without a wrapper',
    async run({ using }) {
      await using('returns', {}, async ({ run }) => {
        const { status, body } = await run()
        assert.equal(status, 200)
        assert.deepEqual(body, { n: 1, list: [1, 2], none: null })
      })
      await using('list', {}, async ({ run }) => assert.deepEqual((await run()).body, [1, 2, 3]))
    },
  },
  {
    name: 'what looks like an answer is one: status, type, headers and content',
    run: ({ using }) =>
      using('answer', {}, async ({ run }) => {
        const { status, text, headers } = await run()
        assert.equal(status, 201)
        assert.equal(text, '<b>ä</b>')
        assert.match(headers.get('content-type') ?? '', /^text\/html/)
        assert.equal(headers.get('x-made'), 'here')
      }),
  },
  {
    name: 'every method and every path below the service reaches the script, which sees the whole call',
    run: ({ using }) =>
      using('event', {}, async ({ run }) => {
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
          const body = method === 'GET' ? undefined : '{"a": [1, "ä"]}'
          const headers = { 'X-Given': 'yes' }
          const answer = await run({ method, path: 'orders/5', query: { limit: 2 }, body, headers })
          assert.equal(answer.status, 200, answer.text)
          const { event } = answer.body
          assert.equal(event.resource, 'orders/5')
          assert.equal(event.request.method, method)
          assert.equal(event.request.service, 'script')
          assert.equal(event.request.api_version, '2.0')
          assert.deepEqual(event.request.parameters, { limit: '2' })
          assert.equal(event.request.uri, '/api/v2/script/orders/5?limit=2')
          assert.equal(event.request.headers['x-given'], 'yes')
          assert.deepEqual(event.request.payload, body === undefined ? null : { a: [1, 'ä'] })
          assert.equal(event.request.content, body ?? '')
          assert.equal(event.request.content_type, body === undefined ? '' : 'application/json')
        }
        assert.equal((await run()).body.event.resource, '')
      }),
  },
  {
    name: 'where nothing is returned, event.response as the script left it is the answer',
    async run({ using }) {
      await using('mutates', {}, async ({ run }) => {
        const { status, body, headers } = await run()
        assert.equal(status, 202)
        assert.deepEqual(body, { changed: true })
        assert.equal(headers.get('x-made'), 'here')
      })
      await using('nothing', {}, async ({ run }) => {
        const { status, body } = await run()
        assert.equal(status, 200)
        assert.equal(body, null)
      })
    },
  },
  {
    name: 'a thrown error with a status is the answer, with its message and its context',
    run: ({ using }) =>
      using('status', {}, async ({ run }) => {
        const { status, body } = await run()
        assert.equal(status, 422)
        assert.equal(body.error.message, 'No stock.')
        assert.deepEqual(body.error.context, { left: 0 })
      }),
  },
  {
    name: 'any other error is 500 and names the script’s own line, and the next call runs as if nothing had been',
    run: ({ using }) =>
      using('bug', {}, async ({ run }) => {
        for (let times = 0; times < 3; times++) {
          const { status, body, text } = await run()
          assert.equal(status, 500)
          assert.match(body.error.message, /^The script failed at line 3\. \w+/)
          assert.equal(body.error.context.line, 3)
          assert.doesNotMatch(text, /runner|\/work|\/tmp|node:internal/)
        }
      }),
  },
  {
    name: 'a script that can not be read keeps its service down, and the reason names its line',
    async run({ using }) {
      await assert.rejects(
        using('syntax', {}, async () => {}),
        /The script can not be read at line 2/,
      )
    },
  },
  {
    name: 'what a script writes goes to the log and never into the answer',
    run: ({ using }) =>
      using('logs', {}, async ({ run, log }) => {
        const { body } = await run()
        assert.deepEqual(body, { ok: true })
        assert.match(JSON.stringify(log.lines), /to the log/)
      }),
  },
]
