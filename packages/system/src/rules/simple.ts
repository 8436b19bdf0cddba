/** Tables with few rules of their own. */
import { GwError, METHODS } from '@gw/core'
import { Findings, type TableRules } from './rules.ts'
import type { ServiceRulesOptions } from './service.ts'

const named = (length: number): TableRules => ({
  check(values, context) {
    const findings = new Findings()
    findings.required(values, context, 'name')
    findings.longest(values, { name: length })
    findings.settle()
    return values
  },
})

export const emailTemplateRules: TableRules = {
  check(values, context) {
    const findings = new Findings()
    findings.required(values, context, 'name')
    findings.longest(values, { name: 64, subject: 80 })
    findings.settle()
    return values
  },
}
export const customRules: TableRules = named(255)

/** Those of the wire contract (platform.md §3.14): they may be installed later, and until then refuse the calls. */
const LANGUAGES: ReadonlySet<unknown> = new Set(['nodejs', 'php', 'python', 'python3'])

/** A language that there can not be is told when the script is written, before it refuses every call of its event. */
export const eventScriptRules = ({
  load,
  keepUnknown = false,
}: Pick<ServiceRulesOptions, 'load' | 'keepUnknown'>): TableRules => ({
  async check(values, context) {
    const findings = new Findings()
    findings.required(values, context, 'name', 'type')
    findings.longest(values, { name: 255, type: 40 })
    findings.settle()
    if (keepUnknown || values.type === undefined || LANGUAGES.has(values.type)) return values
    const type = await load(String(values.type)).catch((error: unknown) => {
      if (GwError.is(error)) return undefined
      throw error
    })
    if (!type?.engine)
      findings.add('type', `There is no language '${values.type}' here: system/script_type lists those that there are.`)
    findings.settle()
    return values
  },
})

/** A regular expression is compiled on every request that it is tried on: only small ones are. */
const isPattern = (path: string): boolean => {
  try {
    new RegExp(path)
    return path.length <= 255
  } catch {
    return false
  }
}

export const corsRules: TableRules = {
  check(values, context) {
    const { before } = context
    const findings = new Findings()
    findings.required(values, context, 'path', 'origin')
    findings.longest(values, { path: 255, origin: 255 })
    const { path, method, max_age: age } = values
    if (typeof path === 'string' && path.startsWith('^') && !isPattern(path))
      findings.add('path', 'The path begins with ^ and is no regular expression.')
    const unknown = Array.isArray(method) ? method.filter((verb) => !METHODS.includes(verb)) : []
    if (method !== undefined && method !== null && (!Array.isArray(method) || unknown.length > 0))
      findings.add('method', `The method must be a list of ${METHODS.join(', ')}.`)
    if (age !== undefined && !(Number.isInteger(age) && Number(age) >= 0))
      findings.add('max_age', 'The max_age must be a whole number of seconds.')
    const row = { ...before, ...values }
    if (
      row.supports_credentials === true &&
      String(row.origin)
        .split(',')
        .some((one) => one.trim() === '*')
    )
      findings.add('supports_credentials', 'Credentials can not be allowed to every origin: name the origins.')
    findings.settle()
    return values
  },
  present: (row) => ({ ...row, method: row.method ?? [] }),
}
