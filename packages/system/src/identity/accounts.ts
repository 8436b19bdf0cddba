/** Accounts by the name that people sign in with, and the proof that someone is who they say. */
import { randomInt } from 'node:crypto'
import type { Row, RunOptions } from '@gw/records'
import type { Store } from '../store/open.ts'
import { readRows, updateRows } from '../store/rows.ts'
import type { Attempt, Attempts } from './attempts.ts'
import { hashPassword, isOutdated, verifyNobody, verifyPassword } from './passwords.ts'

/** How long one look at the store may take, in milliseconds. */
const PATIENCE = 10_000

export type LoginAttribute = 'email' | 'username'

/** A number that no session of a user has had: all of them are over. */
export const newEpoch = (): number => randomInt(1, 2 ** 31 - 1)

/** As the store has times: UTC, to the second. */
export const storedTime = (at = new Date()): string => at.toISOString().slice(0, 19).replace('T', ' ')

export interface Proof {
  /** The hash that the text must be of. */
  readonly hash: unknown
  readonly given: string
}

export interface Accounts {
  /** Every field of the user of that name. */
  find(login: string, by?: LoginAttribute): Promise<Row | undefined>
  byId(id: number): Promise<Row | undefined>
  /**
   * Whether a text is the one that a hash was made of. Counted, slow, and as slow where there is no account.
   * @param name as it was given: what is counted where there is no account of that name
   * @param row the account, where there is one that counts
   * @throws GwError `rate_limited`
   */
  prove(name: string, row: Row | undefined, proof: Proof, client: string | undefined): Promise<boolean>
  /** The account that a name and a password are of; `undefined` where they are not, or it does not fit. */
  signIn(
    login: string,
    password: string,
    client: string | undefined,
    fits: (row: Row) => boolean,
  ): Promise<Row | undefined>
}

export interface AccountsOptions {
  readonly store: Store
  readonly attempts: Attempts
  readonly attribute: LoginAttribute
}

/** Hashes of passwords and answers are alike; a rule of a column is not. */
const isHash = (value: unknown): value is string => typeof value === 'string' && value !== ''

export const accountsIn = ({ store, attempts, attribute }: AccountsOptions): Accounts => {
  const options = (): RunOptions => ({ signal: AbortSignal.timeout(PATIENCE) })
  const first = async (where: Readonly<Record<string, unknown>>) =>
    (await readRows(store, 'user', { where }, options()))[0]
  const find: Accounts['find'] = (login, by = attribute) => {
    const name = login.trim()
    return first(by === 'email' ? { email: name.toLowerCase() } : { username: name })
  }
  const told = async (attempt: Attempt, right: boolean): Promise<boolean> => {
    await (right ? attempt.succeeded() : attempt.failed())
    return right
  }
  const prove: Accounts['prove'] = async (name, row, { hash, given }, client) => {
    // By number, since a database may find one account under several spellings.
    const attempt = await attempts.begin(row ? Number(row.id) : name.trim().toLowerCase(), client)
    return told(attempt, isHash(hash) ? await verifyPassword(given, hash) : await verifyNobody(given))
  }
  const renew = async ({ id, password }: Row, given: string): Promise<void> => {
    if (!isOutdated(String(password))) return
    await updateRows(store, 'user', { password: await hashPassword(given) }, { id, password }, options())
  }

  return {
    find,
    byId: (id) => first({ id }),
    prove,
    async signIn(login, password, client, fits) {
      const row = await find(login)
      const fitting = row && fits(row)
      const right = await prove(login, row, { hash: fitting ? row.password : undefined, given: password }, client)
      if (!right || !row) return undefined
      await renew(row, password)
      return row
    },
  }
}
