/** What services keep in the gateway's own store, as the contract has it. */

/** A versioned document that a service keeps. */
export interface StateEntry<T = unknown> {
  readonly value: T
  readonly version: number
}
/** A service's own documents: aliases, virtual relations, validators. Shared by all nodes where the store is. */
export interface State {
  get<T = unknown>(key: string): Promise<StateEntry<T> | undefined>
  /** Returns the new version. `ifVersion` (0 = must not exist) guards against lost updates: throws `conflict`. */
  put(key: string, value: unknown, options?: { readonly ifVersion?: number }): Promise<number>
  delete(key: string, options?: { readonly ifVersion?: number }): Promise<boolean>
  list(prefix?: string): Promise<readonly string[]>
}
