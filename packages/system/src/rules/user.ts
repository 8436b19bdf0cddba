/**
 * Users and administrators, who are rows of one table (platform.md §3.7). Which of the two a new row is follows from
 * the collection that it is made in.
 */
import { GwError } from '@gw/core'
import { hashPassword } from '../identity/passwords.ts'
import { Findings, type TableRules } from './rules.ts'

const SHORTEST_PASSWORD = 16
const SHORTEST_NAME = 6
const EMAIL = /^[^\s@]+@[^\s@]+$/

export const userRules = (admin: boolean): TableRules => ({
  async check(values, context) {
    const { before } = context
    const findings = new Findings()
    findings.required(values, context, 'name', 'email')
    findings.longest(values, { name: 255, email: 255, username: 255, phone: 32 })
    const { email, username, password, security_answer: answer } = values
    if (typeof email === 'string' && email !== '' && !EMAIL.test(email))
      findings.add('email', 'The email must be a valid address.')
    if (typeof username === 'string' && username !== '' && (username.length < SHORTEST_NAME || /\s/.test(username)))
      findings.add('username', `The username must have at least ${SHORTEST_NAME} characters and no spaces.`)
    if (typeof password === 'string' && password !== '' && password.length < SHORTEST_PASSWORD)
      findings.add('password', `The password must have at least ${SHORTEST_PASSWORD} characters.`)
    findings.settle()
    const { password: _, security_answer: __, ...rest } = values
    return {
      ...rest,
      ...(typeof email === 'string' && { email: email.trim().toLowerCase() }),
      ...(!before && { username: username || String(email).trim().toLowerCase(), is_sys_admin: admin }),
      ...(typeof password === 'string' && password !== '' && { password: await hashPassword(password) }),
      ...(typeof answer === 'string' && answer !== '' && { security_answer: await hashPassword(answer) }),
    }
  },
  removing({ id }, { caller }) {
    if (caller?.user?.id === id) throw new GwError('forbidden', 'Cannot delete your account.')
  },
})
