/** Extras in the service's own state: one document for each table, shared by all nodes where the state is. */
import type { State } from '@gw/core'
import { NO_EXTRAS, type TableExtras } from './document.ts'

export interface ExtrasStore {
  /** By the table's API name without its alias. Never does I/O; empty before the first `load`. */
  current(): ReadonlyMap<string, TableExtras>
  /** Reads everything again: another node may have changed it. */
  load(): Promise<void>
  /** Changes one table's; what `change` gives `undefined` for is forgotten. Loses no change made at the same time. */
  change(table: string, change: ExtrasChange): Promise<void>
  /**
   * Changes those of several tables, all or none of them.
   * @returns what puts them back for some of the tables; what was changed again in between stays
   */
  changeAll(changes: ReadonlyMap<string, ExtrasChange>): Promise<(tables: readonly string[]) => Promise<void>>
}

/** What is remembered of a table → what is to be; `undefined` to forget all of it. */
export type ExtrasChange = (extras: TableExtras) => TableExtras | undefined

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
  /** Answers what puts it back. */
  const tryChange = async (table: string, change: ExtrasChange): Promise<() => Promise<unknown>> => {
    const key = PREFIX + table
    const entry = await state.get<TableExtras>(key)
    const next = change({ ...NO_EXTRAS, ...entry?.value })
    const ifVersion = entry?.version ?? 0
    if (next) {
      const version = await state.put(key, next, { ifVersion })
      return () =>
        entry ? state.put(key, entry.value, { ifVersion: version }) : state.delete(key, { ifVersion: version })
    }
    if (!entry) return async () => undefined
    await state.delete(key, { ifVersion })
    return () => state.put(key, entry.value, { ifVersion: 0 })
  }
  const changed = async (table: string, change: ExtrasChange): Promise<() => Promise<unknown>> => {
    for (let turn = 1; ; turn++) {
      try {
        return await tryChange(table, change)
      } catch (error) {
        if (turn === TRIES || !isConflict(error)) throw error
      }
    }
  }
  const seen = async (): Promise<void> => {
    await load()
    onChange()
  }
  const store: ExtrasStore = {
    current: () => known,
    load,
    async change(table, change) {
      await store.changeAll(new Map([[table, change]]))
    },
    async changeAll(changes) {
      const undo = new Map<string, () => Promise<unknown>>()
      const putBack = async (tables: readonly string[]): Promise<void> => {
        for (const table of tables) {
          try {
            await undo.get(table)?.()
          } catch (error) {
            if (!isConflict(error)) throw error
          }
        }
        await seen()
      }
      try {
        for (const [table, change] of changes) undo.set(table, await changed(table, change))
      } catch (error) {
        if (undo.size > 0) await putBack([...undo.keys()])
        throw error
      }
      await seen()
      return putBack
    },
  }
  return store
}
