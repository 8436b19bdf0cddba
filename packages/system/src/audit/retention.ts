/** Entries of the audit trail are forgotten when they are old enough. */
import type { Logger } from '@gw/core'
import type { Store } from '../store/open.ts'

const DAY = 86_400_000
/** How long that may take, in milliseconds. */
const PATIENCE = 60_000

/** @param days how old they may become */
export const forgetOldEntries = async (
  { db, run }: Pick<Store, 'db' | 'run'>,
  days: number,
  signal: AbortSignal,
): Promise<void> => {
  const oldest = new Date(Date.now() - days * DAY).toISOString().slice(0, 19).replace('T', ' ')
  const { sql, parameters } = db.deleteFrom('gw_audit').where('time', '<', oldest).compile()
  await run(sql, parameters, { signal, writes: true })
}

/** Now, and once a day. @returns what ends it */
export const keepForgetting = (store: Store, days: number, log: Logger): (() => void) => {
  if (days === 0) return () => {}
  const forget = () =>
    forgetOldEntries(store, days, AbortSignal.timeout(PATIENCE)).catch((error: unknown) =>
      log.warn('old entries of the audit trail could not be forgotten', { error }),
    )
  void forget()
  const timer = setInterval(forget, DAY).unref()
  return () => clearInterval(timer)
}
