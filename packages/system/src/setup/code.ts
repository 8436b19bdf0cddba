/**
 * The set-up code: one for all nodes, since a balancer leads to any of them. It is kept in the store, encrypted, until
 * there is an administrator.
 */
import { randomInt, timingSafeEqual } from 'node:crypto'
import { GwError, type State } from '@gw/core'
import { type Keyring, placeOf } from '../secrets/keyring.ts'

/** Without what looks alike. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const GROUPS = 5
const GROUP = 5
const KEY = 'setup_code'
const PLACE = placeOf('state', 'value', KEY)
/** How often it is looked again for the code of a node that was quicker. */
const TRIES = 5

export interface SetupCode {
  /** The code, made where there is none. */
  ensure(): Promise<string>
  /** `undefined` where there is none, or one that was encrypted with a key that is not at hand. */
  read(): Promise<string | undefined>
  forget(): Promise<void>
}

/** 125 bits, in groups that can be read aloud. */
const newCode = (): string =>
  Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
  ).join('-')

const plain = (code: string): string => code.toUpperCase().replace(/[^0-9A-Z]/g, '')

/** Whether it is the code, however it was written down. */
export const isSame = (given: string, code: string): boolean => {
  const [one, other] = [Buffer.from(plain(given)), Buffer.from(plain(code))]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** @param state of the service that all nodes share */
export const setupCode = (state: State, keys: Keyring): SetupCode => {
  const opened = (encrypted: string): string | undefined => {
    try {
      return keys.decrypt(encrypted, PLACE)
    } catch {
      return undefined
    }
  }
  return {
    async read() {
      const found = await state.get<string>(KEY)
      return found && opened(found.value)
    },
    async ensure() {
      for (let turn = 1; ; turn++) {
        const found = await state.get<string>(KEY)
        const known = found && opened(found.value)
        if (known !== undefined) return known
        const code = newCode()
        try {
          await state.put(KEY, keys.encrypt(code, PLACE), { ifVersion: found?.version ?? 0 })
          return code
        } catch (error) {
          if (turn === TRIES || !GwError.is(error) || error.code !== 'conflict') throw error
        }
      }
    },
    async forget() {
      if (await state.get(KEY)) await state.delete(KEY)
    },
  }
}
