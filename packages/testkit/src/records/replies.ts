/** Checks that what is sent is what is documented, for every operation on records. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import type { Ask } from '../harness.ts'
import { replyValidator } from '../replies.ts'
import { at, type RecordsContext, recordsCheck, tablesOf } from './context.ts'
import { STANDARD } from './standard.ts'

const C = at('customers')
const fresh = { name: 'Kim', email: 'kim@example.com' }

/** One of each kind of answer. */
const CALLS: readonly Ask[] = [
  ...STANDARD.map(({ name }) => ({ path: at(name) })),
  { path: '_table' },
  { path: '_table', query: { as_list: true } },
  { path: '_table', query: { fields: '*' } },
  { path: at('customers', 3) },
  { path: at('customers', 3), query: { fields: 'id,name' } },
  { path: C, query: { fields: 'credit,notes', limit: 2, include_count: true } },
  { path: C, query: { ids: '3,9' } },
  { path: C, query: { count_only: true } },
  { path: C, query: { as_list: true } },
  { path: C, query: { include_schema: true, limit: 1 } },
  { path: at('customers', 999) },
  { path: C, query: { ids: '1,999' } },
  { path: C, query: { filter: 'nope=1' } },
  { method: 'POST', path: C, body: { resource: [fresh] } },
  { method: 'POST', path: C, query: { fields: '*' }, body: [{ ...fresh, email: 'k2@example.com' }] },
  { method: 'POST', path: C, body: [{ ...fresh, email: 'ada@example.com' }] },
  { method: 'PATCH', path: at('customers', 1), body: { notes: 'x' } },
  { method: 'PATCH', path: at('customers', 1), query: { fields: '*' }, body: { notes: 'y' } },
  { method: 'PATCH', path: C, query: { ids: '1,2' }, body: { resource: [{ notes: 'z' }] } },
  { method: 'PUT', path: C, query: { filter: 'id<3', fields: 'id,notes' }, body: { resource: [{ notes: 'w' }] } },
  { method: 'PUT', path: at('customers', 2), body: { notes: 'v' } },
  { method: 'DELETE', path: at('customers', 3) },
  { method: 'DELETE', path: C, query: { ids: '5', fields: '*' } },
  { method: 'DELETE', path: at('order_lines'), query: { filter: 'quantity > 5' } },
  { method: 'DELETE', path: at('journal'), query: { force: true } },
  {
    method: 'POST',
    path: '_batch',
    body: {
      steps: [
        { method: 'GET', path: C, query: { count_only: true } },
        { id: 'a', method: 'GET', path: C },
      ],
    },
  },
  { method: 'POST', path: '_batch', body: { steps: [{ method: 'GET', path: at('customers', 999) }] } },
  { method: 'POST', path: '_batch', body: { steps: [] } },
]

export const replyChecks: readonly Check<RecordsContext>[] = [
  recordsCheck(
    'every table and view is documented with its fields, and every answer is what is documented',
    async (context) => {
      const document = (await context.gateway.gateway.document({ service: 'db' })) as any
      for (const { name } of tablesOf(context))
        assert.ok(document.paths[`/_table/${encodeURIComponent(name)}`], `${name} is not documented`)
      const validate = replyValidator(document)
      const names = tablesOf(context).map(({ name }) => name)
      const isHeld = ({ path }: Ask) => !STANDARD.some(({ name }) => path === at(name) && !names.includes(name))
      for (const ask of CALLS.filter(isHeld)) validate(ask, await context.ask(ask))
    },
  ),
]
