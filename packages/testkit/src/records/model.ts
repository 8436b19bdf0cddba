/** Random sequences of calls against the source and against the reference in memory: both must answer the same. */
import assert from 'node:assert/strict'
import type { ServiceType } from '@gw/core'
import fc from 'fast-check'
import type { Check } from '../check.ts'
import type { Answer, Ask } from '../harness.ts'
import { closeRecords, openRecords, type RecordsContext, type RecordsSubject, recordsCheck } from './context.ts'
import { patch } from './extras.ts'
import { functionsCheck } from './functions.ts'
import { callsOn, PLAIN, type Vocabulary } from './model-calls.ts'
import { referenceSubject } from './reference.ts'
import { RENAMED, RENAMING, renamedSource } from './renamed.ts'

/** Lists that no `order` governs are compared as sets. */
const isUnordered = ({ method = 'GET', query }: Ask) => method !== 'GET' && query?.filter !== undefined

/** Sources differ in how much they know of a conflict: which fields, which constraint. That there is one, they share. */
const withoutDetails = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDetails)
  if (typeof value !== 'object' || value === null) return value
  const conflict = 'status_code' in value && value.status_code === 409
  const members = Object.entries(value).map(([name, inner]) => [
    name,
    conflict && (name === 'context' || name === 'message') ? null : withoutDetails(inner),
  ])
  return Object.fromEntries(members)
}

/** What two sources have to agree on. */
export const comparable = (ask: Ask, { status, body }: Answer): unknown => {
  if (status >= 400) return { status, body: withoutDetails(body) }
  if (!isUnordered(ask) || !Array.isArray(body?.resource)) return { status, body }
  return { status, body: { ...body, resource: body.resource.map((row: unknown) => JSON.stringify(row)).toSorted() } }
}

const TABLES = ['customers', 'orders', 'order_lines'] as const

const compare = async (
  context: RecordsContext,
  reference: RecordsContext,
  asks: readonly Ask[],
  { table }: Vocabulary,
): Promise<void> => {
  await Promise.all([context.fresh(), reference.fresh()])
  for (const [index, ask] of asks.entries()) {
    const [answer, expected] = [await context.ask(ask), await reference.ask(ask)]
    const told = `call ${index + 1}: ${ask.method ?? 'GET'} ${ask.path} ${JSON.stringify(ask.query ?? {})} ${JSON.stringify(ask.body) ?? ''}`
    assert.deepEqual(comparable(ask, answer), comparable(ask, expected), told)
  }
  await compareStored(context, reference, TABLES.map(table))
}

export const compareStored = async (
  context: RecordsContext,
  reference: RecordsContext,
  tables: readonly string[] = TABLES,
): Promise<void> => {
  for (const table of tables) {
    const [rows, expected] = [await context.stored(table), await reference.stored(table)]
    const sorted = (list: readonly object[]) => list.map((row) => JSON.stringify(row)).toSorted()
    assert.deepEqual(sorted(rows), sorted(expected), `what '${table}' holds in the end`)
  }
}

export interface ModelOptions {
  /** How many sequences. Default: a few seconds' worth, or as many as the environment's `GW_STRESS` says. */
  readonly runs?: number
  /** Makes a run repeatable. Default: the environment's `GW_SEED`, else another one each time. */
  readonly seed?: number | undefined
}

/** Compares a source with a reference over sequences of calls in the words that both know. */
const compareSequences = async (
  context: RecordsContext,
  { type, prepare }: { readonly type: ServiceType<any>; prepare(): Promise<RecordsSubject> },
  vocabulary: Vocabulary,
  { runs, seed }: ModelOptions,
): Promise<void> => {
  const reference = await openRecords({ type, prepare, lacks: ['answers'] })
  const sequences = fc.array(callsOn(vocabulary), { minLength: 1, maxLength: 12 })
  const property = fc.asyncProperty(sequences, (asks) => compare(context, reference, asks, vocabulary))
  const chosen = seed ?? (Number(process.env.GW_SEED) || undefined)
  try {
    await fc.assert(property, {
      numRuns: runs ?? (Number(process.env.GW_STRESS) || 25),
      ...(chosen !== undefined && { seed: chosen }),
    })
  } finally {
    await closeRecords(reference)
  }
}

/** The check that compares a source with the reference, call by call. */
export const modelCheck = (options: ModelOptions = {}): Check<RecordsContext> =>
  recordsCheck(
    'random sequences of calls answer and store what the reference answers and stores',
    (context) => compareSequences(context, referenceSubject(), PLAIN, options),
    'transactions',
  )

/** The same where tables and fields have other names, and fields have functions or are nothing else. */
export const renamedModelCheck = (options: ModelOptions = {}): Check<RecordsContext> => {
  const check = functionsCheck(
    'random sequences of calls under aliases, with functions and virtual fields, answer and store what the reference does',
    async (context) => {
      await patch(context, 'customers', RENAMING)
      await compareSequences(context, referenceSubject(undefined, renamedSource), RENAMED, options)
    },
  )
  return {
    ...check,
    requires: (context) =>
      check.requires?.(context) ??
      (context.lacks.includes('transactions') ? 'the source declares no transactions' : undefined),
  }
}
