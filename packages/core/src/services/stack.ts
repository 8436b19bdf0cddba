/** Whose code an error's stack names, where its context is lost. */
import { isAbsolute, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the code of a service lies: its package's real folder, or the file of a module. */
export interface Home {
  readonly service: string
  readonly path: string
}

const PLACE = /(?:\(|\s)((?:file:\/\/|\/|[A-Za-z]:\\)[^\s()]*?):\d+(?::\d+)?\)?$/

/** The files of a stack, the innermost first. */
const filesIn = (stack: string): readonly string[] =>
  stack.split('\n').flatMap((line) => {
    const place = PLACE.exec(line)?.[1]
    if (place === undefined) return []
    try {
      const path = place.startsWith('file://') ? fileURLToPath(place.replace(/[?#].*$/, '')) : place
      return isAbsolute(path) ? [path] : []
    } catch {
      return []
    }
  })

/** What a package depends on may lie below it, and may be the gateway itself. */
const isOf = (file: string, home: string): boolean =>
  file === home || (file.startsWith(home + sep) && !file.slice(home.length).includes(`${sep}node_modules${sep}`))

/** The services whose code the innermost frame belongs to that belongs to any: all that share a package. */
export const servicesIn = (error: unknown, homes: readonly Home[]): readonly string[] => {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  for (const file of filesIn(stack)) {
    const found = homes.filter(({ path }) => isOf(file, path))
    if (found.length > 0) return [...new Set(found.map(({ service }) => service))]
  }
  return []
}
