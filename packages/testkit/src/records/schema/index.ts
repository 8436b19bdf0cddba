/** The checks for sources that make, change and drop tables, and for those that can't. */
import type { Check } from '../../check.ts'
import { type RecordsContext, refused } from '../context.ts'
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
    requires: ({ type }) => (type.capabilities?.schema ? 'the source makes tables' : undefined),
    async run(context) {
      const body = { resource: [TODO] }
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        await refused(context, { method, path: '_schema', body }, 501, /can not change its tables/)
        await refused(context, { method, path: schema('customers'), body: TODO }, 501, /can not change its tables/)
        await refused(context, { method, path: field('customers'), body }, 501, /can not change its tables/)
        await refused(context, { method, path: field('customers', 'name'), body: { type: 'text' } }, 501)
      }
    },
  },
]
