/** Names that a client gives to what is made: checked before they become part of a path. */
import { extname } from 'node:path'
import { GwError } from '@gw/core'

const SERVICE = /^[a-z0-9_-]{1,64}$/i
const LONGEST = 255
const DEFAULT_SERVICE = 'db'

/** Separators and control characters, and halves of characters. */
const UNNAMEABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}/\\]/u

/** @throws GwError `invalid_request` for a name that no service has */
export const serviceName = (given: unknown): string => {
  if (given === undefined || given === '') return DEFAULT_SERVICE
  if (typeof given === 'string' && SERVICE.test(given)) return given
  throw new GwError('invalid_request', "'service' has to be the name of a service.")
}

/** `C:\\orders.csv` and `/a/orders.csv` are both `orders`. */
const nameOfFile = (name: string): string => {
  const last = name.split(/[\\/]/).findLast((part) => part !== '') ?? ''
  return last.slice(0, last.length - extname(last).length)
}

/**
 * @param file the name of the file, for a table that is not named
 * @throws GwError `invalid_request` for what can not be a table's name; the service says more
 */
export const tableName = (given: unknown, file: string): string => {
  const isGiven = given !== undefined && given !== ''
  const name = isGiven ? given : nameOfFile(file)
  if (typeof name === 'string' && Buffer.byteLength(name) <= LONGEST && /[^.]/.test(name) && !UNNAMEABLE.test(name))
    return name
  throw new GwError(
    'invalid_request',
    isGiven
      ? `'resource' can not be the name of a table: it has at most ${LONGEST} bytes, no slashes and no control characters.`
      : "The file's name can not be the name of a table. Say how the table is to be called, in 'resource'.",
  )
}
