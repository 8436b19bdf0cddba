/**
 * Writes that are done once, however often they are sent (`Idempotency-Key`). The answer is kept in the transaction of
 * the write: whatever happens to the gateway or to its connection, both are there, or neither is.
 */
import {
  type Call,
  encoded,
  GwError,
  isEncoded,
  isRows,
  preferencesIn,
  type Repeatable,
  type Rows,
  rows,
} from '@gw/core'
import type { Kit } from '../execute/work.ts'
import type { RecordsParams } from '../params/query.ts'
import type { AnswerStore, KeptAnswer } from '../source.ts'
import { runInside } from '../steps/inside.ts'
import { transacted } from '../steps/transacted.ts'
import { type InTurn, inTurn } from './in-turn.ts'

/** Characters that an answer may have: it is kept in the database. */
const LONGEST = 1_000_000

/**
 * Refuses what can not be undone as a whole, or what a transaction would answer differently.
 * @param why what asks for a transaction
 */
export const refuseApart = ({ query }: Call, why: string): void => {
  const { stream, continue: goesOn } = query as RecordsParams
  if (!stream && !goesOn) return
  throw new GwError('invalid_request', `The parameter ${stream ? 'stream' : 'continue'} can not be used with ${why}.`)
}

/** A reply as it is kept: rows with what is said of them, or a value. */
interface Frozen {
  readonly rows?: Omit<Rows, symbol | 'items'> | undefined
  /** The rows never were objects. */
  readonly encoded?: boolean
  readonly content: string
}

const textOf = (value: unknown): string => (isEncoded(value) ? value.json : (JSON.stringify(value) ?? 'null'))

const freeze = (reply: unknown): string => {
  if (reply instanceof Response) throw new GwError('internal', 'What is sent as a stream can not be kept.')
  const frozen: Frozen = isRows(reply)
    ? {
        rows: { ...reply, items: undefined } as Frozen['rows'],
        encoded: isEncoded(reply.items),
        content: textOf(reply.items),
      }
    : { content: textOf(reply) }
  const text = JSON.stringify(frozen)
  if (text.length <= LONGEST) return text
  throw new GwError(
    'too_large',
    'The answer to a request with an Idempotency-Key is kept, and this one is too long for that. Nothing was done: ask for fewer fields or send fewer records.',
  )
}

const thaw = (answer: string): unknown => {
  const { rows: list, encoded: raw, content } = JSON.parse(answer) as Frozen
  if (!list) return encoded(content)
  return rows({ ...list, items: raw ? encoded(content) : JSON.parse(content) })
}

/** @throws GwError where the answer is not one to this request, or not for who asks now */
const again = (call: Call, { request, rights }: Repeatable, kept: KeptAnswer): unknown => {
  if (kept.request !== request)
    throw new GwError(
      'unprocessable',
      'This Idempotency-Key was sent with another request. Each request needs a key of its own.',
    )
  if (kept.rights !== rights)
    throw new GwError(
      'conflict',
      'The request with this Idempotency-Key has been done. Its answer is not shown again, since the access rules have changed.',
    )
  call.sendHeader?.('idempotency-replayed', 'true')
  return thaw(kept.answer)
}

/** Ends the transaction of a call that somebody else has done meanwhile. */
const TAKEN = new Error('The key was taken.')

/** @returns `undefined` where somebody else has taken the key, and nothing was done */
const attempt = async <C extends Call, T>(
  { source }: Kit,
  store: AnswerStore,
  call: C,
  { key, request, rights }: Repeatable,
  handle: (call: C) => T | Promise<T>,
): Promise<{ readonly reply: unknown } | undefined> => {
  const { signal } = call
  let taken = false
  const work = transacted(source, signal, async (within, inside) => {
    taken = !(await store.take(key, inside.transaction, signal))
    if (taken) throw TAKEN
    runInside(call, within)
    const reply = await handle(call)
    // A failure that was not passed on would make the database undo what is answered as done.
    if (inside.failure) throw inside.failure
    const answer = freeze(reply)
    await store.keep(key, { request, rights, answer }, inside.transaction, signal)
    // As it would be answered again.
    return { reply: thaw(answer) }
  })
  return work.catch((error: unknown) => {
    if (!taken) throw error
    return undefined
  })
}

const refuseUnkept = (call: Call, { source }: Kit): AnswerStore => {
  if (!source.answers || !source.capabilities.transactions || !source.transaction)
    throw new GwError(
      'not_supported',
      'This service keeps no answers, so that Idempotency-Key can not be used. Nothing was done.',
    )
  refuseApart(call, 'Idempotency-Key')
  if (preferencesIn(call.header('prefer') ?? '').rollback)
    throw new GwError('invalid_request', 'Idempotency-Key can not be used with Prefer: tx=rollback.')
  return source.answers
}

const turns = new WeakMap<AnswerStore, InTurn>()
const turnsOf = (store: AnswerStore): InTurn => {
  const known = turns.get(store) ?? inTurn()
  turns.set(store, known)
  return known
}

/** How often a key may be taken by others who then do nothing. */
const ATTEMPTS = 5

/**
 * Does what a call asks for, or answers what was answered when it was done. A call that fails has done nothing, keeps
 * nothing, and may be sent again.
 * @throws GwError `not_supported` where the source keeps no answers; `unprocessable` for the key of another request
 */
export const once = async <C extends Call, T>(
  kit: Kit,
  call: C,
  repeatable: Repeatable,
  handle: (call: C) => T | Promise<T>,
): Promise<T> => {
  const store = refuseUnkept(call, kit)
  const { key } = repeatable
  return turnsOf(store)(key, call.signal, async () => {
    for (let left = ATTEMPTS; left > 0; left -= 1) {
      const kept = await store.find(key, call.signal)
      if (kept) return again(call, repeatable, kept) as T
      const done = await attempt(kit, store, call, repeatable, handle)
      if (done) return done.reply as T
    }
    throw new GwError('conflict', 'The request with this Idempotency-Key is being done. Send it again later.')
  })
}
