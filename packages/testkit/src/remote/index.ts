/** The suite for services that call an API over HTTP: what the source does wrong costs its callers nothing but an answer. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Check, Suite } from '../check.ts'
import { EVERYTHING } from '../governance.ts'
import { type Answer, requestOf } from '../harness.ts'
import { bind } from '../suite.ts'
import { listening, openRemote, type RemoteConformanceOptions, type RemoteContext } from './context.ts'

export { HOSTILE_ADDRESSES, HOSTILE_NAMES, type HostileAddress, type Where } from './addresses.ts'
export { openRemote, type RemoteConformanceOptions, type RemoteContext, type RemoteSubject } from './context.ts'

const check = (
  name: string,
  run: (context: RemoteContext) => Promise<void>,
  requires?: (context: RemoteContext) => string | undefined,
): Check<RemoteContext> => ({
  name,
  ...(requires && { requires }),
  async run(context) {
    context.calm()
    try {
      await run(context)
    } finally {
      context.calm()
    }
  },
})

/** In the wire contract's form, and without anything of the way to the source. */
const assertRefused = ({ port }: RemoteContext, { status, body, text }: Answer, statuses: readonly number[]): void => {
  assert.ok(statuses.includes(status), `${status} ${text.slice(0, 300)}`)
  assert.equal(typeof body?.error?.message, 'string', text.slice(0, 300))
  assert.ok(!text.includes(String(port)) && !/127\.0\.0\.1|ECONN|UND_ERR|node_modules/.test(text), `it tells: ${text}`)
}

/** Not by what a session is known: the call has to be let through. */
const CREDENTIALS = { cookie: 'session=of-the-caller-alone', 'proxy-authorization': 'Basic of-the-caller-alone' }

/** How long a source may go on with what nobody waits for, in milliseconds: generous, as machines may be slow. */
const PATIENCE = 8_000
/** Within this time a service that is impatient has to give up by itself, in milliseconds: the gateway does after 30 s. */
const OWN_PATIENCE = 10_000

export const remoteChecks: readonly Check<RemoteContext>[] = [
  check('a call asks the source once, and is answered', async (context) => {
    const answer = await context.ask()
    assert.ok(answer.status < 300, answer.text)
    assert.equal(context.seen.length, 1)
  }),
  check('neither the key of the gateway nor the credentials of a caller reach the source', async (context) => {
    const { headers } = context.subject.call
    const answer = await context.ask({ headers: { ...headers, ...CREDENTIALS } })
    assert.ok(answer.status < 300, answer.text)
    const key = context.gateway.governance.keyOf(EVERYTHING)
    assert.ok(context.seen.length > 0, 'the source was not asked')
    for (const { headers: sent, url } of context.seen) {
      const text = JSON.stringify([sent, url])
      assert.ok(!text.includes('of-the-caller-alone'), `credentials of the caller were sent on: ${text}`)
      assert.ok(!Object.values(sent).includes(key) && !url?.includes(key), 'the API key was sent on')
    }
  }),
  check('a source that is away is 503, in words that do not say where it is', async (context) => {
    assertRefused(context, await context.ask({ service: 'gone' }), [503])
  }),
  check(
    'a failure of the source is a failure in the form of the gateway, with a status of its own',
    async (context) => {
      for (const status of [500, 502, 503]) {
        context.behave((_request, response) =>
          response.writeHead(status, { 'content-type': 'text/plain' }).end('sorry'),
        )
        assertRefused(context, await context.ask(), [500, 502, 503, 504])
      }
    },
  ),
  check('an answer that breaks off is not taken for a whole one', async (context) => {
    context.behave((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"a":')
      setTimeout(() => response.destroy(), 20)
    })
    const whole = await context.ask().then(
      ({ status }) => status < 300,
      () => false,
    )
    assert.equal(whole, false, 'half an answer was answered as if it were one')
  }),
  check('what claims to be JSON and is not, is no failure of the gateway', async (context) => {
    context.behave((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('<html>maintenance</html>'),
    )
    const answer = await context.ask().catch(() => undefined)
    assert.notEqual(answer?.status, 500, answer?.text)
  }),
  check('a redirect to an address that the operator did not allow is not followed', async (context) => {
    let reached = 0
    const inner = await listening((_request, response) => {
      reached++
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"secret":"of the inner network"}')
    })
    try {
      // This machine by an address that is on no list.
      const location = `http://0.0.0.0:${inner.port}/`
      context.behave((_request, response) => response.writeHead(302, { location }).end())
      const { text } = await context.ask()
      assert.equal(reached, 0, 'it was followed')
      assert.ok(!text.includes('inner network'), text)
    } finally {
      await inner.close()
    }
  }),
  check('a client that leaves ends the call at the source, too', async (context) => {
    const { gateway, governance } = context.gateway
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    let closed: Promise<unknown> = Promise.resolve()
    context.behave((request) => {
      closed = once(request.socket, 'close')
      arrive()
    })
    // By a real connection: only the end of one tells that a client has left.
    const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 })
    const leaving = new AbortController()
    const asked = requestOf(context.subject.call, governance.keyOf(EVERYTHING))
    const { pathname, search } = new URL(asked.url)
    const answered = fetch(`${url}${pathname}${search}`, {
      method: asked.method,
      headers: asked.headers,
      ...(asked.body && { body: await asked.arrayBuffer() }),
      signal: leaving.signal,
    }).catch(() => undefined)
    await arrived
    leaving.abort()
    const late = new Promise<string>((resolve) => setTimeout(() => resolve('late'), PATIENCE).unref())
    assert.notEqual(await Promise.race([closed.then(() => 'closed'), late]), 'late', 'the source was left waiting')
    await answered
  }),
  check(
    'a source that is silent is given up',
    async (context) => {
      context.behave(() => {})
      const waiting = context.ask({ service: 'impatient' })
      const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), OWN_PATIENCE).unref())
      const answer = await Promise.race([waiting, late])
      assert.ok(answer, 'the service did not give up')
      assertRefused(context, answer, [503, 504])
    },
    ({ subject }) => (subject.impatient ? undefined : 'the suite was given no configuration that is impatient'),
  ),
]

/** What defines a working service over HTTP, against a source that the suite plays. */
export const remoteSuite = (options: RemoteConformanceOptions): Suite<RemoteContext> => ({
  family: 'remote',
  title: `${options.type.name} calls a service over HTTP`,
  checks: remoteChecks,
  open: () => openRemote(options),
  close: (context) => context.close(),
})

/** Declares it with vitest. */
export const remoteConformance = (options: RemoteConformanceOptions): void => bind(remoteSuite(options))
