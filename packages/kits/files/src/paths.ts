/** Paths below a service's root. A path is checked once, here; nothing else in the kit or in a store makes one. */
import { GwError } from '@gw/core'

/** What file systems and object stores take: bytes of UTF-8 in a name, and in a path. */
const NAME_BYTES = 255
const PATH_BYTES = 1_000

// biome-ignore lint/suspicious/noControlCharactersInRegex: they end names in other programs, or forge lines in logs
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\]/

/** Names of files that are still being written: they are neither listed nor reached. */
export const PARTIAL_PREFIX = '.gw-partial-'

const isName = (name: string): boolean =>
  name !== '' &&
  name !== '.' &&
  name !== '..' &&
  name.isWellFormed() &&
  !FORBIDDEN.test(name) &&
  !name.startsWith(PARTIAL_PREFIX) &&
  Buffer.byteLength(name) <= NAME_BYTES

/** Whether it can be a path of a file, or with a slash at its end, of a folder: the root is not one. */
export const isPath = (path: string): boolean =>
  Buffer.byteLength(path) <= PATH_BYTES && path.replace(/\/$/, '').split('/').every(isName)

/** @throws GwError `invalid_request` where it is none, whatever it was spelled like */
export const checkedPath = (path: string): string => {
  if (isPath(path)) return path
  throw new GwError(
    'invalid_request',
    "The path is refused: its parts must not be empty, '.' or '..', and must not hold a backslash, a control character, or more than 255 bytes.",
  )
}

/** @throws GwError `invalid_request` where it is no path of a file */
export const checkedFile = (path: string): string => {
  if (!path.endsWith('/')) return checkedPath(path)
  throw new GwError('invalid_request', 'The name of a file must not end with a slash.')
}

export const isFolder = (path: string): boolean => path === '' || path.endsWith('/')
export const asFolder = (path: string): string => (isFolder(path) ? path : `${path}/`)

/** The folder that something is in: `''` for what is in the root. */
export const parentOf = (path: string): string => {
  const own = path.endsWith('/') ? path.slice(0, -1) : path
  return own.slice(0, own.lastIndexOf('/') + 1)
}

/** The last segment, without a slash. */
export const nameOf = (path: string): string => {
  const own = path.endsWith('/') ? path.slice(0, -1) : path
  return own.slice(own.lastIndexOf('/') + 1)
}

/** The name of an uploaded file, as the wire contract tidies it (services part, §2.5). */
export const tidyName = (name: string): string => name.replace(/[^A-Za-z0-9_.-]/g, '').replace(/\.{2,}/g, '.')

/**
 * The one spelling of a path for access rules: composed Unicode, single slashes. A rule about a name then also holds
 * for what only looks like it.
 */
export const canonicalPath = (component: string): string => component.normalize('NFC').replace(/\/{2,}/g, '/')
