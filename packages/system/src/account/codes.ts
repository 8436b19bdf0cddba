/** Codes that prove an address: random, sent once, used once, kept as a digest, and good for a while. */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import type { Row } from '@gw/records'
import { newEpoch, storedTime } from '../identity/accounts.ts'
import { hashPassword } from '../identity/passwords.ts'
import { GATEWAY } from '../rules/rights.ts'
import { updateRows } from '../store/rows.ts'
import type { AccountParts } from './parts.ts'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LENGTH = 32

/** 165 bits: enough that a fast digest of it tells nothing. */
const newCode = (): string => Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
const digestOf = (code: string): string => createHash('sha256').update(code).digest('hex')

type CodeParts = Pick<AccountParts, 'store' | 'change' | 'settings' | 'trail'>

/** A new code for a user, in place of the one before. */
export const giveCode = async ({ store, change }: CodeParts, id: number): Promise<string> => {
  const code = newCode()
  await change(['user'], (inside) =>
    updateRows(store, 'user', { confirm_code: digestOf(code), confirm_code_date: storedTime() }, { id }, inside),
  )
  return code
}

/** When a user's code was made, in milliseconds since 1970; `undefined` where there is none. */
export const codeDate = ({ confirm_code: code, confirm_code_date: date }: Row): number | undefined =>
  code && date ? Date.parse(`${String(date).replace(' ', 'T')}Z`) : undefined

/** Whether a code is the user's, and not too old. */
export const isCodeOf = ({ settings }: CodeParts, row: Row | undefined, code: string): boolean => {
  const given = Buffer.from(digestOf(code))
  const made = row && codeDate(row)
  const stored = Buffer.from(made === undefined ? '0'.repeat(64) : String(row?.confirm_code))
  const same = given.length === stored.length && timingSafeEqual(given, stored)
  return same && made !== undefined && made + settings.codes.ttl * 60_000 > Date.now()
}

/**
 * Gives a user a new password, and ends all of their sessions and codes.
 * @param where what the row must still hold: a code is used by one of two who come with it
 */
export const setPassword = async (
  { store, change, trail }: CodeParts,
  row: Row,
  password: string,
  where: Readonly<Record<string, unknown>> = {},
): Promise<boolean> => {
  const values = {
    password: await hashPassword(password),
    confirm_code: null,
    confirm_code_date: null,
    session_epoch: newEpoch(),
  }
  const { id, name, email } = row
  const user = { id: Number(id), name: String(name), email: String(email) }
  const table = store.source.catalog().byName.get(row.is_sys_admin === true ? 'admin' : 'user')!
  return change(['user'], async (inside) => {
    if ((await updateRows(store, 'user', values, { ...where, id }, inside)) === 0) return false
    // Whoever has the code, the answer or the password before is the user, as far as anyone can tell.
    const options = { ...inside, caller: { ...GATEWAY, user } }
    await trail.record({ action: 'update', table, before: row, after: { ...row, ...values } }, options)
    return true
  })
}
