/** The columns of a table that is to be made: for each the narrowest type that all values of the sample have. */
import { GwError } from '@gw/core'
import type { FileRecord } from './records.ts'
import { atRecord } from './sample.ts'
import { DIGITS, digitsOf, fractionOf, isNothing, type Kind, kindOf, plainTime } from './values.ts'

/** As `_schema` takes a field (the wire contract, database part §6.3). */
export type FieldDefinition = Readonly<Record<string, string | number | boolean>> & { readonly name: string }

export interface Column {
  readonly name: string
  readonly definition: FieldDefinition
  /** What is sent of a value; `undefined` for one that does not fit. */
  fit(value: unknown): unknown
  /** What a value has to be, for messages. */
  readonly what: string
}

interface Seen {
  readonly kinds: Set<Kind>
  /** Whole numbers, as long as none comes twice; for the key. */
  keys: Set<string> | undefined
  count: number
  longest: number
  fraction: number
}

const MOST_COLUMNS = 1_000
const LONGEST_STRING = 255
/** Longer texts get a type that has room for much longer ones. */
const LONG_TEXT = 8_000

type Chosen = Pick<Column, 'fit' | 'what'> & { readonly type: Readonly<Record<string, string | number>> }

const NUMBERS: readonly Kind[] = ['integer', 'bigint', 'decimal', 'double']
const TIMES: readonly Kind[] = ['date', 'datetime']
const INSTANTS: readonly Kind[] = ['moment']

/** The widest of `order` that was seen, where nothing else was. */
const widest = (kinds: ReadonlySet<Kind>, order: readonly Kind[]): Kind | undefined =>
  [...kinds].every((kind) => order.includes(kind)) ? order.findLast((kind) => kinds.has(kind)) : undefined

const fitting =
  (typed: boolean, kinds: readonly Kind[], send: (value: unknown) => unknown = (value) => value) =>
  (value: unknown): unknown =>
    kinds.includes(kindOf(value, typed)) ? send(value) : undefined

const decimals = (seen: Seen, typed: boolean): Chosen => {
  const scale = Math.max(2, seen.fraction)
  const fits = (value: unknown): unknown => {
    const kind = kindOf(value, typed)
    if (kind !== 'decimal' && kind !== 'integer' && kind !== 'bigint') return undefined
    // A database would round what has more digits, without a word.
    const digits = digitsOf(String(value).replace(/^-/, ''))
    return digits && digits.fraction <= scale && digits.whole <= DIGITS.whole ? value : undefined
  }
  return {
    type: { type: 'decimal', precision: DIGITS.whole + DIGITS.fraction, scale },
    what: `a number with at most ${scale} digits behind the point`,
    fit: fits,
  }
}

const times = (kinds: readonly Kind[], seen: Seen, typed: boolean): Chosen => ({
  type: { type: 'datetime', ...(seen.fraction > 0 && { precision: 6 }) },
  what: `a date and time${seen.fraction > 0 ? '' : ' in whole seconds'}, such as 2026-01-31 12:00:00${kinds === INSTANTS ? 'Z' : ''}`,
  fit: fitting(typed, kinds, (value) =>
    seen.fraction === 0 && fractionOf(value as string) > 0 ? undefined : plainTime(value as string),
  ),
})

const texts = ({ longest }: Seen): Chosen => {
  const type = longest > LONG_TEXT ? 'longtext' : 'text'
  return {
    // Twice of what was seen: the records to come are much like the first ones.
    type: longest * 2 <= LONGEST_STRING ? { type: 'string', length: LONGEST_STRING } : { type },
    what: 'a text',
    fit: (value) => (typeof value === 'object' ? undefined : String(value)),
  }
}

const numbers = (kind: Kind, seen: Seen, typed: boolean): Chosen => {
  if (kind === 'decimal') return decimals(seen, typed)
  if (kind === 'double') return { type: { type: 'double' }, what: 'a number', fit: fitting(typed, NUMBERS) }
  const kinds: readonly Kind[] = kind === 'integer' ? ['integer'] : ['integer', 'bigint']
  return {
    type: { type: kind },
    what: `a whole number of at most ${kind === 'integer' ? 32 : 64} bits`,
    fit: fitting(typed, kinds),
  }
}

const isTrue = (value: unknown): boolean => String(value).toLowerCase() === 'true'

const chosen = (seen: Seen, typed: boolean): Chosen => {
  const { kinds } = seen
  if (kinds.size === 0) return texts(seen)
  // As a text: what is a text in JSON would be taken for JSON itself.
  if (kinds.has('json')) return { type: { type: 'json' }, what: 'JSON', fit: (value) => JSON.stringify(value) }
  if (widest(kinds, ['boolean']))
    return { type: { type: 'boolean' }, what: 'true or false', fit: fitting(typed, ['boolean'], isTrue) }
  const number = widest(kinds, NUMBERS)
  if (number) return numbers(number, seen, typed)
  if (widest(kinds, ['date']))
    return { type: { type: 'date' }, what: 'a date such as 2026-01-31', fit: fitting(typed, ['date']) }
  // Times with a zone and times without are no times of one kind.
  if (widest(kinds, TIMES)) return times(TIMES, seen, typed)
  if (widest(kinds, INSTANTS)) return times(INSTANTS, seen, typed)
  return texts(seen)
}

const look = (seen: Seen, value: unknown, typed: boolean): void => {
  const kind = kindOf(value, typed)
  seen.kinds.add(kind)
  seen.count += 1
  const text = kind === 'json' ? '' : String(value)
  seen.longest = Math.max(seen.longest, text.length)
  if (kind === 'decimal') seen.fraction = Math.max(seen.fraction, digitsOf(text)!.fraction)
  if (kind === 'datetime' || kind === 'moment') seen.fraction = Math.max(seen.fraction, fractionOf(text))
  if (kind !== 'integer' && kind !== 'bigint') seen.keys = undefined
  else if (seen.keys?.has(text)) seen.keys = undefined
  else seen.keys?.add(text)
}

type Columns = Map<string, Seen>

const lookAt = (record: FileRecord, columns: Columns, typed: boolean): void => {
  for (const [name, value] of Object.entries(record)) {
    const seen = columns.get(name) ?? { kinds: new Set(), keys: new Set(), count: 0, longest: 0, fraction: 0 }
    columns.set(name, seen)
    if (columns.size > MOST_COLUMNS)
      throw new GwError('invalid_request', `The file has more than ${MOST_COLUMNS} columns.`)
    if (!isNothing(value, typed)) look(seen, value, typed)
  }
}

const seenIn = (records: readonly FileRecord[], typed: boolean): Columns => {
  const columns: Columns = new Map()
  for (const [at, record] of records.entries()) {
    try {
      lookAt(record, columns, typed)
    } catch (error) {
      throw atRecord(error, at + 1)
    }
  }
  return columns
}

const columnOf = (name: string, seen: Seen, isKey: boolean, isFull: boolean, typed: boolean): Column => {
  const { type, fit, what } = chosen(seen, typed)
  const definition = { name, ...type, ...(isKey ? { is_primary_key: true } : { allow_null: !isFull }) }
  return {
    name,
    definition,
    what: isKey || isFull ? `${what}, and not empty` : what,
    fit: (value) => (isNothing(value, typed) ? (isKey || isFull ? undefined : null) : fit(value)),
  }
}

/**
 * Finds the columns of records.
 * @param typed whether their values have types; otherwise they are texts in which values are written down
 * @throws GwError `invalid_request` where there is no record, or too many columns
 */
export const columnsOf = (records: readonly FileRecord[], typed: boolean): readonly Column[] => {
  if (records.length === 0)
    throw new GwError(
      'invalid_request',
      'The file has no records. Types are found from values: there has to be one at least.',
    )
  return [...seenIn(records, typed)].map(([name, seen]) => {
    const isFull = seen.count === records.length
    return columnOf(name, seen, name === 'id' && isFull && seen.keys !== undefined, isFull, typed)
  })
}

const KEY_NAMES = ['id', 'row_id', 'import_id'] as const

/** The fields of the table: those of the file, with a key in front where no column of the file is one. */
export const fieldsOf = (columns: readonly Column[]): readonly FieldDefinition[] => {
  const fields = columns.map(({ definition }) => definition)
  if (fields.some(({ is_primary_key }) => is_primary_key === true)) return fields
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const name = KEY_NAMES.find((one) => !taken.has(one))
  if (name === undefined)
    throw new GwError('invalid_request', `The table needs a key, and the names ${KEY_NAMES.join(', ')} are taken.`)
  return [{ name, type: 'id' }, ...fields]
}
