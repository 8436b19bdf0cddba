/**
 * Many records in one call (the wire contract §4.3, §4.4): in order, stopping at the first failure, going on after
 * it, or all or nothing.
 *
 * Which failures make the batch form: those of a record (400, 404, 409, 422), also where there is only one record.
 * A refusal (403) and a source in trouble (503, 504, …) are answers to the call: they surface as themselves where
 * nothing was done before them, and stand in the batch form where something was, so that the caller learns what.
 */
import { type ErrorCode, GwError, STATUS, statusOf } from '@gw/core'
import type { RecordsSource, Row, Transaction } from './source.ts'
import { type Inside, insideOf } from './steps/inside.ts'

export type BatchMode = 'stop' | 'continue' | 'rollback'
export type BatchVerb = 'created' | 'updated' | 'deleted' | 'retrieved'

export interface Batch<T extends object> {
  readonly verb: BatchVerb
  readonly mode: BatchMode
  /** What to do, or why it can't be done. */
  readonly items: readonly (T | GwError)[]
  one(item: T, transaction: Transaction | undefined): Promise<Row>
  /** Several in one statement, all or nothing: an outcome for each. Throws where none was done. */
  many?: ((items: readonly T[], transaction: Transaction | undefined) => Promise<readonly Outcome[]>) | undefined
  /** Whether an item may go into one statement with the one before it. Default: always. */
  together?: ((item: T, before: T) => boolean) | undefined
  /** The most items for one statement. */
  readonly most?: number | undefined
}
export type Outcome = Row | GwError

const OF_A_RECORD: ReadonlySet<ErrorCode> = new Set([
  'invalid_request',
  'not_found',
  'conflict',
  'unprocessable',
  'precondition_failed',
  'too_large',
])
/** Whether a failure is about one record, rather than about the call. */
export const ofARecord = (error: GwError): boolean => OF_A_RECORD.has(error.code)
/** After these the next record would fail alike, or should not be tried. */
const endsTheCall = (error: GwError): boolean => !ofARecord(error) && error.code !== 'forbidden'

/** A failure as it stands inside a batch's context. */
export const entryOf = (error: GwError): object => ({
  code: error.wire?.code ?? STATUS[error.code],
  context: error.wire?.context ?? error.details ?? null,
  message: error.message,
  status_code: statusOf(error),
})

const batchError = (verb: BatchVerb, outcomes: readonly Outcome[], rolledBack: boolean): GwError => {
  const error = outcomes.flatMap((outcome, index) => (GwError.is(outcome) ? [index] : []))
  const resource = outcomes.map((outcome) => (GwError.is(outcome) ? entryOf(outcome) : outcome))
  const suffix = rolledBack ? ' All changes rolled back.' : ''
  return new GwError('invalid_request', `Batch Error: Not all requested records could be ${verb}.${suffix}`, {
    wire: { status: 400, code: 1000, context: { error, resource } },
  })
}

/** The rows of a batch that went well; otherwise throws what the caller has to see. */
const settled = <T extends object>({ verb, mode }: Batch<T>, outcomes: readonly Outcome[]): readonly Row[] => {
  const first = outcomes.find((outcome) => GwError.is(outcome))
  if (!first) return outcomes as readonly Row[]
  if (!ofARecord(first) && outcomes.every((outcome) => GwError.is(outcome))) throw first
  throw batchError(verb, outcomes, mode === 'rollback')
}

/** The run of items from an index on that one statement can take. */
const runFrom = <T extends object>({ items, together, most = 1_000 }: Batch<T>, from: number): T[] => {
  const run: T[] = []
  for (let at = from; at < items.length && run.length < most; at++) {
    const item = items[at]!
    const before = run.at(-1)
    if (GwError.is(item) || (before && together && !together(item, before))) break
    run.push(item)
  }
  return run
}

/** Thrown to leave a transaction in which a statement for several records has failed. */
export const AGAIN = new Error('A statement for several records failed: find out which record it was.')

const tried = async (work: () => Promise<Row>): Promise<Outcome> => {
  try {
    return await work()
  } catch (error) {
    if (GwError.is(error)) return error
    throw error
  }
}

/** Runs a batch as far as its mode lets it. `singly`: one statement per record, to learn which one fails. */
const outcomesOf = async <T extends object>(
  batch: Batch<T>,
  signal: AbortSignal,
  transaction: Transaction | undefined,
  singly: boolean,
): Promise<readonly Outcome[]> => {
  const { items, mode, one, many } = batch
  const outcomes: Outcome[] = []
  let singlyUntil = singly ? items.length : 0
  while (outcomes.length < items.length) {
    signal.throwIfAborted()
    const from = outcomes.length
    const item = items[from]!
    const run = many && from >= singlyUntil ? runFrom(batch, from) : []
    if (GwError.is(item)) outcomes.push(item)
    else if (many && run.length > 1) {
      try {
        outcomes.push(...(await many(run, transaction)))
      } catch (error) {
        if (!GwError.is(error)) throw error
        if (endsTheCall(error)) outcomes.push(error)
        else if (transaction) throw AGAIN
        else singlyUntil = from + run.length
      }
    } else outcomes.push(await tried(() => one(item, transaction)))
    const failed = outcomes.findIndex(
      (outcome, index) => index >= from && GwError.is(outcome) && (mode !== 'continue' || endsTheCall(outcome)),
    )
    if (failed >= 0) return outcomes.slice(0, failed + 1)
  }
  return outcomes
}

const allOrNothing = async <T extends object>(
  batch: Batch<T>,
  source: RecordsSource,
  signal: AbortSignal,
  singly = false,
): Promise<readonly Row[]> => {
  if (!source.capabilities.transactions || !source.transaction) {
    throw new GwError('not_supported', 'Rollback is not supported by this service.')
  }
  let outcomes: readonly Outcome[] = []
  let again = false
  try {
    await source.transaction(async (transaction) => {
      try {
        outcomes = await outcomesOf(batch, signal, transaction, singly)
      } catch (error) {
        again = error === AGAIN
        throw error
      }
      const failure = outcomes.find((outcome) => GwError.is(outcome))
      if (failure) throw failure
    }, signal)
  } catch (error) {
    if (again) return allOrNothing(batch, source, signal, true)
    // What failed while committing is no record's failure.
    if (outcomes.some((outcome) => GwError.is(outcome))) return settled(batch, outcomes)
    throw error
  }
  return outcomes as readonly Row[]
}

/** In a transaction that others began, the first failure ends everything. Throws `AGAIN` where it may be anyone's. */
const asPart = async <T extends object>(
  batch: Batch<T>,
  { transaction, singly }: Inside,
  signal: AbortSignal,
): Promise<readonly Row[]> =>
  settled({ ...batch, mode: 'rollback' }, await outcomesOf({ ...batch, mode: 'stop' }, signal, transaction, singly))

/**
 * Runs a batch and returns its rows, one per item.
 * @throws GwError the batch form, or the failure itself (see above)
 */
export const runBatch = async <T extends object>(
  batch: Batch<T>,
  source: RecordsSource,
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const inside = insideOf(source)
  if (inside) return asPart(batch, inside, signal)
  if (batch.mode === 'rollback') return allOrNothing(batch, source, signal)
  return settled(batch, await outcomesOf(batch, signal, undefined, false))
}
