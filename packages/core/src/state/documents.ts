import type { State, StateEntry } from '../contract.ts'
import { GwError } from '../errors.ts'

/** A document as it is kept: JSON text, so that no reader ever shares an object with a writer. */
export interface Document {
  readonly json: string
  readonly version: number
}

/** One service's documents. Immutable: a change makes a new value, so that a failed write leaves nothing behind. */
export interface Documents {
  /** The highest version that a deleted document had: a key that comes back never repeats a version. */
  readonly retired: number
  readonly byKey: ReadonlyMap<string, Document>
}

export const NO_DOCUMENTS: Documents = { retired: 0, byKey: new Map() }

/** Where one service's documents are kept. */
export interface DocumentStore {
  read(): Promise<Documents>
  /** Runs alone for this service. `undefined` means nothing changed. */
  update<T>(
    change: (documents: Documents) => { readonly documents?: Documents | undefined; readonly result: T },
  ): Promise<T>
}

const checkVersion = (found: Document | undefined, ifVersion: number | undefined): void => {
  if (ifVersion === undefined || ifVersion === (found?.version ?? 0)) return
  throw new GwError(
    'conflict',
    'The document was changed in the meantime. Read it again, and repeat the change on its new version.',
  )
}

const toJson = (value: unknown): string => {
  const json = JSON.stringify(value)
  // undefined, a function or a symbol have no JSON: stored, they could not be told from "not there".
  if (json === undefined)
    throw new GwError('invalid_request', 'A state document must be a JSON value; delete it to remove it.')
  return json
}

/** `State` as the contract has it, over any store. */
export const stateOver = (store: DocumentStore): State => ({
  async get<T>(key: string): Promise<StateEntry<T> | undefined> {
    const found = (await store.read()).byKey.get(key)
    return found && { value: JSON.parse(found.json) as T, version: found.version }
  },
  async put(key, value, { ifVersion } = {}) {
    const json = toJson(value)
    return store.update(({ retired, byKey }) => {
      const found = byKey.get(key)
      checkVersion(found, ifVersion)
      const version = (found?.version ?? retired) + 1
      return { documents: { retired, byKey: new Map(byKey).set(key, { json, version }) }, result: version }
    })
  },
  async delete(key, { ifVersion } = {}) {
    return store.update(({ retired, byKey }) => {
      const found = byKey.get(key)
      checkVersion(found, ifVersion)
      if (!found) return { result: false }
      const rest = new Map(byKey)
      rest.delete(key)
      return { documents: { retired: Math.max(retired, found.version), byKey: rest }, result: true }
    })
  },
  async list(prefix = '') {
    return [...(await store.read()).byKey.keys()].filter((key) => key.startsWith(prefix)).sort()
  },
})
