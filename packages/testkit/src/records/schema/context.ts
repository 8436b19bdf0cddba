/**
 * Words for checks on sources that make, change and drop tables (`capabilities.schema`). What a database can't is
 * refused with a reason: where a check allows for that, it says so.
 */
import assert from 'node:assert/strict'
import type { Check } from '../../check.ts'
import type { Answer, Ask } from '../../harness.ts'
import { assertSilent, given, listed, type RecordsContext, recordsCheck } from '../context.ts'

export const schema = (table?: string, rest = ''): string =>
  `_schema${table === undefined ? '' : `/${encodeURIComponent(table)}`}${rest}`
export const field = (table: string, name?: string): string =>
  schema(table, `/_field${name === undefined ? '' : `/${encodeURIComponent(name)}`}`)

/** A check that leaves no table behind, whatever happens in it. */
export const schemaCheck = (name: string, run: (context: RecordsContext) => Promise<void>): Check<RecordsContext> => {
  const check = recordsCheck(name, async (context) => {
    const before = new Set(await names(context))
    try {
      await run(context)
    } finally {
      const left = (await names(context)).filter((one) => !before.has(one))
      // Those that refer to others first: what can't be dropped yet is dropped in the next round.
      for (let round = 0; round < left.length; round++)
        for (const one of await names(context))
          if (!before.has(one)) await context.ask({ method: 'DELETE', path: schema(one) })
      assert.deepEqual(
        (await names(context)).filter((one) => !before.has(one)),
        [],
        'tables that can not be dropped',
      )
    }
  })
  return {
    ...check,
    requires: ({ type }) => (type.capabilities?.schema ? undefined : 'the source only describes its tables'),
  }
}

export const names = (context: RecordsContext): Promise<readonly string[]> =>
  listed(context, { path: '_schema', query: { as_list: true } })

export const create = async (context: RecordsContext, table: object): Promise<any> => {
  const [item] = await listed(context, {
    method: 'POST',
    path: '_schema',
    query: { fields: '*' },
    body: { resource: [table] },
  })
  return item
}
export const described = (context: RecordsContext, table: string): Promise<any> =>
  given(context, { path: schema(table) })
export const fieldsIn = (description: any): Record<string, any> =>
  Object.fromEntries(description.field.map((one: any) => [one.name, one]))

/** Does it, or says that it can't. */
export const doneOrNot = async (context: RecordsContext, ask: Ask): Promise<boolean> => {
  const answer: Answer = await context.ask(ask)
  assertSilent(answer.text)
  assert.ok([200, 501].includes(answer.status), `${ask.method} ${ask.path} → ${answer.status} ${answer.text}`)
  return answer.status === 200
}

export const ID = { name: 'id', type: 'id' }
export const TODO = {
  name: 'gw_todo',
  field: [
    ID,
    { name: 'title', type: 'string', length: 80, allow_null: false, is_unique: true },
    { name: 'done', type: 'boolean', default: false },
    {
      name: 'owner',
      type: 'reference',
      ref_table: 'customers',
      ref_field: 'id',
      ref_on_delete: 'SET NULL',
      allow_null: true,
    },
    { name: 'created', type: 'timestamp_on_create' },
    { name: 'price', type: 'decimal', precision: 10, scale: 2, allow_null: true, is_index: true },
    { name: 'kind', type: 'string', length: 20, default: "it's new" },
  ],
}
