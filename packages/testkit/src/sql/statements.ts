/** Checks on what is sent to the database: never a client's text, and the same statement for the same shape. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { assertSilent, assertStored, at } from '../records/context.ts'
import { standardTables } from '../records/standard.ts'
import { type SqlContext, sqlCheck } from './context.ts'
import { MARK } from './hostile/text.ts'

/** Recognisable in a statement whatever surrounds them, and harmful if they ever ran. */
const PAYLOADS = [
  `${MARK}'; drop table "orders"; --`,
  `${MARK}"; drop table "orders"; --`,
  `${MARK}\`; drop table orders; #`,
  `${MARK}') or ('1'='1`,
  `${MARK}\\'; delete from orders; --`,
  `${MARK}/**/union/**/select/**/*/**/from/**/orders`,
  `${MARK}$1`,
  `${MARK}?`,
  `${MARK}:x`,
  `${MARK}%00' or 1=1`,
]

/** Every position in which a client's text can stand. `data`: it is a value, and may rightly be stored or compared. */
const positions = (text: string): readonly (Ask & { readonly data?: true })[] => {
  const C = at('customers')
  const quoted = `'${text.replaceAll("'", "''")}'`
  return [
    { path: `_table/${encodeURIComponent(text)}` },
    { path: at('customers', text) },
    { path: C, query: { fields: text } },
    { path: C, query: { fields: `id,${text}` } },
    { path: C, query: { order: text } },
    // An unknown direction is ascending (the wire contract §2.5).
    { path: C, query: { order: `id ${text}` }, data: true },
    { path: C, query: { order: `id asc nulls ${text}` } },
    { path: C, query: { group: text } },
    { path: C, query: { filter: text } },
    { path: C, query: { filter: `${text} = 1` } },
    { path: C, query: { filter: `id ${text} 1` } },
    { path: C, query: { filter: `id = (${text})` } },
    { path: C, query: { filter: `name = ${quoted}` }, data: true },
    { path: C, query: { filter: `name LIKE ${quoted}` }, data: true },
    { path: C, query: { filter: `name IN (${quoted})` }, data: true },
    { path: C, query: { ids: text } },
    { path: C, query: { ids: text, id_field: 'name', id_type: 'string' }, data: true },
    { path: C, query: { ids: '1', id_field: text } },
    { path: C, query: { ids: '1', id_type: text } },
    { path: C, query: { limit: text, offset: text }, data: true },
    { method: 'POST', path: C, body: [{ name: text, email: text }], data: true },
    { method: 'POST', path: C, body: [{ name: 'K', email: `${text}@`, [text]: 1 }], data: true },
    { method: 'POST', path: C, body: [{ name: { expression: text }, email: 'e' }], data: true },
    { method: 'PATCH', path: at('customers', 1), body: { [text]: 'x', notes: text }, data: true },
    { method: 'PATCH', path: C, query: { filter: `name = ${quoted}` }, body: [{ notes: text }], data: true },
    { method: 'DELETE', path: C, query: { filter: `name = ${quoted}` }, data: true },
    { method: 'DELETE', path: C, body: [{ id: text }] },
  ]
}

/** How often a call is repeated. */
const CALLS = 5

/** Runs a call again and again with other values. */
const repeat = async ({ records, spy }: SqlContext, make: (n: number) => Ask): Promise<void> => {
  await records.ask(make(0))
  spy.forget()
  for (let n = 1; n <= CALLS; n++) {
    const ask = make(n)
    const answer = await records.ask(ask)
    assert.equal(answer.status, 200, answer.text)
  }
}

/** Each call sends the same statements: one, or also those that read back what a database does not return. */
const assertReused = ({ spy }: SqlContext, what: string): void => {
  const texts = new Set(spy.statements.map(({ sql }) => sql))
  const names = new Set(spy.statements.map(({ name }) => name))
  assert.ok(spy.statements.length >= CALLS, `${what}: no statement was seen`)
  const most = spy.statements.length / CALLS
  assert.ok(texts.size <= most, `${what}: other values made other statements:\n${[...texts].join('\n')}`)
  assert.equal(names.size, texts.size, `${what}: one statement under several names`)
  assert.ok(!names.has(undefined), `${what}: a statement that runs again has no name`)
}

export const statementChecks: readonly Check<SqlContext>[] = [
  sqlCheck('the catalogue is the standard schema', async ({ records }) => {
    const document = (await records.gateway.gateway.document({ service: 'db' })) as { paths: object }
    assert.ok(Object.keys(document.paths).length > 0)
    for (const table of standardTables()) {
      const { status, body, text } = await records.ask({ path: `_schema/${encodeURIComponent(table.name)}` })
      assert.equal(status, 200, text)
      assert.deepEqual([body.name, body.is_view, body.primary_key], [table.name, table.view, table.primaryKey])
      const found = body.field.map((field: any) => ({
        name: field.name,
        allow_null: table.view || field.allow_null,
        key: field.is_primary_key,
        auto: field.auto_increment,
        ref: field.ref_table && [field.ref_table, field.ref_field],
      }))
      const expected = table.fields.map((field) => ({
        name: field.name,
        allow_null: table.view || field.nullable,
        key: field.primaryKey,
        auto: field.autoIncrement,
        ref: field.reference ? [field.reference.table, field.reference.field] : null,
      }))
      assert.deepEqual(found, expected, table.name)
    }
  }),
  sqlCheck("no client's text reaches the database as SQL, wherever it stands", async ({ records, spy }) => {
    for (const payload of PAYLOADS)
      for (const { data, ...ask } of positions(payload)) {
        const told = `${ask.method ?? 'GET'} ${ask.path} ${JSON.stringify(ask.query ?? {})} ${JSON.stringify(ask.body) ?? ''}`
        const { status, text } = await records.ask(ask)
        assert.ok(status < 500 || status === 501, `${told} → ${status} ${text}`)
        if (!data) assert.ok(status >= 400, `${told} → ${status} ${text.slice(0, 200)}`)
        // What was asked for may be named; nothing else may be.
        if (status >= 400) assertSilent(text.replaceAll(JSON.stringify(payload).slice(1, -1), ''))
      }
    const spoken = spy.statements.filter(({ sql }) => sql.toLowerCase().includes(MARK))
    assert.deepEqual(spoken, [], 'statements that hold what a client sent')
    await assertStored(records, 'orders')
  }),
  sqlCheck('text that was stored comes back byte for byte', async ({ records }) => {
    for (const payload of PAYLOADS) {
      const write = await records.ask({ method: 'PATCH', path: at('customers', 2), body: { notes: payload } })
      assert.equal(write.status, 200, write.text)
      const filter = 'notes = :notes'
      const read = { method: 'POST', headers: { 'x-http-method': 'GET' }, path: at('customers') }
      const { body } = await records.ask({ ...read, body: { filter, params: { ':notes': payload } } })
      assert.deepEqual(
        body.resource?.map((row: any) => [row.id, row.notes]),
        [[2, payload]],
      )
    }
  }),
  sqlCheck('calls of one shape reuse one named statement, whatever their values', async (context) => {
    await repeat(context, (n) => ({ path: at('customers', n + 1) }))
    assertReused(context, 'a record by id')
    await repeat(context, (n) => ({
      path: at('customers'),
      query: { filter: `(id > ${n}) AND (active = true)`, limit: n + 1, offset: n },
    }))
    assertReused(context, 'a list with a filter')
    await repeat(context, (n) => ({ path: at('customers'), query: { filter: `name = 'x${n}'`, count_only: true } }))
    assertReused(context, 'a count')
    await repeat(context, (n) => ({ method: 'POST', path: at('journal'), body: [{ kind: `k${n}`, amount: n }] }))
    assertReused(context, 'an insert')
    await repeat(context, (n) => ({ method: 'PATCH', path: at('customers', n + 1), body: { notes: `n${n}` } }))
    assertReused(context, 'an update')
  }),
  sqlCheck(
    'no update or delete is sent without a predicate, unless everything is asked for by name',
    async ({ records, spy }) => {
      await records.ask({ method: 'PATCH', path: at('customers'), query: { filter: 'id > 0' }, body: [{ notes: 'x' }] })
      await records.ask({ method: 'PATCH', path: at('customers', 1), body: { notes: 'y' } })
      await records.ask({ method: 'DELETE', path: at('journal'), query: { filter: 'amount > 0' } })
      await records.ask({ method: 'DELETE', path: at('order_lines'), body: [{ order_id: 1, line: 1 }] })
      const changing = spy.statements.filter(({ sql }) => /^\s*(update|delete)\b/i.test(sql))
      assert.ok(changing.length >= 4, 'no statements were seen')
      for (const { sql } of changing) assert.match(sql, /\bwhere\b/i)
    },
  ),
]
