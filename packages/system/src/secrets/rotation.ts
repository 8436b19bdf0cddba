/**
 * Encrypts with the first key what was encrypted with an older one. All keys decrypt, so that nodes may run meanwhile:
 * a row that one of them changes in between is left to the next look.
 */
import { fieldOf, type Row, type RunOptions, type Table } from '@gw/records'
import type { Store } from '../store/open.ts'
import { isEncrypted, type Keyring, placeOf } from './keyring.ts'
import { mapTexts } from './texts.ts'

interface Encrypted {
  readonly table: string
  readonly column: string
  /** The column that a value is bound to its row by. */
  readonly key: string
}

/** Every column that holds what is encrypted. */
export const ENCRYPTED: readonly Encrypted[] = [
  { table: 'service', column: 'config', key: 'id' },
  { table: 'app', column: 'api_key', key: 'id' },
  { table: 'lookup', column: 'value', key: 'id' },
  { table: 'signing_key', column: 'secret', key: 'kid' },
]

export interface Rotated {
  readonly table: string
  /** Values of an older key. */
  readonly old: number
  /** All encrypted values. */
  readonly all: number
  /** Values that still need an older key: others kept changing them. */
  readonly left: number
}

export interface RotationOptions {
  /** Counts, and changes nothing. */
  readonly dryRun: boolean
  readonly signal: AbortSignal
}

const MOST_ROWS = 1_000_000
/** How often a table is looked at again for what others have changed meanwhile. */
const LOOKS = 5

const encodedFor = (table: Table, column: string, value: unknown): unknown =>
  fieldOf(table, column)!.type === 'json' ? JSON.stringify(value) : value

const rowsOf = ({ source }: Pick<Store, 'source'>, table: Table, options: RunOptions) =>
  source.read(
    {
      kind: 'read',
      table,
      fields: table.fields,
      order: table.primaryKey.map((name) => ({ field: fieldOf(table, name)!, descending: false })),
      limit: 0,
    },
    [MOST_ROWS],
    options,
  )

/** Only where it still is what was read. */
const replace = async (
  { source }: Pick<Store, 'source'>,
  table: Table,
  { column, key }: Encrypted,
  row: Row,
  value: unknown,
  options: RunOptions,
) => {
  const compared = [key, column].map((name, at) => ({
    kind: 'compare' as const,
    field: fieldOf(table, name)!,
    op: '=' as const,
    value: { kind: 'slot' as const, slot: at + 1 },
  }))
  await source.update(
    {
      kind: 'update',
      table,
      set: [{ field: fieldOf(table, column)!, slot: 0 }],
      where: { kind: 'and', items: compared },
      returning: [],
    },
    [encodedFor(table, column, value), row[key], encodedFor(table, column, row[column])],
    options,
  )
}

const rotateOnce = async (
  store: Pick<Store, 'source'>,
  keys: Keyring,
  one: Encrypted,
  dryRun: boolean,
  options: RunOptions,
): Promise<Omit<Rotated, 'left'>> => {
  const table = store.source.catalog().byName.get(one.table)!
  let [old, all] = [0, 0]
  for (const row of await rowsOf(store, table, options)) {
    const place = placeOf(one.table, one.column, row[one.key] as string | number)
    const before = old
    const value = mapTexts(row[one.column], (text) => {
      if (!isEncrypted(text)) return text
      all++
      if (keys.isCurrent(text)) return text
      old++
      return keys.encrypt(keys.decrypt(text, place), place)
    })
    if (old > before && !dryRun) await replace(store, table, one, row, value, options)
  }
  return { table: one.table, old, all }
}

/**
 * One transaction for each table. Nothing that anyone sees changes, so that no node has to read anything again.
 * @throws GwError `internal` where a value can not be decrypted: its table stays as it is
 */
export const rotateKeys = async (
  store: Pick<Store, 'source'>,
  keys: Keyring,
  { dryRun, signal }: RotationOptions,
): Promise<readonly Rotated[]> => {
  const look = (one: Encrypted, dry: boolean) =>
    store.source.transaction!((transaction) => rotateOnce(store, keys, one, dry, { signal, transaction }), signal)
  const done: Rotated[] = []
  for (const one of ENCRYPTED) {
    const first = await look(one, dryRun)
    let left = dryRun ? first.old : (await look(one, true)).old
    for (let looks = 1; !dryRun && left > 0 && looks < LOOKS; looks++) {
      await look(one, false)
      left = (await look(one, true)).old
    }
    done.push({ ...first, left })
  }
  return done
}
