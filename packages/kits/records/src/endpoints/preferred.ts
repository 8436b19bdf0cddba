/**
 * What a write prefers (RFC 7240): to be undone again, to change few records, or to answer more or less of them. The
 * first two run the call in a transaction of its own, as a batch runs its steps; so does a key by which it may be sent
 * again.
 */
import { type Call, GwError, type Preferences, preferencesIn, type Ready } from '@gw/core'
import type { Kit } from '../execute/work.ts'
import type { RecordsParams } from '../params/query.ts'
import type { RecordsSource } from '../source.ts'
import { runInside, sourceAs, sourceFor } from '../steps/inside.ts'
import { transacted } from '../steps/transacted.ts'
import { once, refuseApart } from './once.ts'
import { callWith } from './place.ts'

/** Ends a transaction that went well. */
const UNDONE = new Error('Everything was done as it was asked for, and is undone.')

const tooMany = (most: number): GwError =>
  new GwError('invalid_request', `More than ${most} records would be changed. Nothing was changed.`)

/** Counts the records that are written; the first beyond the limit ends it. Cascades are the source's own. */
const counting = (source: RecordsSource, most: number, onExceeded: (error: GwError) => void): RecordsSource => {
  let written = 0
  const counted = async <T>(work: Ready<T>, count: (result: T) => number): Promise<T> => {
    const result = await work
    written += count(result)
    if (written <= most) return result
    const error = tooMany(most)
    onExceeded(error)
    throw error
  }
  return sourceAs(source, {
    insert: (plan, records, options) => counted(source.insert(plan, records, options), () => records.length),
    update: (plan, values, options) => counted(source.update(plan, values, options), ({ count }) => count),
    delete: (plan, values, options) => counted(source.delete(plan, values, options), ({ count }) => count),
    truncate() {
      throw new GwError('invalid_request', 'max-affected and force can not be used together: delete with a filter.')
    },
  })
}

const inTransaction = async <C extends Call, T>(
  kit: Kit,
  call: C,
  { rollback, maxAffected }: Preferences,
  handle: (call: C) => Ready<T>,
): Promise<T> => {
  const source = sourceFor(call) ?? kit.source
  if (!source.capabilities.transactions || !source.transaction)
    throw new GwError('not_supported', 'This service has no transactions, so that nothing can be undone.')
  refuseApart(call, 'Prefer: tx=rollback or max-affected')
  let reply: T
  let undone = false
  let exceeded: GwError | undefined
  const note = (error: GwError): void => {
    exceeded ??= error
  }
  try {
    return await transacted(source, call.signal, async (within, inside) => {
      runInside(call, maxAffected === undefined ? within : counting(within, maxAffected, note))
      reply = await handle(call)
      // A failure that was not passed on would make the database undo what is answered as done.
      const failure = exceeded ?? inside.failure
      if (failure) throw failure
      if (!rollback) return reply
      undone = true
      throw UNDONE
    })
  } catch (error) {
    if (undone) return reply!
    // It is about the call, whichever record went beyond the limit.
    throw exceeded ?? error
  }
}

const appliedOf = ({ rollback, maxAffected, return: wanted }: Preferences): string =>
  [
    rollback && 'tx=rollback',
    maxAffected !== undefined && `handling=strict, max-affected=${maxAffected}`,
    wanted && `return=${wanted}`,
  ]
    .filter(Boolean)
    .join(', ')

/**
 * Does what a call of a write asks for as it prefers.
 * @param answers whether records are answered, of which there may be more or less
 */
export const preferred = <C extends Call, T>(
  kit: Kit,
  call: C,
  handle: (call: C) => Ready<T>,
  answers: 'records' | 'steps' = 'records',
): Ready<T> => {
  const { repeatable } = call
  if (repeatable) return once(kit, call, repeatable, (own) => asPreferred(kit, own, handle, answers))
  return asPreferred(kit, call, handle, answers)
}

const asPreferred = <C extends Call, T>(
  kit: Kit,
  call: C,
  handle: (call: C) => Ready<T>,
  answers: 'records' | 'steps',
): Ready<T> => {
  const header = call.header('prefer')
  if (!header) return handle(call)
  const { return: asked, ...others } = preferencesIn(header)
  const wanted = answers === 'records' ? asked : undefined
  const preferences: Preferences = { ...others, return: wanted }
  const applied = appliedOf(preferences)
  if (applied === '') return handle(call)
  call.sendHeader?.('preference-applied', applied)
  const own = wanted ? callWith(call, { query: returning(call.query as RecordsParams, wanted) }) : call
  const bound = sourceFor(call)
  if (bound && own !== call) runInside(own, bound)
  const apart = others.rollback || others.maxAffected !== undefined
  return apart ? inTransaction(kit, own, preferences, handle) : handle(own)
}

const returning = (query: RecordsParams, wanted: NonNullable<Preferences['return']>): RecordsParams => {
  if (wanted === 'representation') return { fields: '*', ...query }
  // Said, so that it also holds against a body.
  return { ...query, fields: undefined }
}
