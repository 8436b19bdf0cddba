/** Roles and the rows of their access (platform.md §3.5, §5). */
import { keepRestrictions } from './rights.ts'
import { Findings, type TableRules } from './rules.ts'

const MASK = { verb_mask: 1023, requestor_mask: 3 } as const
const OPERATORS =
  /^(=|!=|<>|>|<|>=|<=|(not )?in|starts with|ends with|contains|like|is (not )?null|does (not )?exist)$/i

export const roleRules: TableRules = {
  check(values, context) {
    const findings = new Findings()
    findings.required(values, context, 'name')
    findings.longest(values, { name: 64 })
    findings.settle()
    return typeof values.description === 'string'
      ? { ...values, description: values.description.slice(0, 255) }
      : values
  },
  removing: ({ id }, context) => keepRestrictions({ role_id: id }, context),
}

/** A filter that would not be understood later is refused now, when someone can mend it. */
const filterProblem = (filters: unknown): string | undefined => {
  if (filters === null || filters === undefined || filters === '') return undefined
  if (!Array.isArray(filters)) return 'The filters must be a list.'
  for (const one of filters) {
    if (typeof one?.name !== 'string' || one.name === '') return 'Each filter needs the name of a field.'
    if (typeof one.operator !== 'string' || !OPERATORS.test(one.operator.trim()))
      return `The operator of the filter on '${one.name}' is not known.`
  }
  return undefined
}

export const accessRules: TableRules = {
  check(values) {
    const findings = new Findings()
    for (const [field, most] of Object.entries(MASK)) {
      const mask = values[field]
      if (mask !== undefined && !(Number.isInteger(mask) && Number(mask) >= 0 && Number(mask) <= most))
        findings.add(field, `The ${field} must be a whole number from 0 to ${most}.`)
    }
    findings.longest(values, { component: 255 })
    const problem = filterProblem(values.filters)
    if (problem) findings.add('filters', problem)
    if (values.filter_op !== undefined && !/^(and|or)$/i.test(String(values.filter_op)))
      findings.add('filter_op', 'The filter_op must be AND or OR.')
    if (values.deny_fields !== undefined && values.deny_fields !== null && !Array.isArray(values.deny_fields))
      findings.add('deny_fields', 'The deny_fields must be a list of names.')
    findings.settle()
    return values
  },
  // Where there are none, the wire contract has an empty list.
  present: (row) => ({ ...row, filters: row.filters ?? [] }),
}
