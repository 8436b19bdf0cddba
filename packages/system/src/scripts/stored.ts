/** The rows of `system/event_script` as scripts, and their links beside those of `gw.config`. */
import type { EventScript, Interceptor } from '@gw/core/governance'
import type { Row } from '@gw/records'

const scriptOf = (row: Row): EventScript =>
  ({ ...row, name: String(row.name), type: String(row.type), changes: row.allow_event_modification === true }) as never

/** @param rows those that are switched on; the same list until one changes */
export const storedScripts = (rows: () => readonly Row[]): (() => readonly EventScript[]) => {
  let from: readonly Row[] | undefined
  let scripts: readonly EventScript[] = []
  return () => {
    const now = rows()
    if (now !== from) scripts = now.map(scriptOf)
    from = now
    return scripts
  }
}

/** Several lists as one, which stays the same until one of them changes. */
export const joined = (lists: () => readonly (readonly Interceptor[])[]): (() => readonly Interceptor[]) => {
  let from: readonly (readonly Interceptor[])[] = []
  let all: readonly Interceptor[] = []
  return () => {
    const now = lists()
    if (now.some((list, at) => list !== from[at])) {
      from = now
      all = now.flat()
    }
    return all
  }
}
