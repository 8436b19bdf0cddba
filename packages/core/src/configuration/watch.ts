import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { watch } from 'chokidar'

export interface ConfigurationWatch {
  /** The further files to look at from now on: what `${file:…}` names. */
  follow(references: readonly string[]): void
  close(): Promise<void>
  /**
   * Settles when every change is seen: those since the watch was made, too. Also where the system can not watch files;
   * `onError` then has been told why.
   */
  readonly ready: Promise<void>
}

export interface WatchOptions {
  /** Further files that the configuration names. */
  readonly references?: readonly string[]
  /** How long to wait for further changes, in milliseconds. */
  readonly settle?: number
  /** Told where a folder can not be watched: too many watches, or no rights. */
  readonly onError?: (error: unknown) => void
}

/**
 * Calls `onChange` when the contents of the configuration or of a file it names have changed; once for changes in
 * quick succession. It looks at folders and compares contents, so that an editor's rename, a mounted secret that
 * is swapped by a link, and a file that vanishes for a moment are all seen, and a mere touch is not.
 */
export const watchConfiguration = (
  file: string,
  onChange: () => void,
  { references = [], settle = 100, onError = () => {} }: WatchOptions = {},
): ConfigurationWatch => {
  let files = [file, ...references]
  let contents = fingerprint(files)
  let timer: NodeJS.Timeout | undefined
  const folders = () => new Set(files.map((path) => dirname(path)))
  const wanted = (path: string) => folders().has(path) || files.includes(path) || basename(path) === '..data'

  const watcher = watch([...folders()], { depth: 0, ignoreInitial: true, ignored: (path) => !wanted(path) })
  const compare = () => {
    const now = fingerprint(files)
    if (now === contents) return
    // The file itself missing is an editor at work: the next event tells.
    if (hashOf(file) === undefined) return
    contents = now
    onChange()
  }
  let closed = false
  const compareSoon = () => {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(compare, settle)
  }
  watcher.on('all', compareSoon)
  const ready = new Promise<void>((resolve) => {
    watcher.once('ready', resolve)
    watcher.on('error', (error) => {
      onError(error)
      resolve()
    })
  })
  // A change made while the watch was being set up gave no event.
  void ready.then(compareSoon)
  return {
    ready,
    follow(next) {
      const before = files
      files = [file, ...next]
      if (files.join('\0') === before.join('\0')) return
      contents = fingerprint(files)
      watcher.add([...folders(), ...files])
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await watcher.close()
    },
  }
}

const fingerprint = (files: readonly string[]): string => files.map((path) => hashOf(path) ?? '-').join(' ')

const hashOf = (path: string): string | undefined => {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch {
    return undefined
  }
}
