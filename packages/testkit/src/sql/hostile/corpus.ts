/** Runs a corpus of hostile calls, and looks at everything that they do. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Check } from '../../check.ts'
import type { RoleSpec } from '../../governance.ts'
import type { Ask } from '../../harness.ts'
import { assertSilent, assertStored } from '../../records/context.ts'
import { type SqlContext, sqlCheck } from '../context.ts'
import { CALLS, MARK, SEED } from './text.ts'

export interface Corpus {
  /** Completes "a generated corpus of hostile …". */
  readonly name: string
  readonly asked: fc.Arbitrary<Ask>
  /** Default: `RESTRICTED`. */
  readonly as?: RoleSpec
  /** What a statement of such a call looks like. Default: it reads or writes records. */
  readonly statement?: RegExp
  /** The part of the calls that has to reach the database: others would prove little. Default: a tenth. */
  readonly reaching?: number
  readonly requires?: (context: SqlContext) => string | undefined
}

const RECORDS = /^\s*(?:select|insert|update|delete|with)\b/i

/** Sees no inactive customer, no `notes`, and no table `order_lines`: what gets through would be seen. */
export const RESTRICTED: RoleSpec = {
  access: [
    {
      component: '_table/customers/*',
      filter: { op: 'AND', conditions: [{ name: 'active', operator: '=', value: true }] },
      deny: ['notes'],
    },
    { component: '_table/orders/*' },
    { component: '_table/journal/*' },
    { component: '_batch' },
    { component: '_table', verbs: ['GET'] },
    { component: '_schema', verbs: ['GET'] },
    { component: '_schema/customers/*', verbs: ['GET'] },
    { component: '_schema/orders/*', verbs: ['GET'] },
  ],
}
/** Of a customer whom that role does not see, and of fields that it does not have. */
const CANARIES = ['bob@example.com', '"notes":', '"product":', '"quantity":']

/** Calls after which the rows are as they were. */
const ROUND = 1_000

const told = ({ method = 'GET', path, query, body }: Ask): string =>
  `${method} ${path} ${JSON.stringify(query ?? {})} ${JSON.stringify(body) ?? ''}`.slice(0, 4_000)

/** Whether it got as far as the database. */
const assertHarmless = async ({ records, spy }: SqlContext, ask: Ask, corpus: Corpus): Promise<boolean> => {
  const { as = RESTRICTED, statement = RECORDS } = corpus
  spy.forget()
  const { status, text } = await records.ask({ ...ask, as })
  assert.ok(status < 500 || status === 501, `${told(ask)} → ${status} ${text.slice(0, 500)}`)
  for (const { sql } of spy.statements) {
    assert.ok(!sql.toLowerCase().includes(MARK), `${told(ask)} was put into a statement:\n${sql}`)
    assert.match(sql, statement, `${told(ask)} ran:\n${sql}`)
  }
  if (status < 400) {
    for (const canary of CANARIES) assert.ok(!text.includes(canary), `${told(ask)} showed ${canary}`)
  } else assertSilent(text)
  return spy.statements.length > 0
}

/** What no call of `RESTRICTED` may touch: customers whom it does not see, and tables that it does not know. */
const untouched = async ({ records }: SqlContext): Promise<unknown> => ({
  customers: (await records.stored('customers')).filter(({ active }) => !active),
  order_lines: await records.stored('order_lines'),
  'Odd Names': await records.stored('Odd Names'),
})

export const corpusCheck = (corpus: Corpus): Check<SqlContext> =>
  sqlCheck(
    `a generated corpus of hostile ${corpus.name} runs no foreign statement and shows no hidden row`,
    async (context) => {
      let reached = 0
      for (let round = 0; round * ROUND < CALLS; round++) {
        await context.records.fresh()
        const before = await untouched(context)
        const numRuns = Math.min(ROUND, CALLS - round * ROUND)
        for (const ask of fc.sample(corpus.asked, { numRuns, seed: SEED + round })) {
          if (await assertHarmless(context, ask, corpus)) reached += 1
        }
        assert.deepEqual(await untouched(context), before, 'what is outside the role was changed')
        await assertStored(context.records, 'orders')
      }
      const wanted = CALLS * (corpus.reaching ?? 0.1)
      assert.ok(reached >= wanted, `only ${reached} of ${CALLS} calls reached the database: the corpus is too tame`)
    },
    corpus.requires,
  )
