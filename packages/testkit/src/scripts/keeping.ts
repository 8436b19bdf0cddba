/** Where scripts are kept, when they run, and what is kept of their answers. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Check } from '../check.ts'
import type { ScriptsContext } from './context.ts'

/** Waits for something that comes by itself. */
const eventually = async (holds: () => boolean): Promise<void> => {
  for (let times = 0; times < 200 && !holds(); times++) await sleep(50)
  assert.ok(holds(), 'it has not come')
}

export const keepingChecks: readonly Check<ScriptsContext>[] = [
  {
    name: 'a worker stays warm: the next run is in the same process',
    run: ({ using }) =>
      using('counts', { max_concurrency: 1 }, async ({ run }) => {
        assert.deepEqual((await run()).body, { count: 1 })
        assert.deepEqual((await run()).body, { count: 2 })
      }),
  },
  {
    name: 'calls at the same time have a process each, as many as there may be; the others wait',
    run: ({ using }) =>
      using('counts', { max_concurrency: 2 }, async ({ run }) => {
        const answers = await Promise.all([1, 2, 3, 4].map(() => run({ query: { sleep: 0.3 } })))
        const counts = answers.map(({ body, text }) => {
          assert.ok(body.count, text)
          return body.count
        })
        assert.equal(counts.filter((count) => count === 1).length, 2, JSON.stringify(counts))
      }),
  },
  {
    name: 'a queued run is answered 202 at once and runs afterwards, also what it calls',
    run: ({ using }) =>
      using('get', { queued: true }, async ({ run, seen }) => {
        const { status, body } = await run({ query: { path: 'echo/later' } })
        assert.equal(status, 202)
        assert.equal(body.success, true)
        assert.match(body.id, /^[0-9a-f-]{36}$/)
        await eventually(() => seen.length === 1)
        assert.equal(seen[0]!.call.path, 'later')
        assert.equal(seen[0]!.call.caller.requestor, 'script')
      }),
  },
  {
    name: 'a queued run that fails is logged',
    run: ({ using }) =>
      using('bug', { queued: true }, async ({ run, log }) => {
        assert.equal((await run()).status, 202)
        await eventually(() => log.lines.some(({ message }) => message === 'a queued run of a script failed'))
      }),
  },
  {
    name: 'a script is read from a file service, and from a repository, as the operator',
    async run({ using }) {
      const role = { access: [{ service: 'script' }, { service: 'script', component: '' }] }
      await using(
        'returns',
        { content: '', storage_service_id: 'echo', storage_path: 'scripts/returns' },
        async ({ run, seen }) => {
          const { status, body, text } = await run({ as: role })
          assert.equal(status, 200, text)
          assert.equal(body.n, 1)
          assert.equal(seen[0]!.call.path, 'scripts/returns')
        },
      )
      const repository = { scm_repository: 'shop', scm_reference: 'v1' }
      await using(
        'returns',
        { content: '', storage_service_id: 'echo', storage_path: 'src/returns', ...repository },
        async ({ run, seen }) => {
          assert.equal((await run({ as: role })).body.n, 1)
          assert.equal(seen[0]!.call.path, '_repo/shop/src/returns')
          assert.match(seen[0]!.call.request.url, /\?content=true&branch=v1$/)
        },
      )
    },
  },
  {
    name: 'a script that is not where it should be is a readable 503',
    run: ({ using }) =>
      using('returns', { content: '', storage_service_id: 'nowhere', storage_path: 'x' }, async ({ run }) => {
        const { status, body } = await run()
        assert.equal(status, 503)
        assert.match(body.error.message, /can not be read from where it is kept: There is no service 'nowhere'/)
      }),
  },
  {
    name: 'answers to GET are kept for each caller and each query, where that is asked for',
    run: ({ using }) =>
      using('counts', { cache_enabled: true, cache_ttl: 60, max_concurrency: 1 }, async ({ run }) => {
        assert.equal((await run()).body.count, 1)
        assert.equal((await run()).body.count, 1)
        assert.equal((await run({ query: { other: 1 } })).body.count, 2)
        assert.equal((await run({ as: { access: [{ component: '*' }, { component: '' }] } })).body.count, 3)
        assert.equal((await run({ method: 'POST', body: {} })).body.count, 4)
      }),
  },
  {
    name: 'the list of what can be granted is the script’s own only where it says so',
    async run({ using }) {
      await using('event', {}, async ({ run }) => {
        const { body } = await run({ query: { as_access_list: true } })
        assert.deepEqual(body, { resource: ['', '*'] })
      })
      await using('list', { implements_access_list: true }, async ({ run }) =>
        assert.deepEqual((await run({ query: { as_access_list: true } })).body, [1, 2, 3]),
      )
    },
  },
]
