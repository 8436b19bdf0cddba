/**
 * Checks on related records that are read in the statement of those they belong to: the same bytes as by statements
 * of their own, under the same rights. `GW_EMBED_CALLS` sets how many calls are compared (150 without it).
 */
import assert from 'node:assert/strict'
import { defineSqlServiceType } from '@gw/sql'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { RoleSpec } from '../governance.ts'
import { type Ask, openGateway, type TestGateway } from '../harness.ts'
import { assertSilent, at } from '../records/context.ts'
import { type SqlContext, sqlCheck } from './context.ts'
import { hostile, MARK, SEED } from './hostile/text.ts'
import { type SpiedDialect, spyOn } from './spy.ts'

const CALLS = Number(process.env.GW_EMBED_CALLS ?? 150)

interface Embedding {
  readonly gateway: TestGateway
  readonly spy: SpiedDialect
}

/** The same database three times: `db` as it is, `seen` with its statements written down, `apart` without embedding. */
const opened = async ({ options: { dialect, root }, records }: SqlContext): Promise<Embedding> => {
  const { config } = records.subject
  const spy = spyOn({ ...dialect, name: `${dialect.name}_seen`, aliases: [] })
  const apart = {
    ...dialect,
    name: `${dialect.name}_apart`,
    aliases: [],
    syntax: { ...dialect.syntax, embed: undefined },
  }
  const gateway = await openGateway({
    services: {
      db: { type: defineSqlServiceType(dialect), config },
      seen: { type: defineSqlServiceType(spy.dialect), config },
      apart: { type: defineSqlServiceType(apart), config },
    },
    root,
  })
  return { gateway, spy }
}

const embeddingCheck = (name: string, run: (embedding: Embedding, context: SqlContext) => Promise<void>) =>
  sqlCheck(
    name,
    async (context) => {
      const embedding = await opened(context)
      try {
        for (const service of ['db', 'seen', 'apart']) await relate(embedding, service)
        embedding.spy.forget()
        await run(embedding, context)
      } finally {
        await embedding.gateway.close()
      }
    },
    ({ options: { dialect } }) => (dialect.syntax.embed ? undefined : 'the dialect embeds nothing'),
  )

// biome-ignore format: reads as a table
const VIRTUAL: Readonly<Record<string, readonly object[]>> = {
  customers: [
    { type: 'many_many', field: 'id', ref_table: 'customers', ref_field: 'id', junction_table: 'orders', junction_field: 'customer_id', junction_ref_field: 'id', alias: 'others' },
    { type: 'belongs_to', field: 'email', ref_table: 'customers', ref_field: 'email', alias: 'namesakes' },
    { type: 'has_many', field: 'id', ref_table: 'journal', ref_field: 'amount', alias: 'entries' },
  ],
  'Odd Names': [{ type: 'belongs_to', field: 'order', ref_table: 'customers', ref_field: 'id', alias: 'ordered' }],
  journal: [{ type: 'belongs_to', field: 'amount', ref_table: 'customers', ref_field: 'id', alias: 'whose' }],
}
const relate = async ({ gateway }: Embedding, service: string): Promise<void> => {
  for (const [table, relations] of Object.entries(VIRTUAL)) {
    const resource = relations.map((relation) => ({ ...relation, is_virtual: true }))
    const path = `_schema/${encodeURIComponent(table)}/_related`
    const { status, text } = await gateway.ask({ service, method: 'POST', path, body: { resource } })
    assert.ok(status < 300, text)
  }
}

/** What can be read with a table, and what it has to be ordered by to be in one order only. */
// biome-ignore format: reads as a table
const TABLES: Readonly<Record<string, { fields: readonly string[]; key: string; filters: readonly string[]; relations: Readonly<Record<string, string>> }>> = {
  customers: { fields: ['id', 'name', 'active', 'born', 'created', 'credit'], key: 'id', filters: ['id > 1', "(name LIKE '%a') OR (credit > 5)"],
    relations: { orders_by_customer_id: 'orders', others: 'customers', namesakes: 'customers', entries: 'journal' } },
  orders: { fields: ['status', 'id', 'customer_id'], key: 'id', filters: ["status = 'paid'", '(id < 3) OR (id IN (4, 6))'],
    relations: { customers_by_customer_id: 'customers', order_lines_by_order_id: 'order_lines' } },
  order_lines: { fields: ['product', 'quantity', 'line'], key: 'order_id,line', filters: ["product = 'pen'"], relations: { orders_by_order_id: 'orders' } },
  'Odd Names': { fields: ['order', 'quo"te', 'MixedCase'], key: 'id', filters: ['order > 1'], relations: { ordered: 'customers' } },
  journal: { fields: ['amount', 'kind'], key: 'kind,amount', filters: ["kind = 'in'"], relations: { whose: 'customers' } },
}

const ROLES: readonly (RoleSpec | undefined)[] = [
  undefined,
  {
    access: [
      { component: '_table/customers/*', deny: ['notes'] },
      {
        component: '_table/orders/*',
        deny: ['total'],
        filter: {
          op: 'OR',
          conditions: [
            { name: 'total', operator: '>', value: 30 },
            { name: 'id', operator: 'IN', value: '{least}' },
          ],
        } as never,
      },
      {
        component: '_table/order_lines/*',
        filter: { op: 'AND', conditions: [{ name: 'line', operator: '=', value: 1 }] } as never,
      },
      { component: '*' },
    ],
    lookups: { least: [1, 3] },
  },
]

type Rand = (below: number) => number
/** The same numbers for the same seed. */
const random = (seed: number): Rand => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
const oneOf = <T>(rand: Rand, items: readonly T[]): T => items[rand(items.length)]!

/** Relations of a table, some nested, with options for each. */
const relating = (rand: Rand, table: string, path: string, depth: number, query: Record<string, unknown>): string[] =>
  Object.entries(TABLES[table]!.relations).flatMap(([name, target]) => {
    if (rand(2) === 0 && depth > 0) return []
    const here = `${path}${name}`
    const { fields, key, filters } = TABLES[target]!
    if (rand(2) === 0) query[`${here}.fields`] = fields.filter(() => rand(2) === 0).join() || '*'
    if (rand(3) === 0) query[`${here}.order`] = `${oneOf(rand, fields)} desc,${key}`
    else if (rand(2) === 0 || name === 'others') query[`${here}.order`] = key
    if (rand(3) === 0) query[`${here}.filter`] = oneOf(rand, filters)
    if (rand(3) > 0) query[`${here}.limit`] = 1 + rand(4)
    const nested = depth < 3 ? relating(rand, target, `${here}.`, depth + 1, query) : []
    return nested.length > 0 ? nested.map((item) => `${name}.${item}`) : [name]
  })

const asking = (rand: Rand): Ask => {
  const table = oneOf(rand, Object.keys(TABLES))
  const { key, fields } = TABLES[table]!
  const query: Record<string, unknown> = { order: key }
  query.related = relating(rand, table, '', 0, query).slice(0, 6).join()
  if (rand(2) === 0) query.fields = oneOf(rand, fields)
  if (table !== 'journal' && table !== 'order_lines') {
    const { order: _, ...options } = query
    const way = rand(6)
    if (way === 0) return { path: at(table, 1 + rand(3)), query: options }
    if (way === 1) return { path: at(table), query: { ...options, ids: '3,1,2' } }
    if (way === 2) return { path: at(table), query: { ...query, cursor: '', limit: 2 } }
  }
  if (rand(3) > 0) query.limit = 1 + rand(5)
  if (rand(4) === 0) query.offset = rand(3)
  if (rand(4) === 0) query.include_count = true
  return rand(8) === 0 ? { path: at(table), query, headers: { accept: 'text/csv' } } : { path: at(table), query }
}

const PEOPLE = { path: at('customers'), query: { order: 'id', limit: 5 } }

export const embeddingChecks: readonly Check<SqlContext>[] = [
  embeddingCheck(
    'related records are the same bytes, whether they come with the others or after them',
    async (embedding, { records }) => {
      const { gateway, spy } = embedding
      await records.ask({ method: 'POST', path: at('journal'), body: [{ kind: 'in' }, { kind: 'out', amount: 1 }] })
      await records.ask({
        method: 'PATCH',
        path: at('Odd Names', 2),
        body: { 'full name': 'a "b" \\ \n \u0001 \u{1f98a}', order: null },
      })
      await records.ask({
        method: 'PATCH',
        path: at('order_lines'),
        query: { filter: 'line = 2' },
        body: [{ product: '"\\\t\u2028é' }],
      })
      await records.ask({ method: 'PATCH', path: at('customers', 1), body: { name: '["a","\\' } })
      const rand = random(SEED)
      let single = 0
      for (let n = 0; n < CALLS; n++) {
        const ask: Ask = { ...asking(rand), as: oneOf(rand, ROLES) }
        const apart = await gateway.ask({ ...ask, service: 'apart' })
        const told = `${ask.path} ${JSON.stringify(ask.query)}`
        assert.equal(apart.status, 200, `${told} → ${apart.text}`)
        assert.equal((await gateway.ask({ ...ask, service: 'db' })).text, apart.text, told)
        spy.forget()
        assert.equal((await gateway.ask({ ...ask, service: 'seen' })).text, apart.text, told)
        if (spy.statements.length === 1) single += 1
      }
      assert.ok(single > CALLS / 10, `only ${single} of ${CALLS} calls were one statement`)
    },
  ),
  embeddingCheck('a read with related records is one statement', async ({ gateway, spy }) => {
    const related = 'orders_by_customer_id.order_lines_by_order_id,namesakes,others'
    const limits = { 'orders_by_customer_id.limit': 20, 'orders_by_customer_id.order_lines_by_order_id.limit': 50 }
    const options = { related, ...limits }
    const calls: readonly Ask[] = [
      { path: at('customers', 1), query: options },
      { ...PEOPLE, query: { ...PEOPLE.query, ...options } },
      { path: at('customers'), query: { ids: '4,1,6', ...options } },
      { path: at('customers'), query: { cursor: '', limit: 4, ...options } },
    ]
    for (const ask of calls) {
      spy.forget()
      const { status, text } = await gateway.ask({ ...ask, service: 'seen' })
      assert.equal(status, 200, text)
      assert.equal(spy.statements.length, 1, `${ask.path}: ${spy.statements.map(({ sql }) => sql).join('\n')}`)
      assert.notEqual(spy.statements[0]!.name, undefined)
    }
    const texts = new Set<string>()
    // A database may be told about how many rows are wanted: these are as many as each other.
    for (const limit of [2, 3, 9]) {
      spy.forget()
      const query = { order: 'id', limit, ...options, 'orders_by_customer_id.limit': limit }
      await gateway.ask({ path: at('customers'), query, service: 'seen' })
      for (const { sql } of spy.statements) texts.add(sql)
    }
    assert.equal(texts.size, 1, 'other values made other statements')
  }),
  embeddingCheck(
    'more related records than one request may bring are read after the others',
    async ({ gateway, spy }) => {
      const query = { related: 'orders_by_customer_id', order: 'id' }
      const whole = await gateway.ask({ path: at('customers'), query, service: 'seen' })
      assert.equal(whole.status, 200)
      assert.equal(spy.statements.length, 2)
      const apart = await gateway.ask({ path: at('customers'), query, service: 'apart' })
      assert.equal(whole.text, apart.text)
    },
  ),
  embeddingCheck('inside an answer, too, a role sees what it may', async ({ gateway, spy }) => {
    const [, role] = ROLES
    const ask: Ask = {
      ...PEOPLE,
      query: { ...PEOPLE.query, related: 'orders_by_customer_id' },
      as: role,
      service: 'seen',
    }
    const { body, text } = await gateway.ask(ask)
    assert.equal(spy.statements.length, 1)
    assert.deepEqual(
      body.resource.flatMap((row: any) => row.orders_by_customer_id),
      [
        { id: 1, customer_id: 1, status: 'new' },
        { id: 2, customer_id: 1, status: 'paid' },
        { id: 3, customer_id: 2, status: 'paid' },
        { id: 4, customer_id: 4, status: 'sent' },
      ],
      text,
    )
    for (const [option, value] of Object.entries({ fields: 'total', order: 'total', filter: 'total > 1' })) {
      const refused = await gateway.ask({ ...ask, query: { ...ask.query, [`orders_by_customer_id.${option}`]: value } })
      assert.equal(refused.status, 400, refused.text)
    }
    const wide = { ...ask.query, 'orders_by_customer_id.filter': '(id > 0) OR (id = 5)' }
    const asked = await gateway.ask({ ...ask, query: wide })
    assert.equal(asked.body.resource.flatMap((row: any) => row.orders_by_customer_id).length, 4)
    // What is not known of a caller matches nothing.
    const unknown = { ...role!, lookups: {} }
    const left = await gateway.ask({ ...ask, as: unknown })
    assert.deepEqual(
      left.body.resource.flatMap((row: any) => row.orders_by_customer_id.map(({ id }: any) => id)),
      [2, 4],
    )
  }),
  embeddingCheck(
    "no client's text reaches the database as SQL by way of a relation's options",
    async ({ gateway, spy }) => {
      const lines = 'orders_by_customer_id.order_lines_by_order_id'
      for (const text of fc.sample(hostile, { numRuns: 60, seed: SEED })) {
        const quoted = `'${text.replaceAll("'", "''")}'`
        for (const path of ['orders_by_customer_id', lines, 'others']) {
          const name = path === lines ? 'product' : path === 'others' ? 'name' : 'status'
          const options = [
            { fields: text },
            { order: text },
            { filter: text },
            { filter: `${name} = ${quoted}` },
            { limit: text },
            { group: text },
            { [text]: text },
          ]
          for (const [option, value] of options.flatMap((one) => Object.entries(one))) {
            const query = { ...PEOPLE.query, related: `${lines},others`, [`${path}.${option}`]: value }
            const answer = await gateway.ask({ ...PEOPLE, query, service: 'seen' })
            const told = `${path}.${option}=${value} → ${answer.status} ${answer.text}`
            assert.ok(answer.status < 500 || answer.status === 501, told)
            if (answer.status >= 400) assertSilent(answer.text.replaceAll(JSON.stringify(text).slice(1, -1), ''))
          }
        }
      }
      const spoken = spy.statements.filter(({ sql }) => sql.toLowerCase().includes(MARK))
      assert.deepEqual(spoken, [], 'statements that hold what a client sent')
    },
  ),
]
