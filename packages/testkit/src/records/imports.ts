/** Checks on bodies of any size: written while they arrive, held to what single records are held to. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import type { Ask } from '../harness.ts'
import { assertStored, at, given, type RecordsContext, recordsCheck, refused } from './context.ts'

const C = at('customers')
const NDJSON = { 'content-type': 'application/x-ndjson' }
const CSV = { 'content-type': 'text/csv' }

const lines = (records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('')
const sending = (body: string, more: Partial<Ask> = {}): Ask => ({
  method: 'POST',
  path: at('samples'),
  body,
  headers: NDJSON,
  ...more,
  query: { stream: true, ...more.query },
})
const count = (context: RecordsContext, table = 'samples') =>
  given(context, { path: at(table), query: { count_only: true } })

/** Records of a table of many types. */
const samples = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ id: from + at, big: at * 1_000_003, flag: at % 2 === 0 }))

export const importChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('a body of thousands of records is stored as records sent in pages are', async (context) => {
    const records = samples(1, 4_000)
    assert.deepEqual(await given(context, sending(lines(records))), { count: 4_000 })
    assert.equal(await count(context), 4_000)
    const streamed = await given(context, { path: at('samples'), query: { filter: 'id <= 100', order: 'id' } })
    await given(context, { method: 'DELETE', path: at('samples'), query: { force: true } })
    await given(context, { method: 'POST', path: at('samples'), body: records.slice(0, 100) })
    assert.deepEqual(await given(context, { path: at('samples'), query: { order: 'id' } }), streamed)
  }),
  recordsCheck('CSV is cast like JSON, and a body larger than the limit of others is taken', async (context) => {
    const text = Array.from({ length: 4_000 }, (_, at) => `${at + 1},yes,${at}.5,${'0'.repeat(300)}12\r\n`)
    const body = `id,flag,price,big\r\n${text.join('')}`
    assert.ok(body.length > 1_048_576, 'the body is not larger than the limit')
    assert.deepEqual(await given(context, sending(body, { headers: CSV })), { count: 4_000 })
    const row = await given(context, { path: at('samples', 4_000) })
    assert.deepEqual([row.flag, row.price, row.big], [true, 3999.5, 12])
  }),
  recordsCheck('an import stops at the first record that is wrong, and keeps those before it', async (context) => {
    const wrong: readonly [string, string, number][] = [
      ['a value', lines([...samples(1, 1_500), { id: 'x' }, ...samples(1_502, 1_600)]), 1_500],
      ['a key that is there', lines([...samples(1, 1_500), { id: 7 }, ...samples(1_502, 1_600)]), 1_500],
      ['no JSON', `${lines(samples(1, 1_500))}{"id":\n${lines(samples(1_502, 1_600))}`, 1_500],
      ['no record', `${lines(samples(1, 1_500))}5\n`, 1_500],
      ['the first', lines([{ id: 'x' }, ...samples(2, 10)]), 0],
    ]
    for (const [what, body, written] of wrong) {
      const error = await refused(context, sending(body), [400, 409], new RegExp(`at record ${written + 1}:`))
      assert.deepEqual([error.context.count, error.context.record], [written, written + 1], what)
      assert.equal(await count(context), written, what)
      await given(context, { method: 'DELETE', path: at('samples'), query: { force: true } })
    }
  }),
  recordsCheck(
    'with rollback, an import that fails leaves nothing',
    async (context) => {
      const records = samples(1, 2_500)
      for (const body of [lines([...records, { id: 7 }]), lines([...records, { id: 'x' }]), `${lines(records)}{`]) {
        const error = await refused(context, sending(body, { query: { rollback: true } }), [400, 409], /No record/)
        assert.equal(error.context.count, 0)
        assert.equal(await count(context), 0)
      }
      assert.deepEqual(await given(context, sending(lines(records), { query: { rollback: true } })), { count: 2_500 })
      assert.equal(await count(context), 2_500)
    },
    'transactions',
  ),
  recordsCheck("a role's filters and denied fields hold for each record of an import", async (context) => {
    const role: RoleSpec = {
      access: [
        {
          component: '*',
          filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] },
          deny: ['notes'],
        },
      ],
    }
    const person = (id: number, more: object = {}) => ({ id, name: `P${id}`, email: `p${id}@x.example`, ...more })
    const inside = [person(31, { active: true }), person(32, { active: true, notes: 'hacked' })]
    const bodies = [
      [...inside, person(33, { active: false })],
      [...inside.map((record) => ({ ...record, id: record.id + 10, email: `q${record.id}` })), person(53)],
    ]
    for (const [at, records] of bodies.entries()) {
      // What is left out is required where no default fills it in.
      const statuses = context.lacks.includes('defaults') ? [400, 403] : 403
      const error = await refused(context, sending(lines(records), { path: C, as: role }), statuses)
      assert.equal(error.context.count, 2, `body ${at}`)
    }
    const made = (id: number, email: string, name: string) => ({
      id,
      name,
      email,
      active: true,
      credit: null,
      born: null,
      created: null,
      notes: null,
    })
    await assertStored(context, 'customers', {
      31: made(31, 'p31@x.example', 'P31'),
      32: made(32, 'p32@x.example', 'P32'),
      41: made(41, 'q31', 'P31'),
      42: made(42, 'q32', 'P32'),
    })
    const reader: RoleSpec = { access: [{ component: '*', verbs: ['GET'] }] }
    await refused(context, sending(lines([person(60)]), { path: C, as: reader }), [401, 403])
    await refused(context, sending(lines([person(60)]), { path: C, as: null }), [400, 401])
  }),
  recordsCheck('records of different fields, and of none, are each stored as they are', async (context) => {
    const records = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? { id: at + 1 } : { id: at + 1, big: at }))
    assert.deepEqual(await given(context, sending(lines(records))), { count: 60 })
    const { resource } = await given(context, { path: at('samples'), query: { order: 'id', fields: 'id,big' } })
    assert.deepEqual(
      resource,
      records.map((record) => ({ big: null, ...record })).map(({ id, big }) => ({ id, big })),
    )
    assert.deepEqual(await given(context, sending(lines([{ kind: 'x' }]), { path: at('journal') })), { count: 1 })
  }),
  recordsCheck('what an import has no place for is refused before anything is written', async (context) => {
    const body = lines(samples(1, 3))
    for (const query of [{ continue: true }, { fields: 'id' }, { as_list: true }, { related: '*' }])
      await refused(context, sending(body, { query }), [400, 501])
    const json = { 'content-type': 'application/json' }
    await refused(context, sending('[{"id":1}]', { headers: json }), 400, /NDJSON/)
    await refused(context, sending(''), 400)
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      await refused(context, { ...sending(body), method, query: { stream: true, ids: '1' } }, 400)
    assert.equal(await count(context), 0)
  }),
]
