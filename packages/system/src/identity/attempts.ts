/**
 * Guessing made slow, in the store, so that it holds across nodes: after some failures an account, and an address, has
 * to wait, longer each time. An address from which an account was signed in to before has a count of its own for it, so
 * that nobody is kept from their own account by what others try.
 */
import { createHash } from 'node:crypto'
import { GwError } from '@gw/core'
import type { RunOptions } from '@gw/records'
import { networkOf } from '../limits/addresses.ts'
import type { Store } from '../store/open.ts'
import { insertRow, readRows, updateRows } from '../store/rows.ts'

interface Rule {
  /** Failures before anyone has to wait. */
  readonly free: number
}
/** People mistype; and many of them may come from one address. */
const ACCOUNT: Rule = { free: 5 }
const ADDRESS: Rule = { free: 50 }
/** Longest wait, in milliseconds: nobody is locked out for good. */
const LONGEST_WAIT = 15 * 60_000
/** After so long without a failure, in milliseconds, it begins anew. */
const FORGOTTEN = 60 * 60_000
/** How long an address stays known, in milliseconds. */
const KNOWN = 90 * 24 * 60 * 60_000
/** How long one look at the store may take, in milliseconds. */
const PATIENCE = 10_000

const digest = (...parts: readonly unknown[]): string => createHash('sha256').update(parts.join('\n')).digest('hex')
const NEVER = new Date(0).toISOString()

const waiting = (until: number, now: number): GwError => {
  const seconds = Math.max(1, Math.ceil((until - now) / 1_000))
  return new GwError('rate_limited', `Too many attempts have failed. Try again in ${seconds} seconds.`, {
    headers: { 'retry-after': String(seconds) },
  })
}

export interface Attempt {
  succeeded(): Promise<void>
  failed(): Promise<void>
}

export interface Attempts {
  /**
   * Before a password or an answer is looked at.
   * @param account whose it is; also where there is none of that name
   * @throws GwError `rate_limited` where it is too early
   */
  begin(account: string | number, client: string | undefined): Promise<Attempt>
  /** Forgets what is of no use any more. */
  tidy(signal: AbortSignal): Promise<void>
}

export const attemptsIn = (store: Store): Attempts => {
  const options = (): RunOptions => ({ signal: AbortSignal.timeout(PATIENCE) })
  const find = async (key: string, inside: RunOptions) =>
    (await readRows(store, 'attempt', { where: { key } }, inside))[0]

  /** Another attempt at the same moment may have been faster. */
  const make = async (key: string, last: string): Promise<void> => {
    const row = { key, failures: 0, last, until: NEVER }
    await insertRow(store, 'attempt', row, options()).catch((error: unknown) => {
      if (!GwError.is(error) || error.code !== 'conflict') throw error
    })
  }
  /** Counts one more, under a lock that others wait for: what is tried at the same time counts one after the other. */
  const counted = async (key: string, { free }: Rule): Promise<void> => {
    // By itself, since databases lock what is not there in ways that stop each other.
    if (!(await find(key, options()))) await make(key, new Date().toISOString())
    const { signal } = options()
    await store.source.transaction!(async (transaction) => {
      const inside = { signal, transaction }
      await updateRows(store, 'attempt', { key }, { key }, inside)
      const row = await find(key, inside)
      // Only now: whoever had the lock before has counted meanwhile.
      const now = Date.now()
      const until = Date.parse(String(row?.until ?? NEVER))
      if (until > now) throw waiting(until, now)
      const recent = row !== undefined && Date.parse(String(row.last)) > now - FORGOTTEN
      const failures = (recent ? Number(row.failures) : 0) + 1
      const wait = failures < free ? 0 : Math.min(LONGEST_WAIT, 1_000 * 2 ** Math.min(failures - free, 20))
      const next = wait === 0 ? NEVER : new Date(now + wait).toISOString()
      const values = { failures, last: new Date(now).toISOString(), until: next }
      await updateRows(store, 'attempt', values, { key }, inside)
    }, signal)
  }
  const checkAddress = async (key: string): Promise<void> => {
    const now = Date.now()
    const until = Date.parse(String((await find(key, options()))?.until ?? NEVER))
    if (until > now) throw waiting(until, now)
  }
  const remember = async (key: string): Promise<void> => {
    const now = new Date().toISOString()
    const values = { failures: 0, last: now, until: NEVER }
    if ((await updateRows(store, 'attempt', values, { key }, options())) === 0) await make(key, now)
  }

  return {
    async begin(account, client) {
      const address = client === undefined ? undefined : networkOf(client)
      const known = address === undefined ? undefined : digest('known', account, address)
      const addressKey = address === undefined ? undefined : digest('address', address)
      if (addressKey !== undefined) await checkAddress(addressKey)
      const row = known === undefined ? undefined : await find(known, options())
      const isKnown = row !== undefined && Date.parse(String(row.last)) > Date.now() - KNOWN
      const key = isKnown ? digest('pair', account, address) : digest('account', account)
      await counted(key, ACCOUNT)
      return {
        async succeeded() {
          await updateRows(store, 'attempt', { failures: 0, until: NEVER }, { key }, options())
          if (known !== undefined) await remember(known)
        },
        async failed() {
          // The answer is that of the failure; that the next one has to wait is told then.
          if (addressKey !== undefined)
            await counted(addressKey, ADDRESS).catch((error: unknown) => {
              if (!GwError.is(error) || error.code !== 'rate_limited') throw error
            })
        },
      }
    },
    async tidy(signal) {
      const before = (age: number) => new Date(Date.now() - age).toISOString()
      const old = store.db
        .deleteFrom('gw_attempt')
        .where((where) =>
          where.or([
            where('last', '<', before(KNOWN)),
            where.and([where('last', '<', before(FORGOTTEN)), where('failures', '>', 0)]),
          ]),
        )
        .compile()
      await store.run(old.sql, old.parameters, { signal, writes: true })
    },
  }
}
