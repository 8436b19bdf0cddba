/** Checks on values that a source likes to make a little different: large, with blanks around, empty, with a zone. */
import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { at, given, listed, type RecordsContext, recordsCheck } from './context.ts'
import { seedOf } from './standard.ts'

export const fidelityChecks: readonly Check<RecordsContext>[] = [
  recordsCheck('texts keep their blanks, and an empty one is no null', async (context) => {
    for (const notes of ['  blanks before, and after  ', '', '\n\t']) {
      await given(context, { method: 'PATCH', path: at('customers', 1), body: { notes } })
      assert.equal((await given(context, { path: at('customers', 1) })).notes, notes)
    }
  }),
  recordsCheck('an integer of 64 bits comes back to its last digit', async (context) => {
    for (const big of ['9007199254740993', '-9223372036854775807', '9223372036854775807']) {
      const [{ id }] = await listed(context, { method: 'POST', path: at('samples'), body: [{ big }] })
      const { text } = await context.ask({ path: at('samples', id), query: { fields: 'big' } })
      assert.match(text, new RegExp(`"big":"?${big}"?[,}]`), text)
    }
  }),
  {
    ...recordsCheck('where dates are kept as texts, no part of one is lost', async (context) => {
      const created = '2024-05-06T07:08:09.123456+02:00'
      const { status } = await context.ask({ method: 'PATCH', path: at('customers', 1), body: { created } })
      // A source may refuse what it would not keep.
      const kept = status === 400 ? seedOf('customers')[0]?.created : created
      assert.equal((await given(context, { path: at('customers', 1) })).created, kept)
    }),
    requires: ({ lacks }) => (lacks.includes('dateTypes') ? undefined : 'the source has types for dates'),
  },
]
