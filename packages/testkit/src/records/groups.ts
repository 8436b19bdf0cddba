/** Checks on groups: aggregates, `having`, order and pages, and random ones held against the reference in memory. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { at, closeRecords, given, listed, openRecords, type RecordsContext, recordsCheck, refused } from './context.ts'
import { referenceSubject } from './reference.ts'

const O = at('orders')
const C = at('customers')

const aggregate = fc.constantFrom(
  'COUNT(*)',
  'count(credit)',
  'SUM(credit)',
  'sum(id)',
  'Min(credit)',
  'MAX(credit)',
  'MIN(name)',
  'max(born)',
  'COUNT(notes)',
)
const having = fc.constantFrom(
  'COUNT_ALL > 1',
  'count_all <= 2',
  'SUM_credit > 10.5',
  '(sum_id >= 5) AND (COUNT_ALL != 3)',
  'SUM_credit IS NULL',
  'MIN_credit BETWEEN -5 AND 1e1',
  'MAX_credit IN (12.5, 1000, 0.10)',
  'NOT (COUNT_credit = 0)',
)
const nullable = 'asc nulls first'

/** A grouped read whose order is total, so that every source lists the same groups alike. */
const grouped: fc.Arbitrary<Ask> = fc
  .record({
    group: fc.constantFrom(['active'], ['born'], ['credit'], ['active', 'born'], ['created', 'active'], ['id']),
    fields: fc.option(fc.array(aggregate, { minLength: 1, maxLength: 4 }), { nil: undefined }),
    having: fc.option(having, { nil: undefined }),
    filter: fc.option(fc.constantFrom('id < 7', 'active = true', 'credit IS NOT NULL', 'id = 99'), { nil: undefined }),
    limit: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    offset: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    first: fc.constantFrom('', 'COUNT_ALL desc,', `SUM_credit ${nullable},`),
    include_count: fc.boolean(),
  })
  .map(({ group, fields, first, ...query }) => ({
    path: C,
    query: {
      ...Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== false)),
      group: group.join(),
      ...(fields && { fields: [...group, ...fields].join() }),
      order: first + group.map((name) => `${name} ${nullable}`).join(),
    },
  }))

export const groupChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('groups have aggregates, by names that every source spells alike', async (context) => {
    const fields = 'STATUS,sum(total),COUNT(*),Count(customer_id),min(total),MAX( total )'
    assert.deepEqual(await listed(context, { path: O, query: { group: 'status', fields, order: 'status' } }), [
      { status: 'new', SUM_total: 20.5, COUNT_ALL: 2, COUNT_customer_id: 2, MIN_total: 0.5, MAX_total: 20 },
      { status: 'paid', SUM_total: 40.75, COUNT_ALL: 2, COUNT_customer_id: 2, MIN_total: 5.25, MAX_total: 35.5 },
      { status: 'sent', SUM_total: 100, COUNT_ALL: 1, COUNT_customer_id: 1, MIN_total: 100, MAX_total: 100 },
      { status: 'void', SUM_total: 12, COUNT_ALL: 1, COUNT_customer_id: 1, MIN_total: 12, MAX_total: 12 },
    ])
    const averages = await listed(context, {
      path: O,
      query: { group_by: 'customer_id', fields: 'customer_id,AVG(id)', order: 'customer_id' },
    })
    assert.deepEqual(
      averages.map((row) => [row.customer_id, Number(row.AVG_id)]),
      [
        [1, 1.5],
        [2, 3],
        [4, 4.5],
        [6, 6],
      ],
    )
  }),
  recordsCheck('without fields, a group answers its own fields; nulls are one group', async (context) => {
    const found = await listed(context, { path: C, query: { group: 'born', order: 'born desc nulls last', limit: 2 } })
    assert.deepEqual(found, [{ born: '2001-01-01' }, { born: '2000-02-29' }])
    const nulls = { group: 'born', fields: 'COUNT(*),SUM(credit),COUNT(credit)', having: 'born IS NULL' }
    assert.deepEqual(await listed(context, { path: C, query: nulls }), [
      { COUNT_ALL: 2, SUM_credit: 100999.99, COUNT_credit: 2 },
    ])
  }),
  recordsCheck('having selects groups, by aggregates that need not be answered, with bound values', async (context) => {
    const query = { group: 'status', fields: 'status', order: 'SUM_total desc' }
    const status = async (having: string) =>
      (await listed(context, { path: O, query: { ...query, having } })).map((row) => row.status)
    assert.deepEqual(await status('SUM_total > 12.0'), ['sent', 'paid', 'new'])
    assert.deepEqual(await status('SUM_total > 1.2e1'), ['sent', 'paid', 'new'])
    assert.deepEqual(await status("(COUNT_ALL = 2) AND (status != 'new')"), ['paid'])
    assert.deepEqual(await status("status = 'x'' OR ''1''=''1'"), [])
    for (const having of ['nope = 1', 'total > 1', 'SUM_nope > 1', 'COUNT_ALL > x', 'COUNT_ALL > (select 1)', 'SUM_'])
      await refused(context, { path: O, query: { ...query, having } }, 400)
    await refused(context, { path: O, query: { having: 'COUNT_ALL > 1' } }, 400)
  }),
  recordsCheck('groups come in pages, and count stays that of the records', async (context) => {
    const page = (query: Record<string, unknown>) =>
      given(context, { path: O, query: { group: 'status', fields: 'status', order: 'status', ...query } })
    assert.deepEqual(await page({ limit: 3, include_count: true }), {
      resource: [{ status: 'new' }, { status: 'paid' }, { status: 'sent' }],
      meta: { count: 6, next: 3 },
    })
    assert.deepEqual(await page({ limit: 3, offset: 3, include_count: true }), {
      resource: [{ status: 'void' }],
      meta: { count: 6 },
    })
    const small = { service: 'small', path: O, query: { group: 'status', order: 'status' } }
    assert.deepEqual((await given(context, small)).meta, { next: 3 })
  }),
  recordsCheck('groups that the order leaves equal come by their own fields', async (context) => {
    const places = async (query: Record<string, unknown>) =>
      (await listed(context, { path: O, query: { group: 'status,customer_id', ...query } })).map(
        ({ status, customer_id }) => `${status} ${customer_id}`,
      )
    const found = ['new 1', 'new 4', 'paid 1', 'paid 2', 'sent 4', 'void 6']
    assert.deepEqual(await places({}), found)
    assert.deepEqual(await places({ order: 'COUNT_ALL' }), found)
    assert.deepEqual(await places({ order: 'COUNT_ALL,customer_id desc', limit: 3 }), ['void 6', 'new 4', 'sent 4'])
  }),
  recordsCheck('what a group cannot answer is refused', async (context) => {
    const no = (query: Record<string, unknown>, message: RegExp) => refused(context, { path: C, query }, 400, message)
    await no({ group: 'nope' }, /^Invalid or unknown field 'nope' in group by clause\.$/)
    await no({ group: 'SUM(credit)' }, /in group by clause\.$/)
    await no({ fields: 'SUM(credit)' }, /^Invalid field requested: SUM\(credit\)$/)
    await no({ group: 'active', fields: 'SUM(nope)' }, /^Invalid field requested: SUM\(nope\)$/)
    await no({ group: 'active', fields: 'SUM(*)' }, /^Invalid field requested/)
    await no({ group: 'active', fields: 'SUM(credit + 1)' }, /^Invalid field requested/)
    await no({ group: 'active', fields: 'active,name' }, /'name' is neither in group nor in an aggregate/)
    await no({ group: 'active', fields: 'SUM(name)' }, /needs a number/)
    await no({ group: 'active', order: 'name' }, /^Invalid field 'name' in order by clause\.$/)
    await no({ group: 'active', ids: '1' }, /lists only/)
    await refused(context, { method: 'DELETE', path: C, query: { group: 'active', filter: 'id = 1' } }, 400)
  }),
  recordsCheck('random groups are what the reference makes of them', async (context) => {
    const { type, prepare } = referenceSubject()
    const reference = await openRecords({ type, prepare, lacks: ['answers'] })
    try {
      await fc.assert(
        fc.asyncProperty(grouped, async (ask) => {
          const [answer, expected] = [await context.ask(ask), await reference.ask(ask)]
          assert.deepEqual([answer.status, answer.body], [expected.status, expected.body], JSON.stringify(ask.query))
          assert.equal(answer.status, 200, answer.text)
        }),
        { numRuns: Number(process.env.GW_STRESS) || 100 },
      )
    } finally {
      await closeRecords(reference)
    }
  }),
]
