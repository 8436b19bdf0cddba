/** Checks on lists that are read while they are sent. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Check } from '../check.ts'
import { EVERYTHING, type RoleSpec } from '../governance.ts'
import { requestOf } from '../harness.ts'
import { at, given, type RecordsContext, recordsCheck, refused } from './context.ts'
import { STANDARD } from './standard.ts'

const C = at('customers')
/** How many readers leave. */
const LEAVING = 200
const RESTRICTED: RoleSpec = {
  access: [
    {
      component: '*',
      filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] },
      deny: ['notes'],
    },
  ],
}

/** The same list as a page and as a stream, in every format: the same bytes. */
const compare = async (
  context: RecordsContext,
  path: string,
  query: Readonly<Record<string, unknown>>,
  as?: RoleSpec,
) => {
  for (const accept of ['application/json', 'application/x-ndjson', 'text/csv', 'application/xml']) {
    const headers = { accept }
    const page = await context.ask({ path, query, headers, as })
    const stream = await context.ask({ path, query: { ...query, stream: true }, headers, as })
    assert.equal(stream.status, 200, stream.text)
    assert.equal(stream.text, page.text, `${path} ${JSON.stringify(query)} as ${accept}`)
    assert.equal(stream.headers.get('content-type'), page.headers.get('content-type'))
  }
}

/** Times that a stream is asked for where the service has no place for it. */
const ATTEMPTS = 600

/** The whole list, as soon as there is a place for one more stream: until then, the answer says when to come back. */
const served = async (context: RecordsContext, path: string) => {
  for (let attempt = 1; ; attempt++) {
    const answer = await context.ask({ path, query: { stream: true, order: 'id' } })
    if (answer.status !== 503 || attempt === ATTEMPTS) return answer
    assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/, answer.text)
    await pause(50)
  }
}

const streaming = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> => {
  const check = recordsCheck(name, run)
  return {
    ...check,
    about: ['records', 'records.streaming'],
    requires: (context) => (context.lacks.includes('streaming') ? 'the source declares no streaming' : undefined),
  }
}

export const streamChecks: readonly Check<RecordsContext>[] = [
  streaming('a stream is the same list as a page, byte for byte and in every format', async (context) => {
    for (const { name, primaryKey } of STANDARD)
      if (primaryKey.length > 0) await compare(context, at(name), { order: primaryKey.join() })
    for (const query of [
      { filter: 'active = true', order: 'name desc' },
      { fields: 'name,id', order: 'id', limit: 4, offset: 2 },
      { as_list: true, order: 'id' },
      { filter: 'id < 0' },
    ])
      await compare(context, C, query)
  }),
  streaming('a stream is not bound by the size of a page, and holds what a limit says', async (context) => {
    const ids = async (query: Readonly<Record<string, unknown>>) => {
      const body = await given(context, {
        service: 'small',
        path: C,
        query: { stream: true, order: 'id', fields: 'id', ...query },
      })
      assert.deepEqual(Object.keys(body), ['resource'])
      return body.resource.map((row: any) => row.id)
    }
    assert.deepEqual(await ids({}), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert.deepEqual(await ids({ limit: 7 }), [1, 2, 3, 4, 5, 6, 7])
    assert.deepEqual(await ids({ limit: 0, offset: 8 }), [9, 10])
  }),
  streaming("a role's filters and denied fields hold in a stream", async (context) => {
    await compare(context, C, { order: 'id' }, RESTRICTED)
    await compare(context, C, { order: 'id', filter: 'id > 0 or active = false' }, RESTRICTED)
    await refused(context, { path: C, query: { stream: true, fields: 'notes' }, as: RESTRICTED }, [400, 403])
    await refused(context, { path: C, query: { stream: true, order: 'notes' }, as: RESTRICTED }, [400, 403])
  }),
  streaming('what a stream has no place for is refused', async (context) => {
    for (const query of [
      { related: '*' },
      { group: 'active' },
      { ids: '1' },
      { cursor: '' },
      { include_count: true },
      { count_only: true },
      { include_schema: true },
    ])
      await refused(context, { path: C, query: { stream: true, ...query } }, 400, /stream/)
    await refused(context, { path: C, query: { stream: true, filter: 'nope = 1' } }, 400)
  }),
  streaming('clients that leave, of long lists too, take no connection with them', async (context) => {
    const { gateway, governance } = context.gateway
    const path = at('samples')
    for (let part = 0; part < 5; part++) {
      const resource = Array.from({ length: 1_000 }, (_, row) => ({ id: part * 1_000 + row + 1, big: row }))
      await given(context, { method: 'POST', path, body: { resource } })
    }
    for (let round = 0; round < LEAVING; round++) {
      const leaving = new AbortController()
      const asking = requestOf({ path, query: { stream: true } }, governance.keyOf(EVERYTHING))
      const { body } = await gateway.fetch(new Request(asking, { signal: leaving.signal }))
      const reader = body!.getReader()
      if (round % 2 === 0) await reader.read()
      await reader.cancel()
      leaving.abort()
    }
    // More at once than a pool has connections, and a write, which no reader that has left may hold up.
    const answers = await Promise.all(Array.from({ length: 20 }, () => served(context, path)))
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.resource?.length]),
      answers.map(() => [200, 5_000]),
    )
    await given(context, { method: 'DELETE', path, query: { force: true } })
  }),
  streaming('others are served, and may write, while a stream waits for its reader', async (context) => {
    const { gateway, governance } = context.gateway
    const path = at('samples')
    const resource = Array.from({ length: 3_000 }, (_, row) => ({ id: row + 1, big: row }))
    await given(context, { method: 'POST', path, body: { resource } })
    const { body } = await gateway.fetch(requestOf({ path, query: { stream: true } }, governance.keyOf(EVERYTHING)))
    const reader = body!.getReader()
    await reader.read()
    await given(context, { path: C })
    await given(context, { method: 'POST', path, body: [{ id: 9_999_999 }] })
    let bytes = 0
    for (let next = await reader.read(); !next.done; next = await reader.read()) bytes += next.value.length
    assert.ok(bytes > 50_000, `${bytes} bytes`)
    assert.equal(await given(context, { path, query: { count_only: true } }), 3_001)
  }),
]
