/** Lookups: names that are unique in their scope, values that are encrypted (platform.md §3.9). */
import { SECRET_MASK } from '@gw/core'
import { type Keyring, placeOf } from '../secrets/keyring.ts'
import { scopeOf } from '../snapshot/parts.ts'
import { Findings, invalid, type TableRules, type Values } from './rules.ts'

const NAME = /^[A-Za-z0-9_.-]+$/
/** What the gateway itself stands for. */
const BUILT_IN = /^(user|app|role|session|df)\./

const OWNERS = { app_id: null, role_id: null, user_id: null }

export const lookupRules = (keys: Keyring): TableRules => ({
  async check(values, context) {
    const { before, find } = context
    const findings = new Findings()
    findings.required(values, context, 'name')
    if (typeof values.name === 'string' && values.name !== '') {
      if (!NAME.test(values.name))
        findings.add('name', 'The name may hold letters, digits, underscores, dashes and dots.')
      if (BUILT_IN.test(values.name))
        findings.add('name', 'The name may not begin with user., app., role., session. or df.: those are built in.')
    }
    findings.settle()
    const row: Values = { ...OWNERS, ...before, ...values }
    const scope = scopeOf(row)
    const taken = (await find('lookup', { scope, name: row.name })).some(({ id }) => id !== before?.id)
    if (taken)
      throw invalid({
        name: [
          before
            ? 'Lookup name can not be modified to one that already exists.'
            : `A lookup '${row.name}' exists already.`,
        ],
      })
    const { value, ...rest } = values
    const kept = before !== undefined && (!Object.hasOwn(values, 'value') || value === SECRET_MASK)
    // What was private must not become readable by saying that it is not.
    if (before?.private === true && values.private === false && kept && before.value)
      throw invalid({ value: ['Give the value again to make a private lookup readable.'] })
    return { ...rest, scope, ...(!kept && { value: value === SECRET_MASK ? null : (value ?? null) }) }
  },
  sealed: ['value'],
  seal: ({ value }, id) => ({
    value: value === null || value === '' ? null : keys.encrypt(String(value), placeOf('lookup', 'value', id)),
  }),
  needs: ['id', 'private'],
  present: (row) => ({
    ...row,
    value: !row.value
      ? row.value
      : row.private === false
        ? keys.decrypt(String(row.value), placeOf('lookup', 'value', Number(row.id)))
        : SECRET_MASK,
  }),
})
