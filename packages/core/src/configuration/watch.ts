import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { watch } from 'chokidar'

export interface ConfigurationWatch {
  /** The further files to look at from now on: what `${file:…}` names. */
  follow(references: readonly string[]): void
  close(): Promise<void>
  /** Settles when changes are seen from now on. */
  readonly ready: Promise<void>
}

/**
 * Calls `onChange` when the contents of the configuration or of a file it names have changed; once for changes in
 * quick succession. It looks at folders and compares contents, so that an editor's rename, a mounted secret that
 * is swapped by a link, and a file that vanishes for a moment are all seen, and a mere touch is not.
 * @param settle how long to wait for further changes, in milliseconds
 */
export const watchConfiguration = (
  file: string,
  onChange: () => void,
  { references = [], settle = 100 }: { readonly references?: readonly string[]; readonly settle?: number } = {},
): ConfigurationWatch => {
  let files = [file, ...references]
  let contents = fingerprint(files)
  let timer: NodeJS.Timeout | undefined
  const folders = () => new Set(files.map((path) => dirname(path)))
  const wanted = (path: string) => folders().has(path) || files.includes(path) || basename(path) === '..data'

  const watcher = watch([...folders()], { depth: 0, ignoreInitial: true, ignored: (path) => !wanted(path) })
  watcher.on('all', () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const now = fingerprint(files)
      if (now === contents) return
      // The file itself missing is an editor at work: the next event tells.
      if (hashOf(file) === undefined) return
      contents = now
      onChange()
    }, settle)
  })
  return {
    ready: new Promise((resolve) => watcher.once('ready', resolve)),
    follow(next) {
      const before = files
      files = [file, ...next]
      if (files.join('\0') === before.join('\0')) return
      contents = fingerprint(files)
      watcher.add([...folders(), ...files])
    },
    async close() {
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
