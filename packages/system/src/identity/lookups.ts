/** Lookups as one caller has them: global, then of the app, the role and the user, later ones in place of earlier. */
import type { Caller } from '@gw/core'
import { type Keyring, placeOf } from '../secrets/keyring.ts'
import type { Scope, StoredLookup } from '../snapshot/parts.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

export interface LookupValues {
  readonly open: ReadonlyMap<string, unknown>
  readonly closed: ReadonlyMap<string, unknown>
}

/** A lookup's value. @throws GwError `internal` where it can not be decrypted */
export const lookupValue = ({ id, value }: StoredLookup, keys: Keyring): string =>
  value === undefined ? '' : keys.decrypt(value, placeOf('lookup', 'value', id))

/** @param scopes the earlier ones give way */
export const lookupsIn = (snapshot: Snapshot, keys: Keyring, scopes: readonly Scope[]): LookupValues => {
  const open = new Map<string, unknown>()
  const closed = new Map<string, unknown>()
  for (const scope of scopes) {
    for (const lookup of snapshot.lookups.get(scope) ?? []) {
      open.delete(lookup.name)
      closed.delete(lookup.name)
      ;(lookup.private ? closed : open).set(lookup.name, lookupValue(lookup, keys))
    }
  }
  return { open, closed }
}

/** Built-in names go last: no configured one can take their place. */
export const lookupWith =
  (
    { open, closed }: LookupValues,
    builtIn: ReadonlyMap<string, unknown>,
    builtInPrivate: ReadonlyMap<string, unknown>,
  ): Caller['lookup'] =>
  (name, scope) => {
    if (scope === 'private' && builtInPrivate.has(name)) return builtInPrivate.get(name)
    if (builtIn.has(name)) return builtIn.get(name)
    if (scope === 'private' && closed.has(name)) return closed.get(name)
    return open.get(name)
  }

/** All of them by name, but for keys and tokens, which only `lookup` tells. */
export const lookupsWith =
  ({ open, closed }: LookupValues, builtIn: ReadonlyMap<string, unknown>): NonNullable<Caller['lookups']> =>
  (scope) =>
    Object.fromEntries([...open, ...(scope === 'private' ? closed : []), ...builtIn])
