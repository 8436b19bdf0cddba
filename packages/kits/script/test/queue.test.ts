import { GwError, type ScriptEvent, type ScriptRun, type State } from '@gw/core'
import { memoryState, recordedLog } from '@gw/testkit'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { KeptRun } from '../src/queue/kept.ts'
import { createQueue, type QueueOptions } from '../src/queue/queue.ts'

/** ms between two looks; a process that is silent for three of them counts as gone. */
const BEAT = 100

/** The runs that are kept, as documents. */
const keptRunsIn = async (state: State): Promise<readonly KeptRun[]> => {
  const keys = (await state.list('queued/')).filter((key) => key.split('/')[2] === 'run')
  const entries = await Promise.all(keys.map((key) => state.get<KeptRun>(key)))
  return entries.flatMap((entry) => (entry ? [entry.value] : []))
}

const eventOf = (resource: string): ScriptEvent => ({
  request: {
    api_version: '2.0',
    method: 'POST',
    parameters: { a: '1', api_key: 'key-in-the-query' },
    headers: {
      'x-dreamfactory-api-key': 'key-in-a-header',
      authorization: 'Bearer x-token',
      cookie: 'x',
      'x-own': '1',
    },
    payload: { order: 5, session_token: 'token-in-the-body' },
    content: '{"order":5,"session_token":"token-in-the-body"}',
    content_type: 'application/json',
    uri: '/api/v2/script/?a=1&api_key=key-in-the-query',
    service: 'script',
  },
  response: { status_code: null, headers: {}, content: null, content_type: null },
  resource,
})

const caller = (name: string) => ({
  app: { id: name, name },
  requestor: 'script' as const,
  admin: false,
  lookup: () => undefined,
})
const sessionOf = (app: string): ScriptRun['session'] => ({
  user: null,
  role: null,
  app: { id: app, name: app },
  is_sys_admin: false,
  lookup: {},
})

interface Process {
  readonly queue: ReturnType<typeof createQueue>
  readonly log: ReturnType<typeof recordedLog>
  /** What it ran, in order: `resource by app`. */
  readonly ran: string[]
  add(resource: string, app?: string | null): Promise<string>
  /** From now on it reaches the state no more, as if it had ended without a word. */
  die(): void
}

/** One process with a queue for the script. */
const processOn = (
  state: State,
  { run, known = ['site'], most = 1 }: { run?: QueueOptions['run']; known?: string[]; most?: number } = {},
): Process => {
  const log = recordedLog()
  const ran: string[] = []
  let dead = false
  const living =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (dead) throw new Error('the process has ended')
      return work(...args)
    }
  const queue = createQueue({
    name: 'script',
    most,
    beat: BEAT,
    host: {
      log,
      state: {
        get: living(state.get),
        put: living(state.put),
        delete: living(state.delete),
        list: living(state.list),
      } as State,
      async onBehalfOf({ app }) {
        if (!known.includes(String(app))) throw new GwError('forbidden', 'Whoever this is done for may no longer call.')
        return { caller: caller(String(app)), fetch: async () => new Response() }
      },
    },
    session: ({ app }) => sessionOf(app!.name),
    async run(given) {
      ran.push(`${given.event.resource} by ${given.session.app?.name}`)
      return run?.(given)
    },
  })
  onTestFinished(() => queue.close(0))
  return {
    queue,
    log,
    ran,
    add: (resource, app = 'site') =>
      queue.add({
        event: eventOf(resource),
        session: sessionOf(app ?? 'nobody'),
        fetch: async () => new Response(),
        log,
        standing: app === null ? undefined : { app },
      }),
    die() {
      dead = true
    },
  }
}

const messages = ({ log }: Process) => log.lines.map(({ message }) => message)
const forEver = ({ signal }: ScriptRun) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 20 })

describe('a queued run', () => {
  test('is kept until it is done, without the credentials of its caller, and is told of in the log', async () => {
    const state = memoryState()
    let end = () => {}
    const one = processOn(state, { run: () => new Promise<void>((resolve) => (end = resolve)) })
    const id = await one.add('orders/5')
    const [kept] = await keptRunsIn(state)
    expect(kept).toMatchObject({ id, script: 'script', tries: 1, standing: { app: 'site' } })
    expect(kept!.event.request).toMatchObject({
      parameters: { a: '1' },
      headers: { 'x-own': '1' },
      payload: { order: 5 },
      content: '{"order":5}',
      uri: '/api/v2/script/?a=1',
    })
    expect(JSON.stringify(kept)).not.toMatch(/key-in|x-token|token-in/)
    await eventually(() => expect(one.ran).toEqual(['orders/5 by site']))
    end()
    await eventually(async () => expect(await keptRunsIn(state)).toEqual([]))
    expect(messages(one)).toEqual(['a run of a script is queued', 'a queued run of a script is done'])
    expect(one.log.lines.every(({ fields }) => (fields as { run: string }).run === id)).toBe(true)
  })

  test('that fails is not done again, and the failure is logged', async () => {
    const state = memoryState()
    const one = processOn(state, { run: async () => Promise.reject(new GwError('internal', 'The script failed.')) })
    await one.add('a')
    await eventually(() => expect(messages(one)).toContain('a queued run of a script failed'))
    await eventually(async () => expect(await keptRunsIn(state)).toEqual([]))
    const two = processOn(state)
    two.queue.resume()
    await new Promise((resolve) => setTimeout(resolve, 5 * BEAT))
    expect(two.ran).toEqual([])
  })

  test('that waits, or is under way, when its process stops is done by the next, oldest first', async () => {
    const state = memoryState()
    const one = processOn(state, { run: forEver })
    for (const resource of ['first', 'second', 'third']) await one.add(resource)
    await one.queue.close(0)
    expect(messages(one)).toContain('queued runs of a script wait for the next start')
    expect(one.ran).toEqual(['first by site'])
    const two = processOn(state)
    two.queue.resume()
    await eventually(() => expect(two.ran).toEqual(['first by site', 'second by site', 'third by site']))
    await eventually(async () => expect(await keptRunsIn(state)).toEqual([]))
    expect(messages(two).filter((message) => message.includes('taken up again'))).toHaveLength(3)
  })

  test('of a process that ended without a word is taken up by another, and one of a living process is left to it', async () => {
    const state = memoryState()
    const [one, living] = [processOn(state, { run: forEver }), processOn(state, { run: forEver, most: 2 })]
    const two = processOn(state)
    await one.add('of the dead')
    await living.add('of the living')
    two.queue.resume()
    await new Promise((resolve) => setTimeout(resolve, 8 * BEAT))
    expect(two.ran).toEqual([])
    one.die()
    // Whoever of them looks first.
    await eventually(() =>
      expect([...living.ran, ...two.ran].toSorted()).toEqual(['of the dead by site', 'of the living by site']),
    )
    expect((await keptRunsIn(state)).map(({ event }) => event.resource)).toContain('of the living')
  })

  test('is done once where several processes look for what was left', async () => {
    const state = memoryState()
    const one = processOn(state, { run: forEver })
    for (let index = 0; index < 20; index++) await one.add(String(index))
    await one.queue.close(0)
    const others = [processOn(state), processOn(state), processOn(state)]
    for (const { queue } of others) queue.resume()
    await eventually(async () => expect(await keptRunsIn(state)).toEqual([]))
    expect(others.flatMap(({ ran }) => ran)).toHaveLength(20)
  })

  test('of a caller who may no longer call is not done', async () => {
    const state = memoryState()
    const one = processOn(state, { run: forEver })
    await one.add('a')
    await one.queue.close(0)
    const two = processOn(state, { known: [] })
    two.queue.resume()
    await eventually(async () => expect(await keptRunsIn(state)).toEqual([]))
    expect(two.ran).toEqual([])
    expect(messages(two)).toContain('a queued run of a script failed')
  })

  test('with which three processes fell is given up', async () => {
    const state = memoryState()
    for (let process = 0; process < 3; process++) {
      const one = processOn(state, { run: forEver })
      if (process === 0) await one.add('a')
      one.queue.resume()
      await eventually(() => expect(one.ran).toEqual(['a by site']))
      one.die()
    }
    const last = processOn(state)
    last.queue.resume()
    await eventually(async () => expect(await keptRunsIn(state)).toEqual([]))
    expect(last.ran).toEqual([])
    expect(messages(last).join()).toContain('given up')
  })

  test('is done however often its process is stopped as it should be', async () => {
    const state = memoryState()
    for (let process = 0; process < 6; process++) {
      const one = processOn(state, { run: forEver })
      if (process === 0) for (const resource of ['a', 'b']) await one.add(resource)
      one.queue.resume()
      await eventually(() => expect(one.ran).toEqual(['a by site']))
      await one.queue.close(0)
    }
    const last = processOn(state)
    last.queue.resume()
    await eventually(() => expect(last.ran).toEqual(['a by site', 'b by site']))
  })

  test('of a caller without a name is held in memory, and its loss is told', async () => {
    const state = memoryState()
    const one = processOn(state, { run: forEver })
    await one.add('a', null)
    await one.add('b', null)
    expect(await state.list()).toEqual([])
    await one.queue.close(0)
    expect(messages(one)).toContain('queued runs of a script are lost, since it was stopped')
  })

  test('is refused where it is too long to be kept, and where 1,000 wait', async () => {
    const one = processOn(memoryState(), { run: forEver })
    await expect(one.add('x'.repeat(3_000_000))).rejects.toMatchObject({ code: 'too_large' })
    // The first is under way and waits no more.
    await one.add('first')
    await eventually(() => expect(one.ran).toHaveLength(1))
    const outcomes = await Promise.allSettled(Array.from({ length: 1_010 }, (_, index) => one.add(String(index))))
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(9)
    expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'unavailable' })
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(900)
  })
})
