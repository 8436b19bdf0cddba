/** The catalogue's life: read at the start, kept as a value, read again in the background, swapped as a whole. */
import { GwError, type Logger } from '@gw/core'
import { type Catalog, catalogOf, type Table } from './catalog.ts'
import type { Constraint, Known } from './failure.ts'

/** What a look at a source finds. */
export interface Introspected {
  /** Sorted by name, so that two looks at an unchanged source are equal. */
  readonly tables: readonly Table[]
  /** Unique and foreign-key constraints by native name, so that a violation can name its fields. */
  readonly constraints: readonly Constraint[]
}

export interface CatalogCacheOptions {
  readonly read: (signal: AbortSignal) => Promise<Introspected>
  /** Whether two looks found the same of a table. */
  readonly isUnchanged: (before: Table, after: Table) => boolean
  /** Called after a swap, not after the first look. */
  readonly onChange: () => void
  readonly log: Logger
  /** Seconds between looks; 0: none. */
  readonly interval: number
}

export interface CatalogCache {
  /** Throws `unavailable` before the first look. */
  current(): Catalog
  known(): Known | undefined
  /** Looks now. Calls at the same time share one look. */
  refresh(signal: AbortSignal): Promise<Catalog>
  /** Looks after whatever look is under way: for who has changed something, and must see it. */
  renew(signal: AbortSignal): Promise<Catalog>
  /** Looks soon, in the background: something seen suggests that the schema has changed. */
  refreshSoon(): void
  /** Begins the regular looks. */
  watch(): void
  stop(): void
}

/** How long one look in the background may take, in milliseconds. */
const LOOK_TIMEOUT = 60_000

interface Snapshot extends Known {
  readonly catalog: Catalog
}

export const catalogCache = ({ read, isUnchanged, onChange, log, interval }: CatalogCacheOptions): CatalogCache => {
  const stopping = new AbortController()
  let snapshot: Snapshot | undefined
  let looking: Promise<Catalog> | undefined
  let timer: NodeJS.Timeout | undefined

  const look = async (signal: AbortSignal): Promise<Catalog> => {
    const found = await read(AbortSignal.any([signal, stopping.signal]))
    const next = snapshotOf(found, snapshot, isUnchanged)
    const changed = snapshot !== undefined && next !== snapshot
    snapshot = next
    if (changed) onChange()
    return next.catalog
  }
  const refresh = (signal: AbortSignal): Promise<Catalog> => {
    looking ??= look(signal).finally(() => {
      looking = undefined
    })
    return looking
  }
  const inBackground = () =>
    refresh(AbortSignal.timeout(LOOK_TIMEOUT)).then(
      () => undefined,
      (error: unknown) => {
        if (!stopping.signal.aborted)
          log.warn('The catalogue could not be read again; the one at hand stays.', { error })
      },
    )
  const schedule = () => {
    if (interval === 0 || stopping.signal.aborted) return
    timer = setTimeout(() => inBackground().finally(schedule), interval * 1000).unref()
  }

  return {
    current() {
      if (!snapshot) throw new GwError('unavailable', 'The database has not been reached yet; try again later.')
      return snapshot.catalog
    },
    known: () => snapshot,
    refresh,
    async renew(signal) {
      await looking?.catch(() => undefined)
      return refresh(signal)
    },
    refreshSoon: () => void (looking ?? inBackground()),
    watch: schedule,
    stop() {
      stopping.abort(new GwError('unavailable', 'The service is being stopped.'))
      clearTimeout(timer)
    },
  }
}

/**
 * The same snapshot where nothing changed; otherwise a new one that keeps the objects of unchanged tables, because
 * plans are cached by them.
 */
const snapshotOf = (
  found: Introspected,
  before: Snapshot | undefined,
  isUnchanged: CatalogCacheOptions['isUnchanged'],
): Snapshot => {
  const known = new Map(before?.tables.map((table) => [table.name, table]))
  const tables = found.tables.map((table) => {
    const old = known.get(table.name)
    return old && isUnchanged(old, table) ? old : table
  })
  const isSame =
    before?.tables.length === tables.length &&
    tables.every((table) => known.get(table.name) === table) &&
    before.constraints.length === found.constraints.length &&
    before.constraints.every((constraint, at) => isSameConstraint(constraint, found.constraints[at]!))
  return isSame ? before : { tables, constraints: found.constraints, catalog: catalogOf(tables) }
}

const isSameConstraint = (a: Constraint, b: Constraint): boolean =>
  a.name === b.name &&
  a.table === b.table &&
  a.schema === b.schema &&
  a.columns.length === b.columns.length &&
  a.columns.every((column, at) => column === b.columns[at])
