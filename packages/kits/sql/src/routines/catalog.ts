/** The routines' catalogue: read when it is first needed, again after the tables were, and never on the way of a start. */
import { type Routine, type RoutineCatalog, routineCatalogOf } from '@gw/records'

export interface RoutineCache {
  known(): RoutineCatalog | undefined
  load(): Promise<RoutineCatalog>
  refresh(): Promise<RoutineCatalog>
  /** What is known may be outdated: the next `load` looks again. */
  outdate(): void
}

/** @param onChange called when a look finds other routines than the one before */
export const routineCache = (read: () => Promise<readonly Routine[]>, onChange: () => void): RoutineCache => {
  let known: { readonly catalog: RoutineCatalog; readonly text: string } | undefined
  let outdated = false
  let looking: Promise<RoutineCatalog> | undefined

  const look = async (): Promise<RoutineCatalog> => {
    // Before the look: what becomes outdated while it runs is looked at again.
    outdated = false
    try {
      const routines = await read()
      const text = JSON.stringify(routines)
      // The objects of an unchanged catalogue stay: statements are cached by them.
      if (known?.text === text) return known.catalog
      const changed = known !== undefined
      known = { catalog: routineCatalogOf(routines), text }
      if (changed) onChange()
      return known.catalog
    } catch (error) {
      outdated = true
      throw error
    }
  }
  const refresh = (): Promise<RoutineCatalog> => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
  return {
    known: () => known?.catalog,
    load: () => (known && !outdated ? Promise.resolve(known.catalog) : refresh()),
    refresh,
    outdate() {
      outdated = true
    },
  }
}
