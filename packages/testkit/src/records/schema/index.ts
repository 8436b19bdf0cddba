/** The checks for sources that make, change and drop tables, and for those that can't. */
import assert from 'node:assert/strict'
import type { Check } from '../../check.ts'
import { given, type RecordsContext, refused } from '../context.ts'
import { changeChecks } from './changes.ts'
import { field, schema, TODO } from './context.ts'
import { definitionChecks } from './definitions.ts'
import { guardChecks } from './guards.ts'
import { hostileChecks } from './hostile.ts'
import { refusalChecks } from './refusals.ts'

export const schemaChecks: readonly Check<RecordsContext>[] = [
  ...definitionChecks,
  ...changeChecks,
  ...refusalChecks,
  ...hostileChecks,
  ...guardChecks,
  {
    name: 'a source that only describes its tables says so where they are to be changed',
    requires: ({ type }) =>
      type.capabilities?.schema || type.capabilities?.documents ? 'the source makes tables' : undefined,
    async run(context) {
      const body = { resource: [TODO] }
      const described = () => given(context, { path: schema('customers') })
      const before = await described()
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        // One that remembers names and rules looks for the table before it refuses what is to become of it.
        const statuses = method === 'POST' ? 501 : [404, 501]
        const message = method === 'POST' ? /can not change its tables/ : undefined
        await refused(context, { method, path: '_schema', body }, statuses, message)
        await refused(context, { method, path: schema('customers'), body: TODO }, [400, 501])
        await refused(context, { method, path: field('customers'), body }, [400, 404, 501])
        await refused(context, { method, path: field('customers', 'name'), body: { type: 'text' } }, 501)
      }
      assert.deepEqual(await described(), before)
    },
  },
]
