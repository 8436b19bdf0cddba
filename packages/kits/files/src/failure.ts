/** How a file call can fail, in the family's words. */
import { type ErrorCode, GwError } from '@gw/core'

export type FileReason =
  | 'refused'
  | 'escapes'
  | 'not_a_file'
  | 'not_a_folder'
  | 'not_empty'
  | 'name_refused'
  | 'changed'
  | 'too_large'
  | 'full'
  | 'busy'
  | 'credentials'
  | 'no_container'
  | 'unreachable'
  | 'timeout'
  | 'protocol'

/** One row a reason. */
const FAILURES: Readonly<Record<FileReason, readonly [ErrorCode, string]>> = {
  refused: [
    'upstream_failed',
    'The store does not let the gateway do this. Ask an administrator to check the rights of the service.',
  ],
  escapes: ['forbidden', 'File operation refused: path escapes the storage root.'],
  not_a_file: ['conflict', 'There is something at this path that is not a file. Choose another name.'],
  not_a_folder: ['conflict', 'A part of this path is not a folder. Choose another path.'],
  not_empty: ['conflict', 'Something was added to the folder while it was removed. Try again.'],
  name_refused: ['invalid_request', 'The store takes no such name. Choose a shorter or plainer one.'],
  changed: ['precondition_failed', 'The file is not as the request expects it. Read it again. Nothing was done.'],
  too_large: ['too_large', 'The file is larger than the store takes.'],
  full: ['unavailable', 'The store has no room left. Nothing was stored.'],
  busy: ['unavailable', 'The store takes no more calls at the moment. Try again later.'],
  credentials: [
    'upstream_failed',
    "The store did not accept the service's credentials. Ask an administrator to check them.",
  ],
  no_container: ['upstream_failed', 'The container of this service does not exist. Ask an administrator to check it.'],
  unreachable: ['unavailable', 'The store can not be reached. Try again later.'],
  timeout: ['upstream_timeout', 'The store took too long. Try again later.'],
  protocol: ['upstream_failed', 'The store answered something unexpected.'],
}

/** @returns the error that a caller reads; `cause` is only logged */
export const failureOf = (reason: FileReason, cause?: unknown): GwError => {
  const [code, message] = FAILURES[reason]
  return new GwError(code, message, {
    details: { reason },
    ...(cause !== undefined && { cause }),
    ...(reason === 'full' && { retryable: false }),
    ...(reason === 'busy' && { headers: { 'retry-after': '10' } }),
  })
}

/** The wire contract's own texts and statuses (services part, §2). */
export const noFile = (path: string): GwError =>
  new GwError('not_found', `The specified file '${path}' was not found in storage.`)
export const noFileToRemove = (path: string): GwError => new GwError('not_found', `File '${path}' was not found.`)
export const noFolder = (path: string): GwError =>
  new GwError('not_found', `Folder '${path}' does not exist in storage.`)
export const noParent = (path: string): GwError =>
  new GwError('not_found', `Folder '${path.replace(/\/$/, '')}' does not exist.`)
export const fileExists = (path: string): GwError => new GwError('invalid_request', `File '${path}' already exists.`)
export const folderExists = (path: string): GwError =>
  new GwError('invalid_request', `Folder '${path}' already exists.`)
