/**
 * Encryption at rest: AES-256-GCM with keys that have ids, so that a new key can be put in use while old values are
 * still read. A value is bound to its table, column and row: put elsewhere, it can not be read.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { chmod, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { GwError } from '@gw/core'
import { ConfigurationError } from '@gw/core/governance'

/** Where a value belongs: `service.config#7`. */
export const placeOf = (table: string, column: string, row: string | number): string => `${table}.${column}#${row}`

export interface Keyring {
  /** @returns `gw1.<key>.<iv>.<tag>.<data>`, in base64url */
  encrypt(plain: string, place: string): string
  /** @throws GwError `internal` where no key fits, or the value is not of this place */
  decrypt(encrypted: string, place: string): string
  /** Whether a value was encrypted with the key now in use. */
  isCurrent(encrypted: string): boolean
}

const FORM = /^gw1\.([0-9a-f]{8})\.([\w-]{16})\.([\w-]{22})\.([\w-]*)$/
/** Whether a text has the form of an encrypted one. */
export const isEncrypted = (value: unknown): value is string => typeof value === 'string' && FORM.test(value)

const KEY_BYTES = 32
const idOf = (key: Buffer): string => createHash('sha256').update('gw key id').update(key).digest('hex').slice(0, 8)
const idIn = (encrypted: string): string | undefined => FORM.exec(encrypted)?.[1]

const unreadable = (cause?: unknown): GwError =>
  new GwError(
    'internal',
    'A stored secret can not be decrypted with the keys at hand. Give the gateway the key that it was stored with, or store the secret again.',
    { cause },
  )

/** @param keys the first encrypts, all decrypt */
export const keyring = (keys: readonly Buffer[]): Keyring => {
  const byId = new Map(keys.map((key) => [idOf(key), key]))
  const [current] = keys
  if (!current) throw new Error('A key ring needs a key.')
  const currentId = idOf(current)
  return {
    encrypt(plain, place) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', current, iv).setAAD(Buffer.from(place))
      const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      const parts = [iv, cipher.getAuthTag(), data].map((part) => part.toString('base64url'))
      return `gw1.${currentId}.${parts.join('.')}`
    },
    decrypt(encrypted, place) {
      const [, id, iv, tag, data] = FORM.exec(encrypted) ?? []
      const key = byId.get(id ?? '')
      if (!key) throw unreadable()
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv!, 'base64url'))
          .setAAD(Buffer.from(place))
          .setAuthTag(Buffer.from(tag!, 'base64url'))
        return Buffer.concat([decipher.update(Buffer.from(data!, 'base64url')), decipher.final()]).toString('utf8')
      } catch (error) {
        throw unreadable(error)
      }
    },
    isCurrent: (encrypted) => idIn(encrypted) === currentId,
  }
}

const wrong = (message: string): ConfigurationError => new ConfigurationError([{ path: 'system.key', message }])

const parseKey = (text: string): Buffer => {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (key.length !== KEY_BYTES)
    throw wrong('must be 32 bytes as hex (64 digits) or base64, for example from `openssl rand -hex 32`')
  return key
}
const parseKeys = (text: string): readonly Buffer[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseKey)

const FILE = 'system.key'
const isCode = (error: unknown, code: string): boolean => (error as { code?: unknown }).code === code

/** The key file of a store on this machine; made where there is none. Processes that start together agree on one. */
const keyFile = async (directory: string): Promise<readonly Buffer[]> => {
  const path = join(directory, FILE)
  try {
    const handle = await open(path, 'wx', 0o600)
    try {
      await handle.writeFile(`${randomBytes(KEY_BYTES).toString('hex')}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await chmod(path, 0o600)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
  // Another process may have made it a moment ago, and not written it yet.
  for (let attempt = 0; attempt < 50; attempt++) {
    const text = (await readFile(path, 'utf8')).trim()
    if (text !== '') return parseKeys(text)
    await pause(20)
  }
  throw wrong(`the key file ${FILE} beside the store is empty: restore it`)
}

/**
 * @param key as configured, or of the environment variable GW_SYSTEM_KEY
 * @param directory of a store on this machine; `undefined` for one on a network
 * @throws ConfigurationError
 */
export const openKeyring = async (key: string | undefined, directory: string | undefined): Promise<Keyring> => {
  const given = key || process.env.GW_SYSTEM_KEY
  if (given) return keyring(parseKeys(given))
  if (directory !== undefined) return keyring(await keyFile(directory))
  throw wrong(
    'is needed for a store on a network, so that every node can read the secrets in it. Set GW_SYSTEM_KEY on every node to the same 32 bytes, for example from `openssl rand -hex 32`',
  )
}
