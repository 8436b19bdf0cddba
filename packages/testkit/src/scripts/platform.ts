/** `platform`: calls of other services, calls outside, who calls, and what the operator configured. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Check } from '../check.ts'
import { EVERYTHING } from '../governance.ts'
import type { ScriptsContext } from './context.ts'

/** A server outside, with what it was asked for. */
const withServer = async (use: (url: string, asked: string[]) => Promise<void>): Promise<void> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.setHeader('content-type', 'application/json').end('{"from": "outside"}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x?y=1`, asked)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

export const platformChecks: readonly Check<ScriptsContext>[] = [
  {
    name: 'platform.api calls other services as the caller, whose rules for scripts hold',
    run: ({ using }) =>
      using('get', {}, async ({ run, seen }) => {
        const called = await run({ query: { path: 'echo/a/b?limit=1' } })
        const { answer } = called.body
        assert.equal(answer?.status_code, 200, called.text)
        assert.match(answer.content_type, /json/)
        assert.deepEqual(answer.content, {
          method: 'GET',
          path: 'a/b',
          query: { limit: '1' },
          body: null,
          own: null,
          requestor: 'script',
          role: 'role 1',
          admin: false,
        })
        assert.equal(seen.length, 1)
        const role = { access: [{ service: 'script' }, { service: 'script', component: '' }] }
        const refused = await run({ query: { path: 'echo/a' }, as: role })
        assert.equal(refused.body.answer.status_code, 401, refused.text)
        assert.equal(seen.length, 1, 'a service was called that the caller may not call')
      }),
  },
  {
    name: 'platform.api sends payloads and headers with every method',
    run: ({ using }) =>
      using('verbs', {}, async ({ run }) => {
        const { body, text } = await run({ query: { path: 'echo/x' } })
        assert.ok(Array.isArray(body.answers), text)
        const methods = body.answers.map((answer: any) => {
          assert.equal(answer.status_code, 200, text)
          assert.equal(answer.content.own, '1')
          assert.deepEqual(answer.content.body, { a: [1] })
          return answer.content.method
        })
        assert.deepEqual(methods, ['POST', 'PUT', 'PATCH', 'DELETE'])
      }),
  },
  {
    name: 'a script that calls itself comes to an end',
    run: ({ using }) =>
      using('recurses', { max_concurrency: 20 }, async ({ run }) => {
        const { status, body, text } = await run()
        assert.equal(status, 422, text)
        assert.match(body.error.message, /call each other more than 10 times/)
      }),
  },
  {
    name: 'calls outside reach allowed hosts alone, under the rules of the gateway',
    run: ({ using }) =>
      withServer(async (url, asked) => {
        await using('get', {}, async ({ run }) => {
          const { answer } = (await run({ query: { path: url } })).body
          assert.equal(answer.status_code, 403)
          assert.match(answer.content.error.message, /allowed_hosts/)
        })
        assert.deepEqual(asked, [])
        await using('get', { allowed_hosts: ['127.0.0.1'] }, async ({ run }) => {
          const { answer } = (await run({ query: { path: url } })).body
          assert.equal(answer.status_code, 200, JSON.stringify(answer))
          assert.deepEqual(answer.content, { from: 'outside' })
        })
        assert.deepEqual(asked, ['GET /x?y=1'])
        await using('get', { allowed_hosts: ['*'] }, async ({ run }) => {
          for (const refused of ['http://10.0.0.1/', 'http://169.254.169.254/latest/meta-data/', 'http://[::1]:1/'])
            assert.equal((await run({ query: { path: refused } })).body.answer.status_code, 403, refused)
        })
      }),
  },
  {
    name: 'platform.session tells who calls, without keys and private lookups; platform.config is the operator’s',
    async run({ using }) {
      const config = { config: { currency: 'EUR', nested: { deep: [1] } } }
      const as = {
        ...EVERYTHING,
        user: { id: 7, name: 'Ann', email: 'ann@shop.example' },
        lookups: { region: 'north' },
        privateLookups: { api_secret: 'hidden-value' },
      }
      await using('session', config, async ({ run }) => {
        const { body, text } = await run({ as })
        assert.deepEqual(body.config, config.config)
        assert.equal(body.session.user.id, 7)
        assert.equal(body.session.user.email, 'ann@shop.example')
        assert.match(body.session.role.name, /^role /)
        assert.match(body.session.app.name, /^app /)
        assert.equal(body.session.lookup.region, 'north')
        assert.doesNotMatch(text, /hidden-value|key-/)
      })
      await using('session', { ...config, private_lookups: true }, async ({ run }) =>
        assert.equal((await run({ as })).body.session.lookup.api_secret, 'hidden-value'),
      )
    },
  },
]
