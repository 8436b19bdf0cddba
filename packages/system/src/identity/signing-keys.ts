/**
 * The keys that sessions are signed with: in the store, encrypted, made anew from time to time. A key is used only when
 * every node has had the time to hear of it, and stays until nothing that it has signed can be of use.
 */
import { randomBytes } from 'node:crypto'
import { GwError, type Logger } from '@gw/core'
import { type Keyring, placeOf } from '../secrets/keyring.ts'
import type { StoredKey } from '../snapshot/session-parts.ts'
import type { SnapshotFeed } from '../snapshot/snapshot.ts'
import type { Store } from '../store/open.ts'
import type { RevisionTable } from '../store/revision.ts'
import { deleteRows, insertRow, readRows } from '../store/rows.ts'

const KEY_BYTES = 32

export interface SigningKeysOptions {
  readonly store: Store
  readonly revisions: RevisionTable
  readonly feed: Pick<SnapshotFeed, 'current' | 'refresh'>
  readonly keys: Keyring
  readonly log: Logger
  /** A new key's first milliseconds, in which other nodes may not know it yet. */
  readonly settling: number
  /** Milliseconds after which a key is followed by another. */
  readonly age: number
  /** Milliseconds that a key is of use after it was followed: as long as what it signed may be refreshed. */
  readonly kept: number
}

export interface SigningKey {
  readonly kid: string
  readonly secret: Uint8Array
}

export interface SigningKeys {
  /** What to sign with. @throws GwError `unavailable` before the first key is there */
  current(): SigningKey
  /** `undefined`: unknown, or not in use any more. */
  find(kid: string): SigningKey | undefined
  /** Makes a first or a new key where it is time, and drops those that nothing depends on. */
  rotate(signal: AbortSignal): Promise<void>
}

export const signingKeys = (options: SigningKeysOptions): SigningKeys => {
  const { store, revisions, feed, keys, log, settling, age, kept } = options
  const opened = new WeakMap<StoredKey, SigningKey>()
  const open = (stored: StoredKey): SigningKey => {
    let key = opened.get(stored)
    if (!key) {
      const text = keys.decrypt(stored.secret, placeOf('signing_key', 'secret', stored.kid))
      key = { kid: stored.kid, secret: Buffer.from(text, 'base64url') }
      opened.set(stored, key)
    }
    return key
  }
  const rotateNow = (signal: AbortSignal) =>
    store.source.transaction!(async (transaction) => {
      const inside = { signal, transaction }
      // First, since whoever comes at the same time then waits, and sees the key that was made.
      await revisions.raise(['session'], inside)
      const rows = await readRows(store, 'signing_key', {}, inside)
      const created = rows.map((row) => Date.parse(String(row.created)))
      const now = Date.now()
      if (created.some((at) => at > now - age)) return
      const kid = randomBytes(9).toString('base64url')
      const secret = keys.encrypt(randomBytes(KEY_BYTES).toString('base64url'), placeOf('signing_key', 'secret', kid))
      await insertRow(store, 'signing_key', { kid, secret, created: new Date(now).toISOString() }, inside)
      // Sessions were signed with a key for at most its age; what is older than that and their longest life is of no use.
      for (const [at, row] of rows.entries())
        if (created[at]! < now - age - kept) await deleteRows(store, 'signing_key', { id: row.id }, inside)
      log.info('a new key signs sessions', { kid })
    }, signal)

  return {
    current() {
      const all = feed.current().signingKeys
      const settled = all.find(({ created }) => created < Date.now() - settling) ?? all.at(-1)
      if (!settled) throw new GwError('unavailable', 'The gateway has no key to sign sessions with yet. Try again.')
      return open(settled)
    },
    find(kid) {
      const stored = feed.current().signingKeys.find((one) => one.kid === kid)
      return stored && open(stored)
    },
    async rotate(signal) {
      const [newest] = feed.current().signingKeys
      if (newest && newest.created > Date.now() - age) return
      await rotateNow(signal)
      await feed.refresh(signal)
    },
  }
}
