/**
 * Answers to writes that may be sent again, as documents beside what was written, in a collection of the gateway's own:
 * its name is in no catalogue, and nobody reaches it through the API.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@gw/core'
import type { AnswerStore, KeptAnswer, Transaction } from '../source.ts'

export const ANSWERS = 'gw_idempotency_keys'
/** How long an answer is kept, in seconds. */
export const ANSWERS_KEPT = 24 * 3600

/** How long making the collection may take, in milliseconds: it is made for all, whoever leaves meanwhile. */
const MAKING_TIMEOUT = 30_000
/** How long another transaction that has a key is waited for, and how often it is looked at, in milliseconds. */
const PATIENCE = 2_000
const PAUSE = 100

export interface KeptDocument extends Omit<KeptAnswer, 'answer'> {
  readonly answer: string | null
  readonly kept_at: Date
}

/** The collection, by keys that are texts of the gateway's own. */
export interface AnswerDocuments {
  /** Makes it, if it is not there. */
  make(): Promise<unknown>
  /** One whose answer is there. */
  find(key: string, signal: AbortSignal): Promise<KeptDocument | undefined>
  remove(key: string, keptAt: Date): Promise<unknown>
  /**
   * @returns `taken` where there is one with this key, `held` where a transaction that has not ended may have it; both
   *   end the transaction
   */
  insert(key: string, document: KeptDocument, transaction: Transaction): Promise<'done' | 'taken' | 'held'>
  update(key: string, document: KeptDocument, transaction: Transaction): Promise<unknown>
}

export interface AnswerOptions {
  readonly log: Logger
  guarded<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

export const answerDocuments = (store: AnswerDocuments, { log, guarded }: AnswerOptions): AnswerStore => {
  let ready: Promise<unknown> | undefined
  const opened = (): Promise<unknown> => {
    ready ??= guarded(store.make, AbortSignal.timeout(MAKING_TIMEOUT)).catch((error: unknown) => {
      ready = undefined
      log.error(
        `The collection ${ANSWERS} can not be made: grant the right to make it, or turn idempotency_keys off.`,
        { error },
      )
      throw error
    })
    return ready
  }
  const found = (key: string, signal: AbortSignal): Promise<KeptDocument | undefined> =>
    guarded(async () => {
      const one = await store.find(key, signal)
      if (!one || one.kept_at.getTime() >= Date.now() - ANSWERS_KEPT * 1000) return one
      await store.remove(key, one.kept_at)
      return undefined
    }, signal)
  return {
    async find(key, signal) {
      await opened()
      signal.throwIfAborted()
      const one = await found(key, signal)
      return one && { request: one.request, rights: one.rights, answer: one.answer ?? '' }
    },
    async take(key, transaction, signal) {
      const empty: KeptDocument = { request: '', rights: '', answer: null, kept_at: new Date() }
      const outcome = await guarded(() => store.insert(key, empty, transaction), signal)
      if (outcome === 'done') return true
      // A source of documents refuses at once where SQL would wait.
      for (const late = Date.now() + PATIENCE; outcome === 'held' && Date.now() < late; ) {
        await pause(PAUSE, undefined, { signal })
        if (await found(key, signal)) break
      }
      return false
    },
    async keep(key, kept, transaction, signal) {
      await guarded(() => store.update(key, { ...kept, kept_at: new Date() }, transaction), signal)
    },
  }
}
