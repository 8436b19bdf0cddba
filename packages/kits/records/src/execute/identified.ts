/** Records named one by one: by `ids`, or by records in the body that carry their identifiers. */
import { GwError, type Reply, rows } from '@gw/core'
import { type Batch, type BatchMode, type Outcome, runBatch } from '../batch.ts'
import type { Field } from '../catalog.ts'
import { castIdentifier, MOST_IDENTIFIERS, parseIds, soleIdentifier } from '../params/fields.ts'
import { anyOf } from '../plan/target.ts'
import { withRelated } from '../related/attach.ts'
import { type Embedded, embedded, embeddedValues } from '../related/embed.ts'
import type { Row } from '../source.ts'
import { notFound, shown, type Work } from './work.ts'

/** One record's name. */
export interface Identified {
  /** Cast, one per identifying field. */
  readonly values: readonly unknown[]
  /** As the client wrote it, for messages. */
  readonly label: string
}

export const modeOf = ({ params }: Work): BatchMode =>
  params.rollback ? 'rollback' : params.continue ? 'continue' : 'stop'

/** Runs what may fail for one record without failing the call. */
export const orError = <T>(work: () => T): T | GwError => {
  try {
    return work()
  } catch (error) {
    if (GwError.is(error)) return error
    throw error
  }
}

/** The records that `ids` names. */
export const fromIds = (work: Work): readonly (Identified | GwError)[] => {
  const field = soleIdentifier(work.identifiers)
  return parseIds(work.params.ids!).map((id) =>
    orError(() => ({ values: [castIdentifier(field, id, work.params.idType)], label: String(id) })),
  )
}

/** The identifiers that a record of the body carries. */
export const identifiersIn = (record: unknown, index: number, { identifiers, scope, params }: Work): Identified => {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw new GwError('invalid_request', 'The request contains no valid record fields.')
  }
  if (identifiers.length === 0) throw new GwError('invalid_request', 'No valid identifier found for this table.')
  const given = new Map<Field | undefined, unknown>(
    Object.entries(record).map(([name, value]) => [scope.find(name), value]),
  )
  const missing = identifiers.filter((field) => (given.get(field) ?? null) === null)
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ')
    throw new GwError('invalid_request', `Required id field(s) not found in record ${index}: ${names}`)
  }
  return {
    values: identifiers.map((field) => castIdentifier(field, given.get(field), params.idType)),
    label: identifiers.map((field) => String(given.get(field))).join(','),
  }
}

/** The records that a body names. */
export const fromRecords = (work: Work): readonly (Identified | GwError)[] => {
  const { records = [] } = work
  if (records.length > MOST_IDENTIFIERS) {
    throw new GwError(
      'invalid_request',
      `Too many records: ${records.length}, ${MOST_IDENTIFIERS} are allowed in one request.`,
    )
  }
  return records.map((record, index) => orError(() => identifiersIn(record, index, work)))
}

/** The field whose value names at most one row; `undefined` where one statement can't tell records apart. */
export const uniqueIdentifier = ({ identifiers, scope }: Work): Field | undefined => {
  const [field] = identifiers
  if (!field || identifiers.length > 1) return undefined
  const isKey = scope.table.primaryKey.length === 1 && scope.table.primaryKey[0] === field.name
  return isKey || field.unique ? field : undefined
}

/** Whether values of the identifying fields name one record at most. */
export const nameOne = (work: Work): boolean => {
  const { primaryKey } = work.scope.table
  const isKey = primaryKey.length > 0 && primaryKey.every((name) => work.identifiers.some((one) => one.name === name))
  return isKey || uniqueIdentifier(work) !== undefined
}

/** The same key from a client and from a source, as one text. */
const keyText = (field: Field, value: unknown): string =>
  field.type === 'uuid' ? String(value).replace(/[{}-]/g, '').toLowerCase() : String(value)

/** Whether a key written in two ways can only be the same text where it is the same row. */
export const isPlainKey = ({ type }: Field): boolean => type === 'integer' || type === 'bigint' || type === 'uuid'

/** Puts a statement's rows into the order of the records that were asked for; `undefined` for each one missing. */
export const inOrder = (
  field: Field,
  wanted: readonly Identified[],
  found: readonly Row[],
  keepKey: boolean,
): readonly (Row | undefined)[] => {
  const byKey = new Map(found.map((row) => [keyText(field, row[field.name]), row]))
  return wanted.map(({ values }) => {
    const row = byKey.get(keyText(field, values[0]))
    if (!row || keepKey) return row
    const { [field.name]: _, ...rest } = row
    return rest
  })
}

const readSingly = async (item: Identified, work: Work, along: Embedded): Promise<Row> => {
  const { planner, identifiers, rows: claims, source, run } = work
  const shape = { ...shown(work), embeds: along.embeds }
  const { plan, embedCasts } = planner.read(work, { ...shape, target: { kind: 'key', fields: identifiers } })
  const values = [...item.values, ...claims.values, 1, ...embeddedValues(work, along, embedCasts)]
  const [row] = await source.read(plan, values, run)
  if (row) return row
  throw notFound(item.label)
}

const readTogether = async (
  items: readonly Identified[],
  field: Field,
  work: Work,
  along: Embedded,
): Promise<readonly Outcome[]> => {
  const { planner, rows: claims, source, run } = work
  const { target, values } = anyOf(
    field,
    items.map((item) => item.values[0]),
  )
  const bareShape = { ...shown(work), embeds: along.embeds }
  const bare = planner.read(work, { ...bareShape, target })
  const keepKey = bare.plan.fields.includes(field)
  const { plan, embedCasts } = keepKey
    ? bare
    : planner.read(work, { ...bareShape, extra: [field, ...(bareShape.extra ?? [])], target })
  const slots = [...values, ...claims.values, values.length, ...embeddedValues(work, along, embedCasts)]
  const found = await source.read(plan, slots, run)
  const ordered = inOrder(field, items, found, keepKey)
  const outcomes: Outcome[] = []
  for (const [index, row] of ordered.entries()) {
    const item = items[index]!
    if (row) outcomes.push(row)
    // Another spelling of the same key: only the source knows which ones it takes to be equal.
    else if (!isPlainKey(field)) outcomes.push(await readSingly(item, work, along).catch(asOutcome))
    else outcomes.push(notFound(item.label))
  }
  return outcomes
}

const asOutcome = (error: unknown): GwError => {
  if (GwError.is(error)) return error
  throw error
}

/** `GET _table/t?ids=1,2`, or with records in the body: all of them, in the order asked for, or the batch form. */
export const readIdentified = async (work: Work, items: readonly (Identified | GwError)[]): Promise<Reply> => {
  const field = uniqueIdentifier(work)
  const along = embedded(work, items.length)
  const batch: Batch<Identified> = {
    verb: 'retrieved',
    mode: modeOf(work) === 'continue' ? 'continue' : 'stop',
    items,
    one: (item) => readSingly(item, work, along),
    many: field && ((run) => readTogether(run, field, work, along)),
  }
  const found = await runBatch(batch, work.source, work.call.signal)
  const answered = await withRelated(work, found as readonly Row[], along.later)
  return rows({ items: answered, identifier: work.identifiers.map(({ name }) => name) })
}
