/** TLS to a database, in the terms of libpq's modes. */
import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { GwError } from '@gw/core'

/**
 * @param mode `verify-full` checks who the server is and its name, `verify-ca` only its authority; any other one
 *   encrypts and trusts whoever answers, unless there is an authority to check.
 * @param authorities Path of a PEM file; none: the system's authorities.
 * @throws GwError `unavailable` where the file can't be read
 */
export const tlsOptions = (mode: string, authorities: string | undefined): ConnectionOptions => {
  const ca = authorities === undefined ? {} : { ca: readPem(authorities) }
  if (mode === 'verify-full') return { ...ca, rejectUnauthorized: true }
  const checked = mode === 'verify-ca' || authorities !== undefined
  return { ...ca, rejectUnauthorized: checked, checkServerIdentity: () => undefined }
}

const readPem = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new GwError('unavailable', "The service's CA certificate file can not be read.", { cause })
  }
}
