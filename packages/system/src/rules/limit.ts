/** Limits: what a type needs must be there and exist; what it does not look at is not kept (platform.md §6). */
import { METHODS } from '@gw/core'
import { keyOf, LIMIT_TYPES, PERIODS, SELECTORS, type Selector } from '../limits/limit.ts'
import { Findings, type RuleContext, type TableRules, type Values } from './rules.ts'

const TABLE: Readonly<Partial<Record<Selector, string>>> = { user_id: 'user', role_id: 'role', service_id: 'service' }
const HIGHEST_RATE = 2_147_483_647

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

const checkSelector = async (name: Selector, row: Values, findings: Findings, { find }: RuleContext) => {
  const value = row[name]
  if (!isGiven(value)) return findings.add(name, `The ${name} is required for a limit of type '${row.type}'.`)
  const table = TABLE[name]
  if (table && (!Number.isInteger(value) || (await find(table, { id: value })).length === 0))
    findings.add(name, `There is no ${table} with the id ${value}.`)
}

const checkValues = (row: Values, findings: Findings) => {
  const { type, period, rate, verb, endpoint } = row
  if (!Object.hasOwn(LIMIT_TYPES, String(type)))
    findings.add('type', `The type must be one of ${Object.keys(LIMIT_TYPES).join(', ')}.`)
  if (!Object.hasOwn(PERIODS, String(period)))
    findings.add('period', `The period must be one of ${Object.keys(PERIODS).join(', ')}.`)
  if (!Number.isInteger(rate) || Number(rate) < 1 || Number(rate) > HIGHEST_RATE)
    findings.add('rate', 'The rate must be a whole number of calls, 1 at least.')
  if (isGiven(verb) && !METHODS.some((method) => method === verb))
    findings.add('verb', `The verb must be one of ${METHODS.join(', ')}, or null for all.`)
  if (isGiven(endpoint) && /[^*]\*+[^*]|\*{2}/.test(String(endpoint)))
    findings.add('endpoint', 'The endpoint is a path of the service, which may end in one *.')
}

export const limitRules: TableRules = {
  async check(values, context) {
    const { before, find } = context
    const findings = new Findings()
    findings.required(values, context, 'name', 'type', 'period', 'rate')
    findings.longest(values, { name: 80, description: 255, endpoint: 255 })
    findings.settle()
    const given: Values = { ...before, ...values }
    checkValues(given, findings)
    findings.settle()
    const { selectors } = LIMIT_TYPES[String(given.type)]!
    for (const name of selectors) await checkSelector(name, given, findings, context)
    findings.settle()
    const unused = SELECTORS.filter((name) => !selectors.includes(name))
    const row = { ...given, ...Object.fromEntries(unused.map((name) => [name, null])), verb: given.verb || null }
    const key = keyOf(row)
    if ((await find('limit', { key_text: key })).some(({ id }) => id !== before?.id)) {
      findings.add('type', 'There is a limit for the same calls and the same period already: change its rate instead.')
      findings.settle()
    }
    return {
      ...values,
      ...Object.fromEntries(SELECTORS.map((name) => [name, (row as Values)[name] ?? null])),
      verb: row.verb,
      key_text: key,
    }
  },
}
