/** What a records kit member (a SQL database, MongoDB, …) has to offer; everything above it is this kit's work. */
import type { Call, Caller, Encoded, Ready } from '@gw/core'
import type { Catalog, Field } from './catalog.ts'
import type { Signatures } from './extras/functions.ts'
import type { CountPlan, DeletePlan, GroupPlan, InsertPlan, ReadPlan, TruncatePlan, UpdatePlan } from './plan.ts'
import type { RoutineSource } from './routines/routine.ts'
import type { SchemaWriter } from './schema/definition.ts'

export type Row = Readonly<Record<string, unknown>>
/** Values of a plan's slots, already cast to the wire contract's types (numbers, strings, booleans, Uint8Array, null). */
export type Values = readonly unknown[]

export interface RunOptions {
  readonly signal: AbortSignal
  /** Absent: outside any transaction. */
  readonly transaction?: Transaction | undefined
  /** On whose behalf; for what is told to some and not to others, or depends on who does it. */
  readonly caller?: Caller | undefined
  /** By whose rights a failure may name tables and fields. Absent: it may name all. */
  readonly asker?: Pick<Call, 'access'> | undefined
  /** From the source itself, whatever is kept of earlier reads. */
  readonly fresh?: boolean | undefined
  /** Few rows are to be expected, whatever the limit: those that belong to few others. */
  readonly few?: boolean | undefined
}
/** An open transaction; opaque to this kit. */
export interface Transaction {
  readonly id: symbol
}

/** What was answered to a write, kept beside what it wrote: both are there, or neither is. */
export interface KeptAnswer {
  /** See `Repeatable` of the contract. */
  readonly request: string
  readonly rights: string
  /** As it was given to `keep`. */
  readonly answer: string
}
export interface AnswerStore {
  /** What was kept for a key and committed, as long as it has not expired. */
  find(key: string, signal: AbortSignal): Promise<KeptAnswer | undefined>
  /**
   * Takes a key for an open transaction. Waits for another transaction that has it, and then goes on only where that
   * was rolled back.
   * @returns whether it could: false where an answer is kept for the key by now. Then the transaction is lost.
   */
  take(key: string, transaction: Transaction, signal: AbortSignal): Promise<boolean>
  /** Keeps the answer to the call that has taken the key. */
  keep(key: string, answer: KeptAnswer, transaction: Transaction, signal: AbortSignal): Promise<void>
}

/** Rows as objects keyed by API name, in plan order, values in wire form (database.md §4.6). */
export interface Changed {
  /** How many rows matched, also where nothing differed. */
  readonly count: number
  /** The plan's `returning` fields: after an update, before a delete. */
  readonly rows: readonly Row[]
}

export interface RecordsCapabilities {
  readonly transactions: boolean
  /** Keeps rows of plans with `lock` as they are until the transaction ends; absent: no write can depend on what a record is. */
  readonly locking?: boolean | undefined
  /** ILIKE, or something equal to it. */
  readonly insensitiveLike: boolean
  /**
   * Records are documents: PUT replaces them, PATCH takes update operators, and filters may be JSON objects. Absent: PUT
   * changes fields, as PATCH does, and the rest is refused.
   */
  readonly documents?: boolean | undefined
  /** Groups and aggregates; absent: refused. */
  readonly grouping?: boolean | undefined
  /** Reads plans with a `partition`. Without it, each parent's related records are read by a statement of its own. */
  readonly partition?: boolean | undefined
  /**
   * Reads partitions through a junction whose key fields this says yes to: the source takes their values to be equal
   * exactly where they would be found by one another in statements of their own.
   */
  readonly through?: ((own: Field, other: Field) => boolean) | undefined
  /** Functions that fields may have; absent: none. */
  readonly functions?: Signatures | undefined
  /**
   * Reads plans with `embeds` whose key fields this says yes to: the source takes their values to be equal exactly
   * where their wire forms are.
   */
  readonly embedding?: ((own: Field, other: Field) => boolean) | undefined
}

/**
 * A source of records. Every method that runs something takes a plan and its values; none takes text from a client.
 * Failures are thrown as `GwError` by the member's own `classify`. A source that has its rows at hand gives them at
 * once; others give promises.
 */
export interface RecordsSource {
  readonly capabilities: RecordsCapabilities
  /** The catalogue at hand: never does I/O. Throws `unavailable` before the first introspection. */
  catalog(): Catalog
  /** Introspects again and swaps the catalogue. */
  refresh(signal: AbortSignal): Promise<Catalog>
  read(plan: ReadPlan, values: Values, options: RunOptions): Ready<readonly Row[]>
  /** The same rows as an encoded JSON array with the same bytes as `JSON.stringify(read(…))`, and how many there are. */
  readEncoded?(plan: ReadPlan, values: Values, options: RunOptions): Ready<EncodedRows>
  /** The same rows in batches, in memory that does not grow with their number; without it, no answer is streamed. */
  stream?(plan: ReadPlan, values: Values, options: RunOptions): AsyncIterable<readonly Row[]>
  /**
   * For each text a key: the same for two of them exactly where this source takes them to be equal as values of the
   * field. Asked of fields with a `collation` only; absent: texts are equal where they are the same.
   */
  collationKeys?(field: Field, texts: readonly string[], options: RunOptions): Ready<readonly string[]>
  count(plan: CountPlan, values: Values, options: RunOptions): Ready<number>
  /** Only where `capabilities.grouping`. */
  group?(plan: GroupPlan, values: Values, options: RunOptions): Ready<readonly Row[]>
  /** One statement, all or nothing. Returns the `returning` fields of each record, in order. */
  insert(plan: InsertPlan, records: readonly Values[], options: RunOptions): Ready<readonly Row[]>
  update(plan: UpdatePlan, values: Values, options: RunOptions): Ready<Changed>
  delete(plan: DeletePlan, values: Values, options: RunOptions): Ready<Changed>
  truncate(plan: TruncatePlan, values: Values, options: RunOptions): Ready<void>
  /** Stored procedures and functions; absent: the source has none. */
  readonly routines?: RoutineSource | undefined
  /** Makes, changes and drops tables; absent: the source can't, and is asked in vain. */
  readonly schema?: SchemaWriter | undefined
  /** Commits where `work` resolves, rolls back where it throws. Only where `capabilities.transactions`. */
  transaction?<T>(work: (transaction: Transaction) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Keeps answers for `Idempotency-Key`, in its transactions; absent: it can't, or is not to. */
  readonly answers?: AnswerStore | undefined
  /** Undoes what `work` did in a transaction where it throws; then the transaction goes on. Absent: it can't. */
  savepoint?<T>(transaction: Transaction, work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

/** Rows as one JSON array. */
export interface EncodedRows {
  readonly rows: Encoded
  readonly count: number
}

/** The settings every database service has (database.md §12.2 C); kits put them into their configuration schemas. */
export interface RecordsOptions {
  /** Largest page, and the default one. */
  readonly maxRecords: number
  readonly allowUpsert: boolean
  /** Most records of a streamed answer; 0: as many as there are. */
  readonly maxStreamRecords: number
  /** Records that are let go of are deleted, also those that could be without what they belonged to. */
  readonly deleteDisowned?: true | undefined
}
