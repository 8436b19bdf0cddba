/** A connection while one call has it for itself. */
import { GwError } from '@gw/core'
import { inTransaction, type PooledSession, renewing, rowStream, Soundness, type SqlExecutor } from '@gw/sql'
import { isStale } from './errors.ts'
import { ALIKE, load } from './load.ts'
import type { Connections, Pooled } from './pool.ts'
import { resultColumn } from './results.ts'

export type Session = PooledSession & Pick<SqlExecutor, 'scan'> & Required<Pick<SqlExecutor, 'load'>>

export const sessionOn = (pooled: Pooled, pool: Connections): Session => {
  const { prepared, described } = pooled
  const soundness = new Soundness(() => pool.cancel(pooled), pooled.cut)
  const command = (sql: string) => described({ sql, binds: [] })

  const runOnce: SqlExecutor['run'] = async (sql, binds, { name, signal, sets }) => {
    const statement = { sql, binds, name }
    if (sets === undefined) return soundness.stoppable(() => pooled.run(statement), signal)
    const { rows, rowCount, fields } = await soundness.stoppable(() => described(statement), signal)
    return { rows, affected: rowCount ?? 0, sets: [{ columns: fields.map(resultColumn), rows }] }
  }
  const scan: SqlExecutor['scan'] =
    pooled.scan &&
    ((sql, binds, { name, signal }, sink) =>
      renewing(prepared, isStale, name, async () => {
        await soundness.stoppable(() => pooled.scan!({ sql, binds, name }, sink), signal)
      }))
  const loadOnce: Session['load'] = (records, { signal }) =>
    load(records, pooled.client, {
      run: async (sql, binds, name) => runOnce(sql, binds, { name, signal, writes: false }),
      stoppable: (work) => soundness.stoppable(work, signal),
    })
  /** In a transaction of its own, whose end also ends what was set for it. */
  async function* streamRows(...[sql, binds, { signal }]: Parameters<Session['stream']>) {
    await command('begin read only')
    try {
      // A reader may take its time.
      await command('set local statement_timeout = 0')
      const left = new AbortController()
      yield* rowStream({
        run: (row) =>
          soundness.abandonable(() => pooled.each({ sql, binds }, row), AbortSignal.any([signal, left.signal])),
        pause: pooled.pause,
        resume: pooled.resume,
        stop: () => left.abort(),
      })
    } finally {
      if (soundness.sound) await soundness.tidy(() => command('rollback'))
    }
  }
  return {
    run: (sql, binds, options) => renewing(prepared, isStale, options.name, () => runOnce(sql, binds, options)),
    ...(scan && { scan }),
    stream: streamRows,
    load: (records, options) => renewing(prepared, isStale, ALIKE, () => loadOnce(records, options)),
    transaction: (work, signal) =>
      inTransaction(
        {
          begin: () => command('begin'),
          async commit() {
            // After a failure that `work` passed over, the server answers COMMIT by rolling back.
            if ((await command('commit')).command !== 'COMMIT')
              throw new GwError('conflict', 'All changes were undone, because one of them failed.')
          },
          rollback: () => soundness.tidy(() => command('rollback')),
          control: command,
          load: loadOnce,
          // A failure ends the transaction: a stale statement can't be tried again in it.
          run: runOnce,
        },
        work,
        signal,
      ),
    release: () => pool.release(pooled, soundness.sound),
  }
}
