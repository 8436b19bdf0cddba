/** Checks on entity tags: what has one, what it tells, and that no update is lost where writes depend on it. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Answer, Ask } from '../harness.ts'
import { assertStored, at, given, type RecordsContext, recordsCheck, refused } from './context.ts'

const C = at('customers')
const ADA = at('customers', 1)
const STRONG = /^"[\w-]{22}"$/
/** Neither reads nor writes `notes`. */
const DISCREET: RoleSpec = { access: [{ component: '*', deny: ['notes'] }] }
/** Reads without `notes`, and writes everything. */
const BLIND: RoleSpec = {
  access: [
    { component: '*', verbs: ['GET'], deny: ['notes'] },
    { component: '*', verbs: ['PATCH', 'PUT', 'DELETE'] },
  ],
}
const WRITER: RoleSpec = { access: [{ component: '*', verbs: ['PATCH', 'DELETE'] }] }

const answered = async (context: RecordsContext, ask: Ask): Promise<Answer> => {
  const answer = await context.ask(ask)
  assert.equal(answer.status, 200, answer.text)
  return answer
}
const tagOf = async (context: RecordsContext, ask: Ask): Promise<string> => {
  const tag = (await answered(context, ask)).headers.get('etag')
  assert.ok(tag, `no ETag for ${ask.path}`)
  return tag
}
const matching = (tag: string, more: Partial<Ask> = {}): Ask => ({
  method: 'PATCH',
  path: ADA,
  body: { notes: 'mine' },
  headers: { 'if-match': tag },
  ...more,
})

/** How many write the same record at once, and how many of them try until they have succeeded, how often. */
const EDITORS = 100
const PATIENT = { editors: 5, edits: 4 } as const

/** Adds one to a record's credit: read, compute, write where nothing has changed meanwhile. */
const addOne = async (context: RecordsContext): Promise<void> => {
  for (;;) {
    const { body, headers } = await answered(context, { path: ADA })
    const answer = await context.ask(matching(headers.get('etag')!, { body: { credit: Number(body.credit) + 1 } }))
    if (answer.status === 200) return
    assert.equal(answer.status, 412, answer.text)
  }
}

export const conditionChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('a record has a strong entity tag, the same for the same content', async (context) => {
    const tag = await tagOf(context, { path: ADA })
    assert.match(tag, STRONG)
    const same: readonly Ask[] = [
      { path: ADA },
      { path: ADA, query: { fields: '*' } },
      { path: ADA, service: 'cached' },
      { path: ADA, service: 'cached' },
      { path: at('customers', 'ada@example.com'), query: { id_field: 'email', id_type: 'string' } },
    ]
    for (const ask of same) assert.equal(await tagOf(context, ask), tag)
    for (const ask of [{ path: ADA, query: { fields: 'name' } }, { path: at('customers', 2) }])
      assert.notEqual(await tagOf(context, ask), tag)
    // Another form of the same content: another tag, which still can be depended on.
    const xml = await tagOf(context, { path: ADA, headers: { accept: 'application/xml' } })
    assert.notEqual(xml, tag)
    if (!context.lacks.includes('transactions')) await given(context, matching(xml, { body: { name: 'Ada' } }))
    await given(context, { method: 'PATCH', path: ADA, body: { notes: 'other' } })
    assert.notEqual(await tagOf(context, { path: ADA }), tag)
  }),
  recordsCheck('an answer that the caller has is not sent again', async (context) => {
    const tag = await tagOf(context, { path: ADA })
    for (const known of [tag, `"x", W/${tag}`, '*']) {
      const answer = await context.ask({ path: ADA, headers: { 'if-none-match': known } })
      assert.deepEqual([answer.status, answer.text, answer.headers.get('etag')], [304, '', tag])
    }
    await answered(context, { path: ADA, headers: { 'if-none-match': '"x"' } })
    assert.equal((await answered(context, { path: C })).headers.get('etag'), null)
    const page = { path: C, query: { limit: 2 } }
    const listed = await tagOf(context, { ...page, headers: { 'if-none-match': '"x"' } })
    assert.equal((await context.ask({ ...page, headers: { 'if-none-match': listed } })).status, 304)
    await given(context, { method: 'PATCH', path: ADA, body: { notes: 'other' } })
    await answered(context, { ...page, headers: { 'if-none-match': listed } })
    await answered(context, { path: ADA, headers: { 'if-none-match': tag } })
  }),
  recordsCheck(
    'a write that depends on what a record is does nothing where it is something else',
    async (context) => {
      const tag = await tagOf(context, { path: ADA })
      for (const wrong of ['"x"', `W/${tag}`, await tagOf(context, { path: ADA, query: { fields: 'name' } })])
        for (const method of ['PATCH', 'PUT', 'DELETE'])
          await refused(context, matching(wrong, { method }), 412, /has changed/)
      await refused(context, matching('x'), 400, /in quotes/)
      await refused(context, matching(tag, { path: at('customers', 999) }), 404)
      await refused(context, { ...matching(tag), service: 'small', path: at('customers', 999) }, 412)
      await refused(context, { ...matching('*'), service: 'small', path: at('customers', 999) }, 412)
      await assertStored(context, 'customers')
      await given(context, matching(`"x", ${tag}`))
      await refused(context, matching(tag), 412)
      await given(context, matching('*', { body: { notes: 'last' } }))
      await assertStored(context, 'customers', { 1: { notes: 'last' } })
      // A tag belongs to its URL.
      const short = { path: at('customers', 10), query: { fields: 'id,name' } }
      await given(context, { ...short, method: 'DELETE', headers: { 'if-match': await tagOf(context, short) } })
      await assertStored(context, 'customers', { 1: { notes: 'last' }, 10: undefined })
    },
    'transactions',
  ),
  recordsCheck(
    'what a caller may not read has no influence on the tag',
    async (context) => {
      const seen = await tagOf(context, { path: ADA, as: DISCREET })
      const blind = await tagOf(context, { path: ADA, as: BLIND })
      await given(context, { method: 'PATCH', path: ADA, body: { notes: 'hidden' } })
      assert.equal(await tagOf(context, { path: ADA, as: DISCREET }), seen)
      await given(context, matching(seen, { as: DISCREET, body: { name: 'Ada' } }))
      await given(context, matching(blind, { as: BLIND, body: { notes: 'unseen' } }))
      await given(context, matching(blind, { as: BLIND, body: { name: 'Adele' } }))
      await refused(context, matching(blind, { as: BLIND }), 412)
      // Without the right to read there is nothing to depend on.
      await refused(context, matching(seen, { as: WRITER }), [401, 403])
      await assertStored(context, 'customers', { 1: { name: 'Adele', notes: 'unseen' } })
    },
    'transactions',
  ),
  recordsCheck(
    'a record that has to be new is created or left alone',
    async (context) => {
      const person = { name: 'Kim', email: 'kim@example.com' }
      const create = (id: number, more: Partial<Ask> = {}): Ask => ({
        method: 'PUT',
        path: at('customers', id),
        service: 'small',
        body: person,
        headers: { 'if-none-match': '*' },
        ...more,
      })
      await refused(context, create(1), 412, /is there already/)
      await refused(context, create(50, { service: 'db' }), 404)
      await refused(context, create(50, { headers: { 'if-none-match': '"x"' } }), 400)
      await assertStored(context, 'customers')
      const answers = await Promise.all([1, 2, 3, 4].map(() => context.ask(create(50))))
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412, 412, 412])
      const [row] = (await context.stored('customers')).filter(({ id }) => id === 50)
      assert.equal(row?.name, 'Kim')
    },
    'defaults',
  ),
  recordsCheck('conditions that a call does not keep refuse it', async (context) => {
    const steps = [{ method: 'PATCH', path: ADA, body: { notes: 'x' } }]
    const asks: readonly Ask[] = [
      { method: 'POST', path: C, body: [{ name: 'X', email: 'x@example.com' }] },
      { method: 'PATCH', path: C, query: { ids: '1' }, body: { notes: 'x' } },
      { method: 'DELETE', path: C, query: { ids: '1' } },
      { method: 'POST', path: '_batch', body: { steps } },
    ]
    for (const ask of asks) await refused(context, { ...ask, headers: { 'if-match': '*' } }, 501, /If-Match/)
    await assertStored(context, 'customers')
  }),
  recordsCheck(
    `${EDITORS} editors of one record lose no update`,
    async (context) => {
      await given(context, { method: 'PATCH', path: ADA, body: { credit: 0 } })
      const tag = await tagOf(context, { path: ADA })
      const edits = Array.from({ length: EDITORS }, (_, at) => matching(tag, { body: { credit: at + 1 } }))
      const answers = await Promise.all(edits.map((ask) => context.ask(ask)))
      const statuses = answers.map(({ status }) => status).toSorted()
      assert.deepEqual(statuses, [200, ...Array.from({ length: EDITORS - 1 }, () => 412)])
      const winner = answers.findIndex(({ status }) => status === 200)
      assert.equal(Number((await given(context, { path: ADA })).credit), winner + 1)

      const patient = async (): Promise<void> => {
        for (let edit = 0; edit < PATIENT.edits; edit++) await addOne(context)
      }
      await Promise.all(Array.from({ length: PATIENT.editors }, patient))
      const added = PATIENT.editors * PATIENT.edits
      assert.equal(Number((await given(context, { path: ADA })).credit), winner + 1 + added)
    },
    'transactions',
  ),
]
