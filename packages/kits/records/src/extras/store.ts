/** Extras in the service's own state: one document for each table, shared by all nodes where the state is. */
import type { State } from '@gw/core'
import { NO_EXTRAS, type TableExtras } from './document.ts'

export interface ExtrasStore {
  /** By the table's API name without its alias. Never does I/O; empty before the first `load`. */
  current(): ReadonlyMap<string, TableExtras>
  /** Reads everything again: another node may have changed it. */
  load(): Promise<void>
  /** Changes one table's; what `change` gives `undefined` for is forgotten. Loses no change made at the same time. */
  change(table: string, change: (extras: TableExtras) => TableExtras | undefined): Promise<void>
}

const PREFIX = 'extras/'
/** How often a change is tried again that met another one. */
const TRIES = 5

const isConflict = (error: unknown): boolean => (error as { code?: unknown }).code === 'conflict'

/** @param onChange called after a change, when it can be seen */
export const extrasStore = (state: State, onChange: () => void = () => undefined): ExtrasStore => {
  let known: ReadonlyMap<string, TableExtras> = new Map()
  const load = async (): Promise<void> => {
    const keys = await state.list(PREFIX)
    const entries = await Promise.all(keys.map((key) => state.get<TableExtras>(key)))
    const found = keys.flatMap((key, at): [string, TableExtras][] => {
      const entry = entries[at]
      return entry ? [[key.slice(PREFIX.length), { ...NO_EXTRAS, ...entry.value }]] : []
    })
    // The same map where nothing changed: catalogues are made anew for another one.
    if (JSON.stringify(found) !== JSON.stringify([...known])) known = new Map(found)
  }
  const tryChange = async (table: string, change: Parameters<ExtrasStore['change']>[1]): Promise<void> => {
    const key = PREFIX + table
    const entry = await state.get<TableExtras>(key)
    const next = change({ ...NO_EXTRAS, ...entry?.value })
    const ifVersion = entry?.version ?? 0
    if (next) await state.put(key, next, { ifVersion })
    else if (entry) await state.delete(key, { ifVersion })
  }
  return {
    current: () => known,
    load,
    async change(table, change) {
      for (let turn = 1; ; turn++) {
        try {
          await tryChange(table, change)
          break
        } catch (error) {
          if (turn === TRIES || !isConflict(error)) throw error
        }
      }
      await load()
      onChange()
    },
  }
}
