/**
 * Users and administrators, who are rows of one table (platform.md §3.7). Which of the two a new row is follows from
 * the collection that it is made in.
 */
import { GwError } from '@gw/core'
import { newEpoch } from '../identity/accounts.ts'
import { hashPassword } from '../identity/passwords.ts'
import { checkMakesAdmin, checkUserWithin } from './rights.ts'
import { Findings, type TableRules, type Values } from './rules.ts'

const SHORTEST_PASSWORD = 16
/** Beyond that, nobody remembers more, and hashing only costs time. */
const LONGEST_PASSWORD = 1_024
const SHORTEST_NAME = 6
const EMAIL = /^[^\s@]+@[^\s@]+$/

/** What is wrong with a password that someone has chosen; `undefined`: nothing. */
export const passwordProblem = (password: unknown): string | undefined =>
  typeof password === 'string' && password.length >= SHORTEST_PASSWORD && password.length <= LONGEST_PASSWORD
    ? undefined
    : `The password must have at least ${SHORTEST_PASSWORD} characters, and at most ${LONGEST_PASSWORD}.`

/** Answers are compared as people remember them. */
export const plainAnswer = (answer: string): string => answer.trim().toLowerCase()

const problemsOf = (values: Values, findings: Findings): void => {
  findings.longest(values, { name: 255, email: 255, username: 255, phone: 32 })
  const { email, username, password } = values
  if (typeof email === 'string' && email !== '' && !EMAIL.test(email))
    findings.add('email', 'The email must be a valid address.')
  if (typeof username === 'string' && username !== '' && (username.length < SHORTEST_NAME || /\s/.test(username)))
    findings.add('username', `The username must have at least ${SHORTEST_NAME} characters and no spaces.`)
  const problem = typeof password === 'string' && password !== '' ? passwordProblem(password) : undefined
  if (problem) findings.add('password', problem)
}

/** @throws GwError `invalid_request` for what can be seen to be wrong without looking at other users */
export const checkUserValues = (values: Values): void => {
  const findings = new Findings()
  problemsOf(values, findings)
  findings.settle()
}

/** Whether sessions that there are must not go on. */
const endsSessions = ({ password, is_active: active, email }: Values, before: Values): boolean =>
  (typeof password === 'string' && password !== '') ||
  (active === false && before.is_active === true) ||
  (typeof email === 'string' && email.trim().toLowerCase() !== before.email)

export const userRules = (admin: boolean, codeLife = Number.POSITIVE_INFINITY): TableRules => ({
  async check(values, context) {
    const { before } = context
    checkMakesAdmin(before ? before.is_sys_admin === true : admin, context)
    if (before) await checkUserWithin(before.id, context)
    const findings = new Findings()
    findings.required(values, context, 'name', 'email')
    problemsOf(values, findings)
    findings.settle()
    const { email, username } = values
    const { password, security_answer: answer, ...rest } = values
    return {
      ...rest,
      ...(typeof email === 'string' && { email: email.trim().toLowerCase() }),
      ...(!before && { username: username || String(email).trim().toLowerCase(), is_sys_admin: admin }),
      ...(typeof password === 'string' && password !== '' && { password: await hashPassword(password) }),
      ...(typeof answer === 'string' && answer !== '' && { security_answer: await hashPassword(plainAnswer(answer)) }),
      ...(before && endsSessions(values, before) && { session_epoch: newEpoch() }),
    }
  },
  async removing({ id, is_sys_admin }, context) {
    if (context.caller?.user?.id === id) throw new GwError('forbidden', 'Cannot delete your account.')
    checkMakesAdmin(is_sys_admin === true, context)
    await checkUserWithin(id, context)
  },
  needs: ['confirm_code', 'confirm_code_date'],
  present: ({ confirm_code: code, confirm_code_date: date, ...row }) => ({
    ...row,
    confirmed: !code,
    expired: Boolean(code) && Date.parse(`${String(date).replace(' ', 'T')}Z`) + codeLife < Date.now(),
  }),
})
